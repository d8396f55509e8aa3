import type { Text } from '../../gateway/base/text.ts'
import { html, type Html, type Piece } from '../../gateway/http/console/html.ts'
import { type Fields, openFields, prose, reached, sharedAnchor } from './fields.ts'
import { codeBlock } from './markdown.ts'
import { inBoth, type Language, type Page } from './page.ts'
import { pictureOf, roleName } from './picture.ts'
import type { Pair, Row, Schema, Tree } from './tree.ts'

const words = {
  all: { en: 'Message types', fr: 'Types de message' },
  allMean: {
    en: 'The types of message of the newest release, who may send each to whom, and what it answers.',
    fr: 'Les types de message de la version la plus récente, qui peut envoyer chacun à qui, et à quoi il répond.',
  },
  release: { en: 'Release of the schemas', fr: 'Version des schémas' },
  type: { en: 'Type', fr: 'Type' },
  who: { en: 'Who may send it to whom', fr: 'Qui peut l’envoyer à qui' },
  says: { en: 'What it says', fr: 'Ce qu’il dit' },
  answers: { en: 'Answers', fr: 'Répond à' },
  answered: { en: 'Answered by', fr: 'Reçoit pour réponse' },
  must: { en: 'always: `inReplyTo` names it', fr: 'toujours : `inReplyTo` le désigne' },
  may: { en: 'where it answers one', fr: 'le cas échéant' },
  any: { en: 'any agency', fr: 'tout organisme' },
  participant: { en: 'any agency that took part in the case', fr: 'tout organisme qui a pris part au dossier' },
  body: { en: 'The body', fr: 'Le corps du message' },
  bodyMeans: {
    en: 'What stands in `body`. A member that is not named here is refused.',
    fr: 'Ce que contient `body`. Tout membre absent de ce tableau est refusé.',
  },
  untold: { en: 'What is not told to whom', fr: 'Ce qui n’est pas communiqué à qui' },
  untoldMean: {
    en: 'Need to know decides: to a recipient of this role a body with such a member is refused.',
    fr: 'Le besoin d’en connaître décide : pour un destinataire de ce rôle, un corps qui contient ce membre est refusé.',
  },
  shared: { en: 'What the body is made of', fr: 'Ce dont le corps est fait' },
  example: { en: 'A published example', fr: 'Un exemple publié' },
  exampleMeans: {
    en: 'A whole message, as it is signed. Everybody in it is synthetic. To try it, give it ids of your own, and your own agency in `from`.',
    fr: 'Un message entier, tel qu’il est signé. Toutes les personnes y sont fictives. Pour l’essayer, donnez-lui vos propres identifiants, et votre organisme dans `from`.',
  },
  envelope: { en: 'The envelope', fr: 'L’enveloppe' },
  none: { en: 'nothing', fr: 'rien' },
} as const satisfies Record<string, Text>

/** A page of each message type, one of the envelope, and one that lists them. */
export function typePages(tree: Tree): readonly Page[] {
  const shared = tree.schemas['definitions']?.$defs ?? {}
  return [
    ...inBoth('types/index', (language) => ({
      title: words.all[language],
      description: words.allMean[language],
      content: String(
        html`<p class="govuk-body">${words.allMean[language]} ${words.release[language]}${colon(language)} ${tree.newest}.</p>${overview(tree, language)}`,
      ),
    })),
    ...tree.types.flatMap((type) => inBoth(`types/${type}`, (language) => typePage(tree, type, language))),
    ...inBoth('types/envelope', (language) => {
      const schema = tree.schemas['envelope'] ?? {}
      // Which body belongs to which type is what the other pages say.
      const { body: _body, ...properties } = schema.properties ?? {}
      const envelope: Schema = { ...schema, properties, allOf: [] }
      const fields = openFields(language, { shared, schemas: tree.schemas, codes: '../codes.html' })
      return {
        title: words.envelope[language],
        description: fields.description(schema),
        content: String(
          html`<p class="govuk-body">${fields.description(schema)}.</p>${fields.table(envelope)}${sharedParts(envelope, tree, fields, language)}`,
        ),
      }
    }),
  ]
}

const colon = (language: Language): string => (language === 'fr' ? '\u00A0:' : ':')

function overview({ pathway }: Tree, language: Language): Html {
  const rows = pathway.map(
    (
      row,
    ) => html`<tr class="govuk-table__row"><th scope="row" class="govuk-table__header"><a class="govuk-link" href="${row.type}.html">${row.title[language]}</a><br><code>${row.type}</code></th>
<td class="govuk-table__cell">${ways(row, language)}</td><td class="govuk-table__cell">${row.says[language]}</td></tr>
`,
  )
  return html`<div class="docs-scroll" tabindex="0"><table class="govuk-table"><thead class="govuk-table__head"><tr class="govuk-table__row"><th scope="col" class="govuk-table__header">${words.type[language]}</th><th scope="col" class="govuk-table__header">${words.who[language]}</th><th scope="col" class="govuk-table__header">${words.says[language]}</th></tr></thead>
<tbody class="govuk-table__body">
${rows}</tbody></table></div>`
}

