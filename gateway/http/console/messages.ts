import { Type } from 'typebox'
import { AGENCY_ID, priorities, type Priority, Problem, type State, UUID } from '../../protocol/protocol.ts'
import type { Search } from '../../record/record.ts'
import { type Cursors, OPERATORS } from '../cursor.ts'
import { NAME, query } from '../forms.ts'
import type { Server } from '../server.ts'
import type { Operating } from '../serving.ts'
import { priorityWords, states } from './codes.ts'
import { html, type Html } from './html.ts'
import { sections } from './layout.ts'
import { messageTable } from './message-table.ts'
import type { Show } from './show.ts'
import { paragraph } from './table.ts'
import { readTypeTitles, type TypeTitles } from './type-titles.ts'
import { agencyName } from './units.ts'
import type { View } from './view.ts'

const words = {
  about: {
    en: 'Newest first. Who sent what kind of message to whom, and what became of it; what it says is shown to nobody here.',
    fr: 'Du plus récent au plus ancien. Qui a envoyé quel type de message à qui, et ce qu’il est devenu ; ce qu’il dit n’est montré à personne ici.',
  },
  filter: { en: 'Which messages', fr: 'Quels messages' },
  id: { en: 'Id of a message or a case', fr: 'Identifiant d’un message ou d’un dossier' },
  notAnId: {
    en: 'Enter the whole id, as 0190f2a4-7c1e-7b3a-9d42-1f6e8a5c3b70',
    fr: 'Saisissez l’identifiant entier, par exemple 0190f2a4-7c1e-7b3a-9d42-1f6e8a5c3b70',
  },
  fault: { en: 'There is a problem', fr: 'Il y a une erreur' },
  error: { en: 'Error:', fr: 'Erreur\u00A0:' },
  state: { en: 'State', fr: 'État' },
  agency: { en: 'Sender or recipient', fr: 'Expéditeur ou destinataire' },
  type: { en: 'Type', fr: 'Type' },
  priority: { en: 'Priority', fr: 'Priorité' },
  all: { en: 'All', fr: 'Tous' },
  allPriorities: { en: 'All', fr: 'Toutes' },
  show: { en: 'Show', fr: 'Afficher' },
  clear: { en: 'Clear the filters', fr: 'Effacer les filtres' },
  none: { en: 'There is no such message.', fr: 'Aucun message ne correspond.' },
  newest: { en: 'Newest', fr: 'Les plus récents' },
  older: { en: 'Older messages', fr: 'Messages plus anciens' },
  pages: { en: 'Pages', fr: 'Pages' },
} as const

/** Together under 100 KiB. */
const PAGE = 50
const field = Type.Optional(Type.String({ maxLength: 64 }))

type Asked = Partial<Record<'id' | 'state' | 'agency' | 'type' | 'priority' | 'before', string>>

/** Messages by the filters of the API, and by the id of one or of its case. */
export function messagesPage(
  server: Server,
  show: Show,
  { operations, registry, catalogue, schemaFiles, cursorsOf }: Operating,
): void {
  const titleOf = readTypeTitles(schemaFiles.pathway)
  const cursors = cursorsOf(OPERATORS)
  const types = [...new Set(catalogue.releases.flatMap((release) => release.types))]
  server.get(
    '/messages',
    {
      config: { access: 'operator' },
      schema: {
        hide: true,
        querystring: query({ id: field, state: field, agency: field, type: field, priority: field, before: field }),
      },
    },
    show(async (view, request) => {
      const asked = filled(request.query as Asked)
      const isFaulty = asked.id !== undefined && !UUID.test(asked.id)
      const rows = isFaulty ? [] : await find(operations.search, toSearch(asked, cursors))
      const messages = rows.slice(0, PAGE)
      const last = messages.at(-1)
      const next = rows.length > PAGE && last ? cursors.format('messages', { priority: 0, leaf: last.no }) : undefined
      const nameOf = (agency: string): string => agencyName(view, registry(), agency)
      const choices = { agencies: [...registry().agencies.keys()], nameOf, types, titleOf }
      return {
        section: '/messages',
        title: view.say(sections['/messages']),
        content: html`${isFaulty && faultSummary(view)}${paragraph(view.say(words.about))}
${filterForm(view, asked, choices, isFaulty)}
${messages.length > 0 ? messageTable(view, { caption: view.say(sections['/messages']), messages, titleOf, nameOf }) : paragraph(view.say(words.none))}
${pages(view, asked, next)}`,
      }
    }),
  )
}

/** A form sends what was left empty, too. */
function filled(asked: Asked): Asked {
  const trimmed = Object.entries(asked).map(([name, value]) => [name, value.trim()] as const)
  return Object.fromEntries(trimmed.filter(([, value]) => value !== ''))
}

