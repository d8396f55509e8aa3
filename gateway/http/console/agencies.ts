import { Type } from 'typebox'
import type { Text } from '../../base/base.ts'
import type { AgencyOverview } from '../../operations/operations.ts'
import { priorities, Problem } from '../../protocol/protocol.ts'
import { agencyId } from '../forms.ts'
import type { Operating } from '../serving.ts'
import type { Server } from '../server.ts'
import { agencyPage, daysShown, standing } from './agency.ts'
import { code, priorityWords } from './codes.ts'
import { html, type Html, type Piece } from './html.ts'
import { sections } from './layout.ts'
import type { Show } from './show.ts'
import { agencyLink, agencyName, lasting, nothing, wideListing } from './units.ts'
import type { View } from './view.ts'

const words = {
  agency: { en: 'Agency', fr: 'Organisme' },
  oldest: { en: 'Oldest', fr: 'Le plus ancien' },
  retrying: { en: 'Retrying', fr: 'À retenter' },
  dead: { en: 'Dead letters', fr: 'En échec' },
  unread: { en: 'Unread', fr: 'Non lus' },
  overdue: { en: 'Overdue', fr: 'En retard' },
  mail: { en: 'Mails failed', fr: 'Courriels en échec' },
  seen: { en: 'Last seen', fr: 'Dernier appel' },
  never: { en: 'never', fr: 'jamais' },
  certificates: { en: 'Certificates', fr: 'Certificats' },
  none: { en: 'The registry has no agency.', fr: 'Le registre ne compte aucun organisme.' },
} as const satisfies Record<string, Text>

/** All agencies, a line each; and one agency. */
export function agencyPages(server: Server, show: Show, parts: Operating): void {
  const { operations, registry } = parts
  const config = { access: 'operator' as const }
  server.get(
    '/agencies',
    { config, schema: { hide: true } },
    show(async (view) => {
      const { agencies } = await operations.overview()
      const title = view.say(sections['/agencies'])
      return {
        section: '/agencies',
        title,
        content: agencies.length === 0 ? nothing(view.say(words.none)) : list(view, agencies),
      }
    }),
  )

  server.get(
    '/agencies/:id',
    { config, schema: { hide: true, params: Type.Object({ id: agencyId('Agency') }) } },
    (request, reply) =>
      show(async (view) => {
        const { id } = request.params
        const { agencies } = await operations.overview()
        const found = agencies.find((one) => one.id === id)
        if (found === undefined) throw new Problem('not-found')
        return {
          section: '/agencies',
          title: agencyName(view, registry(), id),
          content: await agencyPage(parts, view, found),
        }
      })(request, reply),
  )

  function list(view: View, agencies: readonly AgencyOverview[]): Html {
    const { say } = view
    const number = (head: Text) => ({ title: say(head), number: true as const })
    return wideListing(
      say(sections['/agencies']),
      [
        { title: say(words.agency) },
        ...priorities.map((priority) => number(priorityWords[priority])),
        number(words.oldest),
        number(words.retrying),
        number(words.dead),
        number(words.unread),
        number(words.overdue),
        number(words.mail),
        { title: say(words.seen) },
        { title: say(words.certificates) },
      ],
      agencies.map((one) => [
        html`${agencyLink(view, registry(), one.id)}<span class="console-standing">${standing(view, one)} ${code(one.id)}</span>`,
        ...priorities.map((priority) => quiet(one.waiting[priority])),
        one.oldestWaitingSeconds === undefined ? '' : lasting(view, one.oldestWaitingSeconds),
        quiet(one.retrying),
        pressing(one.deadLetters),
        pressing(one.unread),
        pressing(one.overdue),
        pressing(one.mail?.failures ?? 0),
        one.lastSeen ? view.time(one.lastSeen) : say(words.never),
        shortest(view, one),
      ]),
    )
  }
}

const quiet = (count: number): Piece => (count === 0 ? html`<span class="console-quiet">0</span>` : count)
const pressing = (count: number): Piece =>
  count === 0 ? quiet(0) : html`<strong class="console-pressing">${count}</strong>`

/** Of all its certificates, those that end first: so long there is to see to it. */
function shortest(view: View, { certificates: all }: AgencyOverview): Piece {
  const left = Math.min(...all.map(({ daysLeft }) => daysLeft))
  return all.length > 0 && daysShown(view, left)
}
