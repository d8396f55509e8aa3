import type MarkdownIt from 'markdown-it'
import type { Text } from '../../gateway/base/text.ts'
import { joinBlocks, readTranslation, sayEnglish, splitBlocks, translate } from './blocks.ts'
import { linksOn } from './links.ts'
import { escapeHtml } from './markdown.ts'
import { inBoth, type Language, type Page, upFrom } from './page.ts'
import type { Tree } from './tree.ts'

type Document = {
  readonly slug: string
  readonly path: string
  readonly title: Text
  readonly short?: Text
  readonly description: Text
  /** It says everything in both languages. */
  readonly isBoth?: true
}

/** Documents of the project that stand on the site as they are. One whose name ends in `.fr.md` beside it is its French page. */
const DOCUMENTS: readonly Document[] = [
  {
    slug: 'evidence',
    path: 'docs/evidence.md',
    title: { en: 'Evidence bundles, and how to verify one', fr: 'Les dossiers de preuve, et comment en vérifier un' },
    short: { en: 'Evidence', fr: 'Preuves' },
    description: {
      en: 'One document that proves off line who sent what to whom and when, and the checks by which anybody may find that out.',
      fr: 'Un document qui prouve hors ligne qui a envoyé quoi à qui et quand, et les contrôles par lesquels chacun peut s’en assurer.',
    },
  },
  {
    slug: 'operating',
    path: 'docs/operating.md',
    title: { en: 'Operating Passerelle', fr: 'Exploiter Passerelle' },
    short: { en: 'Operating', fr: 'Exploitation' },
    description: {
      en: 'Settings, alarms and what to do, limits, backup, keys, dead letters, erasing: for whoever runs a gateway.',
      fr: 'Réglages, alarmes et conduite à tenir, limites, sauvegarde, clés, messages en échec, effacement : pour qui exploite une passerelle.',
    },
  },
  {
    slug: 'security',
    path: 'docs/security.md',
    title: { en: 'Security', fr: 'Sécurité' },
    description: {
      en: 'Who might do what, what stops it, what is tried in tests, and what is not protected.',
      fr: 'Qui pourrait faire quoi, ce qui l’en empêche, ce que les tests essaient, et ce qui n’est pas protégé.',
    },
  },
  {
    slug: 'protocol-whole',
    path: 'docs/protocol.md',
    title: { en: 'The exchange protocol, whole', fr: 'Le protocole d’échange, texte complet' },
    short: { en: 'Whole protocol', fr: 'Protocole complet' },
    description: {
      en: 'The contract as it binds, with what is its operators’.',
      fr: 'Le contrat tel qu’il fait foi, avec ce qui concerne ses opérateurs.',
    },
  },
  {
    slug: 'glossary',
    path: 'docs/glossary.md',
    title: { en: 'Glossary', fr: 'Glossaire' },
    description: {
      en: 'Words of the field and of this project, in both languages.',
      fr: 'Les mots du métier et du projet, dans les deux langues.',
    },
    isBoth: true,
  },
  {
    slug: 'conformance',
    path: 'docs/conformance.md',
    title: { en: 'Conformance: is my client right?', fr: 'Conformité : mon client est-il correct ?' },
    short: { en: 'Conformance', fr: 'Conformité' },
    description: {
      en: 'A command that plays the other side and its bad days, and gives a report.',
      fr: 'Une commande qui joue l’autre partie, et ses mauvais jours, puis rend un rapport.',
    },
  },
  {
    slug: 'sandbox',
    path: 'sandbox/README.md',
    title: { en: 'The sandbox: somebody who answers', fr: 'Le bac à sable : quelqu’un qui répond' },
    short: { en: 'Sandbox', fr: 'Bac à sable' },
    description: {
      en: 'A gateway with counterparts that answer, to try a client against.',
      fr: 'Une passerelle et des partenaires fictifs qui répondent, pour essayer un client.',
    },
  },
  {
    slug: 'sdk',
    path: 'sdk/README.md',
    title: { en: 'The SDK and the command line', fr: 'Le SDK et la ligne de commande' },
    short: { en: 'SDK and command line', fr: 'SDK et ligne de commande' },
    description: {
      en: 'A client, a receiver and a command line: every function, in Node and in a browser.',
      fr: 'Un client, un récepteur et une ligne de commande : toutes les fonctions, dans Node et dans un navigateur.',
    },
  },
  ...(['curl', 'Python', 'Java'] as const).map((name) => ({
    slug: `sample-${name.toLowerCase()}`,
    path: `samples/${name.toLowerCase()}/README.md`,
    title: {
      en: `A client in ${name === 'curl' ? 'bash' : name}`,
      fr: `Un client en ${name === 'curl' ? 'bash' : name}`,
    },
    description: {
      en: `A complete client in ${name === 'curl' ? 'bash, with curl and openssl' : name}, to read and to begin from.`,
      fr: `Un client complet en ${name === 'curl' ? 'bash, avec curl et openssl' : name}, à lire et pour commencer.`,
    },
  })),
]