function ways({ from, to, also = [] }: Row, language: Language): Html {
  const one = (pair: Pair): Html => html`<li>${parties(pair.from, language)} → ${parties(pair.to, language)}</li>`
  return html`<ul class="docs-codes">${[{ from, to }, ...also].map(one)}</ul>`
}

const parties = (who: Pair['from'], language: Language): string =>
  who === 'any' || who === 'participant' ? words[who][language] : who.map((role) => roleName(role, language)).join(', ')

function typePage(tree: Tree, type: string, language: Language): Omit<Page, 'language' | 'slug'> {
  const schema = tree.schemas[type] ?? {}
  const row = tree.pathway.find((one) => one.type === type)
  if (row === undefined) throw new Error(`schemas/pathway.json has no ${type}`)
  const shared = tree.schemas['definitions']?.$defs ?? {}
  const fields = openFields(language, { shared, schemas: tree.schemas, codes: '../codes.html' })
  const [example] = tree.examples[type] ?? []
  const content = html`<p class="govuk-body-l">${row.says[language]}.</p>
<p class="govuk-body">${fields.description(schema)}. <code>${type}</code>, ${words.release[language].toLowerCase()} ${tree.newest}.</p>
<h2 class="govuk-heading-l" id="who">${words.who[language]}</h2>
${pictureOf(row, tree.pathway, language)}
${ways(row, language)}
${answering(row, tree, language)}
<h2 class="govuk-heading-l" id="body">${words.body[language]}</h2>
<p class="govuk-body">${prose(words.bodyMeans[language])} <a class="govuk-link" href="envelope.html">${words.envelope[language]}</a>.</p>
${fields.table(schema)}
${untold(tree, type, language)}${sharedParts(schema, tree, fields, language)}`
  return {
    title: row.title[language],
    description: row.says[language],
    content: `${String(content)}<h2 class="govuk-heading-l" id="example">${words.example[language]}</h2>
<p class="govuk-body">${String(prose(words.exampleMeans[language]))}</p>
${codeBlock(JSON.stringify(example, null, 2))}`,
  }
}

function answering(row: Row, { pathway }: Tree, language: Language): Html {
  const link = (type: string): Html =>
    html`<a class="govuk-link" href="${type}.html">${pathway.find((one) => one.type === type)?.title[language] ?? type}</a>`
  const list = (types: readonly string[]): Html =>
    html`${types.map((type, at) => html`${at > 0 && ' · '}${link(type)}`)}`
  const answeredBy = pathway.filter(({ answers }) => answers.includes(row.type)).map(({ type }) => type)
  const how = row.answerRequired ? words.must : words.may
  return html`<dl class="docs-answers">
<dt>${words.answers[language]}</dt><dd>${row.answers.length === 0 ? words.none[language] : html`${list(row.answers)} (${prose(how[language])})`}</dd>
${answeredBy.length > 0 && html`<dt>${words.answered[language]}</dt><dd>${list(answeredBy)}</dd>`}</dl>`
}

function untold(tree: Tree, type: string, language: Language): Piece {
  const rows = tree.untold.filter((row) => row.type === type)
  if (rows.length === 0) return false
  return html`<h2 class="govuk-heading-l" id="untold">${words.untold[language]}</h2>
<p class="govuk-body">${words.untoldMean[language]}</p>
<ul class="govuk-list govuk-list--bullet">${rows.map(
    ({ to, title, members }) =>
      html`<li><strong>${roleName(to, language)}</strong>${colon(language)} ${title[language]}<ul class="docs-codes">${members.map((member) => html`<li><code>${member}</code></li>`)}</ul></li>`,
  )}</ul>`
}

/** All that the schema refers to, over however many steps. */
function sharedParts(schema: Schema, tree: Tree, fields: Fields, language: Language): Html {
  const shared = tree.schemas['definitions']?.$defs ?? {}
  const parts = reached([schema], shared).map((name) => {
    const part = shared[name] ?? {}
    const what =
      part.properties === undefined ? html`<p class="govuk-body">${fields.value(part)}</p>` : fields.table(part)
    return html`<h3 class="govuk-heading-m" id="${sharedAnchor(name)}">${fields.title(part)} <code>${name}</code></h3>
<p class="govuk-body">${prose(fields.description(part))}</p>
${what}`
  })
  return html`<h2 class="govuk-heading-l" id="shared">${words.shared[language]}</h2>
${parts}`
}
