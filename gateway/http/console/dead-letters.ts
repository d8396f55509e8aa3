import { Type } from 'typebox'
import type { Text } from '../../base/base.ts'
import { priorityOf } from '../../protocol/protocol.ts'
import { OPERATORS } from '../cursor.ts'
import { agencyId, cursor, query } from '../forms.ts'
import type { Operating } from '../serving.ts'
import type { Server } from '../server.ts'
import { older } from './acts.ts'
import { actWords } from './act-words.ts'
import { causeOf } from './cause-words.ts'
import { html, type Html } from './html.ts'
import { sections } from './layout.ts'
import type { Show } from './show.ts'
import { priorityWords } from './codes.ts'
import { heading } from './table.ts'
import { agencyLink, agencyName, lasting, listing, messageLink, nothing, secondsSince } from './units.ts'
import type { View } from './view.ts'

const words = {
  byCause: { en: 'What they died of', fr: 'Pourquoi ils ont échoué' },
  agency: { en: 'To', fr: 'À' },
  cause: { en: 'Cause', fr: 'Cause' },
  count: { en: 'How many', fr: 'Combien' },
  oldest: { en: 'Oldest', fr: 'Le plus ancien' },
  all: { en: 'Messages, newest first', fr: 'Messages, du plus récent au plus ancien' },
  only: { en: 'Only those to', fr: 'Uniquement à' },
  everybody: { en: 'Show those of all agencies', fr: 'Afficher ceux de tous les organismes' },
  message: { en: 'Message', fr: 'Message' },
  from: { en: 'From', fr: 'De' },
  priority: { en: 'Priority', fr: 'Priorité' },
  accepted: { en: 'Accepted', fr: 'Accepté' },
  attempts: { en: 'Attempts', fr: 'Tentatives' },
  acts: { en: 'Acts', fr: 'Actes' },
  none: {
    en: 'There is no dead letter: everything was delivered, or still can be.',
    fr: 'Aucun message en échec\u00A0: tout a été remis ou peut encore l’être.',
  },
} as const satisfies Record<string, Text>

const PAGE = 50

/** What could not be delivered, what it died of, and what may be done with it. */
export function deadLetterPages(server: Server, show: Show, { operations, cursorsOf, registry, now }: Operating): void {
  const cursors = cursorsOf(OPERATORS)
  const querystring = query({
    agency: Type.Optional(agencyId('Recipient')),
    before: Type.Optional(cursor('The page before')),
  })
  server.get(
    '/dead-letters',
    { config: { access: 'operator' }, schema: { hide: true, querystring } },
    (request, reply) =>
      show(async (view) => {
        const { say } = view
        const { agency, before } = request.query
        const place = cursors.parse('messages', before)
        const [rows, { dead }] = await Promise.all([
          operations.search({
            state: 'dead-lettered',
            limit: PAGE + 1,
            ...(agency !== undefined && { recipient: agency }),
            ...(place && { before: place.leaf }),
          }),
          operations.pressing(),
        ])
        const shown = rows.slice(0, PAGE)
        const last = shown.at(-1)
        const next = rows.length > PAGE && last ? cursors.format('messages', { priority: 0, leaf: last.no }) : undefined
        const causes = dead.filter(({ recipient }) => agency === undefined || recipient === agency)
        return {
          section: '/dead-letters',
          title: say(sections['/dead-letters']),
          content: html`${agency !== undefined && chosen(view, agency)}
${causes.length > 0 && html`${heading(say(words.byCause))}${causeTable(view, causes)}`}
${shown.length === 0 ? nothing(say(words.none)) : html`${heading(say(words.all))}${messageTable(view, shown)}`}
${older(view, '/dead-letters', next, agency === undefined ? '' : `agency=${agency}&`)}`,
        }
      })(request, reply),
  )

  function chosen(view: View, agency: string): Html {
    const { say } = view
    return html`<p class="govuk-body">${say(words.only)} ${agencyName(view, registry(), agency)}. <a class="govuk-link" href="/dead-letters">${say(words.everybody)}</a></p>`
  }

  type Causes = Awaited<ReturnType<typeof operations.pressing>>['dead']
  function causeTable(view: View, causes: Causes): Html {
    const { say, operator } = view
    return listing(
      say(words.byCause),
      [
        { title: say(words.agency) },
        { title: say(words.cause) },
        { title: say(words.count), number: true as const },
        { title: say(words.oldest), number: true as const },
        { title: say(words.acts) },
      ],
      causes.map(({ recipient, detail, count, oldest }) => [
        html`<a class="govuk-link" href="/dead-letters?agency=${recipient}">${agencyName(view, registry(), recipient)}</a>`,
        say(causeOf(detail)),
        count,
        lasting(view, secondsSince(oldest, now())),
        operator.role !== 'watch' &&
          html`<a class="govuk-link" href="/agencies/${recipient}/retry-all">${say(actWords['retry-all'].button)}<span class="govuk-visually-hidden"> ${agencyName(view, registry(), recipient)}</span></a>`,
      ]),
    )
  }

  function messageTable(view: View, messages: Awaited<ReturnType<typeof operations.search>>): Html {
    const { say, operator } = view
    return listing(
      say(words.all),
      [
        { title: say(words.message) },
        { title: say(words.priority) },
        { title: say(words.from) },
        { title: say(words.agency) },
        { title: say(words.accepted) },
        { title: say(words.attempts), number: true as const },
        { title: say(words.acts) },
      ],
      messages.map(({ sender, id, recipient, priority, accepted_at, attempts }) => [
        messageLink({ sender, id }),
        say(priorityWords[priorityOf(priority)]),
        agencyLink(view, registry(), sender),
        agencyLink(view, registry(), recipient),
        view.time(accepted_at),
        attempts,
        operator.role !== 'watch' &&
          html`<span class="console-acts">${(['retry', 'discard'] as const).map(
            (name) =>
              html`<a class="govuk-link" href="/messages/${sender}/${id}/${name}">${say(actWords[name].button)}<span class="govuk-visually-hidden"> ${id}</span></a> `,
          )}</span>`,
      ]),
    )
  }
}