/** @throws Problem `invalid-request` for what no choice of the form says */
function toSearch(
  { id, state, agency, type, priority, before }: Asked,
  cursors: Cursors,
): Search & { readonly id?: string } {
  if (state !== undefined && !isState(state)) throw new Problem('invalid-request')
  if (priority !== undefined && !isPriority(priority)) throw new Problem('invalid-request')
  if (agency !== undefined && !AGENCY_ID.test(agency)) throw new Problem('invalid-request')
  if (type !== undefined && !NAME.test(type)) throw new Problem('invalid-request')
  const place = cursors.parse('messages', before)
  return {
    limit: PAGE + 1,
    ...(id && { id }),
    ...(state && { state }),
    ...(priority && { priority }),
    ...(agency && { agency }),
    ...(type && { type }),
    ...(place && { before: place.leaf }),
  }
}

const isState = (state: string): state is State => Object.hasOwn(states, state)
const isPriority = (priority: string): priority is Priority => (priorities as readonly string[]).includes(priority)

/** An id may be a message's or a case's. */
async function find<Row>(
  search: (wanted: Search) => Promise<readonly Row[]>,
  { id, ...wanted }: Search & { readonly id?: string },
): Promise<readonly Row[]> {
  if (id === undefined) return await search(wanted)
  const found = await search({ ...wanted, messageId: id })
  return found.length > 0 ? found : await search({ ...wanted, caseId: id })
}

type Choices = {
  readonly agencies: readonly string[]
  readonly nameOf: (agency: string) => string
  readonly types: readonly string[]
  readonly titleOf: TypeTitles
}

function filterForm(
  { say }: View,
  asked: Asked,
  { agencies, nameOf, types, titleOf }: Choices,
  isFaulty: boolean,
): Html {
  const choice = (
    name: keyof Asked,
    label: string,
    all: string,
    options: readonly (readonly [string, string])[],
  ): Html =>
    html`<div class="govuk-form-group"><label class="govuk-label" for="${name}">${label}</label>
<select class="govuk-select" id="${name}" name="${name}"><option value="">${all}</option>${options.map(
      ([value, text]) => html`<option value="${value}"${value === asked[name] && html` selected`}>${text}</option>`,
    )}</select></div>\n`
  const titled = (table: Readonly<Record<string, { readonly en: string; readonly fr: string }>>) =>
    Object.entries(table).map(([value, text]) => [value, say(text)] as const)
  const described = isFaulty && html` aria-describedby="id-error"`
  return html`<form class="console-filter" method="get" action="/messages" role="search" aria-label="${say(words.filter)}">
<div class="console-filter__fields">
<div class="govuk-form-group console-filter__wide ${isFaulty && 'govuk-form-group--error'}"><label class="govuk-label" for="id">${say(words.id)}</label>
${isFaulty && html`<p id="id-error" class="govuk-error-message"><span class="govuk-visually-hidden">${say(words.error)}</span> ${say(words.notAnId)}</p>`}
<input class="govuk-input ${isFaulty && 'govuk-input--error'}" id="id" name="id" type="text" maxlength="64" autocomplete="off" spellcheck="false" value="${asked.id ?? ''}"${described}></div>
${choice('state', say(words.state), say(words.all), titled(states))}
${choice('priority', say(words.priority), say(words.allPriorities), titled(priorityWords))}
${choice(
  'agency',
  say(words.agency),
  say(words.all),
  agencies.map((id) => [id, nameOf(id)]),
)}
${choice(
  'type',
  say(words.type),
  say(words.all),
  types.map((type) => [type, say(titleOf(type))]),
)}
</div>
<div class="console-filter__buttons"><button class="govuk-button" type="submit">${say(words.show)}</button>
<a class="govuk-link govuk-body" href="/messages">${say(words.clear)}</a></div>
</form>`
}

const faultSummary = ({ say }: View): Html =>
  html`<div class="govuk-error-summary" role="alert"><h2 class="govuk-error-summary__title">${say(words.fault)}</h2>
<ul class="govuk-list govuk-error-summary__list"><li><a href="#id">${say(words.notAnId)}</a></li></ul></div>`

function pages({ say }: View, { before, ...asked }: Asked, next: string | undefined): Html | undefined {
  if (before === undefined && next === undefined) return undefined
  const at = (cursor: string | undefined): string =>
    `/messages?${new URLSearchParams({ ...asked, ...(cursor && { before: cursor }) }).toString()}`
  return html`<nav class="console-pages govuk-body" aria-label="${say(words.pages)}">
${before !== undefined && html`<a class="govuk-link" href="${at(undefined)}">${say(words.newest)}</a>`}
${next !== undefined && html`<a class="govuk-link" rel="next" href="${at(next)}">${say(words.older)}</a>`}
</nav>`
}