const words = {
  /** On a French page; it says nothing in English. */
  onlyEnglish: {
    en: '',
    fr: 'Ce texte n’existe qu’en anglais, langue dans laquelle il fait foi. Il est reproduit ci-dessous.',
  },
  asked: { en: '', fr: 'Les mots du métier sont expliqués en français dans le glossaire.' },
} as const satisfies Record<string, Text>

/** A page of each document in each language; of what is written in English only, the French page says so. */
export function documentPages({ documents }: Tree, markdown: MarkdownIt): readonly Page[] {
  const found = DOCUMENTS.filter(({ path }) => documents.has(path))
  return found.flatMap((document) =>
    inBoth(document.slug, (language) => {
      const { slug, title, short, description } = document
      const { text, isEnglish } = textOf(document, language, documents)
      const body = sayEnglish(markdown.render(linksOn(text, document.path, slug)))
      return {
        title: title[language],
        ...(short !== undefined && { short: short[language] }),
        description: description[language],
        content: isEnglish ? `${notice(slug)}<div lang="en">${body}</div>` : body,
        ...(isEnglish && { contentLanguage: 'en' as const }),
      }
    }),
  )
}

/** The pages of documents that there are not yet. */
export const absentDocuments = ({ documents }: Tree): ReadonlySet<string> =>
  new Set(DOCUMENTS.filter(({ path }) => !documents.has(path)).map(({ slug }) => slug))

/** What a French page says before a text in English. */
export const notice = (slug: string): string =>
  `<div class="govuk-inset-text docs-notice"><p class="govuk-body">${escapeHtml(words.onlyEnglish.fr)}</p><p class="govuk-body"><a class="govuk-link" href="${upFrom(slug)}glossary.html">${escapeHtml(words.asked.fr)}</a></p></div>\n`

/** A document without its title, in a language: whole, or passage by passage, as there is a translation. */
function textOf(
  { path, slug, isBoth }: Document,
  language: Language,
  documents: Tree['documents'],
): { readonly text: string; readonly isEnglish: boolean } {
  const english = withoutTitle(documents.get(path))
  if (language === 'en' || isBoth === true) return { text: english, isEnglish: false }
  const whole = documents.get(path.replace(/\.md$/, '.fr.md'))
  if (whole !== undefined) return { text: withoutTitle(whole), isEnglish: false }
  const passages = documents.get(translationOf(slug))
  if (passages === undefined) return { text: english, isEnglish: true }
  return { text: joinBlocks(translate(splitBlocks(english), readTranslation(passages)).blocks), isEnglish: false }
}

/** What of the documents that are translated passage by passage has no French yet. */
export const untranslated = ({ documents }: Tree): readonly string[] =>
  DOCUMENTS.flatMap(({ path, slug }) => {
    const passages = documents.get(translationOf(slug))
    if (passages === undefined) return []
    return translate(splitBlocks(withoutTitle(documents.get(path))), readTranslation(passages)).missing
  })

const translationOf = (slug: string): string => `docs/site/_includes/${slug}.fr.md`
const withoutTitle = (text = ''): string => text.replace(/^# .*\n/, '')
