import { Type } from 'typebox'
import type { Text } from '../../base/base.ts'
import { type ShownDesk, showDesks } from '../../delivery/delivery.ts'
import type { AgencyOverview } from '../../operations/operations.ts'
import { priorities, Problem, type Weekday } from '../../protocol/protocol.ts'
import { agencyId } from '../forms.ts'
import type { Operating } from '../serving.ts'
import type { Server } from '../server.ts'
import { actWords, nameOfAct } from './act-words.ts'
import { causeOf } from './cause-words.ts'
import { html, type Html, type Piece } from './html.ts'
import { sections } from './layout.ts'
import { why } from './second-operator.ts'
import type { Show } from './show.ts'
import { code, outcomes, priorityWords, wordsOf } from './codes.ts'
import { heading, summary } from './table.ts'
import {
  agencyLink,
  agencyName,
  button,
  inDays,
  lasting,
  listing,
  messageLink,
  nothing,
  telephone,
  wideListing,
} from './units.ts'
import type { View } from './view.ts'

const words = {
  agency: { en: 'Agency', fr: 'Organisme' },
  status: { en: 'Status', fr: 'État' },
  waiting: { en: 'Waiting', fr: 'En attente' },
  oldest: { en: 'Oldest', fr: 'Le plus ancien' },
  inFlight: { en: 'Being handed over', fr: 'En cours de remise' },
  retrying: { en: 'Retrying', fr: 'À retenter' },
  dead: { en: 'Dead letters', fr: 'En échec' },
  unread: { en: 'Unread', fr: 'Non lus' },
  overdue: { en: 'Overdue', fr: 'En retard' },
  seen: { en: 'Last seen', fr: 'Dernier appel' },
  never: { en: 'never', fr: 'jamais' },
  certificates: { en: 'Certificates', fr: 'Certificats' },
  tls: { en: 'connection', fr: 'connexion' },
  signing: { en: 'signing', fr: 'signature' },
  ended: { en: 'ended', fr: 'expiré' },
  active: { en: 'active', fr: 'actif' },
  suspended: { en: 'suspended', fr: 'suspendu' },
  gone: { en: 'gone from the registry', fr: 'absent du registre' },
  paused: { en: 'paused', fr: 'envois suspendus' },
  pausedSince: { en: 'Paused since', fr: 'Envois suspendus depuis' },
  pausedBy: { en: 'by', fr: 'par' },
  joined: { en: 'and', fr: 'et' },
  notPaused: { en: 'Deliveries go on', fr: 'Envois en cours' },
  deliveries: { en: 'Deliveries', fr: 'Envois' },
  none: { en: 'The registry has no agency.', fr: 'Le registre ne compte aucun organisme.' },
  now: { en: 'How it stands', fr: 'Situation' },
  telephone: { en: 'Telephone', fr: 'Téléphone' },
  night: { en: 'Out of hours', fr: 'Astreinte' },
  email: { en: 'E-mail', fr: 'Courriel' },
  desks: { en: 'Desks', fr: 'Services' },
  desk: { en: 'Desk', fr: 'Service' },
  hours: { en: 'Hours', fr: 'Horaires' },
  always: { en: 'always open', fr: 'toujours ouvert' },
  open: { en: 'open', fr: 'ouvert' },
  closedUntil: { en: 'closed, opens', fr: 'fermé, ouvre' },
  closed: { en: 'closed', fr: 'fermé' },
  noDesks: {
    en: 'It has no desks: all goes to the agency itself.',
    fr: 'Aucun service\u00A0: tout va à l’organisme lui-même.',
  },
  attempts: { en: 'Latest attempts at its endpoints', fr: 'Dernières tentatives vers ses points d’accès' },
  noAttempts: {
    en: 'Nothing was sent to an endpoint: its messages lie in its mailbox.',
    fr: 'Aucun envoi vers un point d’accès\u00A0: ses messages sont dans sa boîte aux lettres.',
  },
  at: { en: 'When', fr: 'Quand' },
  outcome: { en: 'Outcome', fr: 'Résultat' },
  cause: { en: 'What happened', fr: 'Ce qui s’est passé' },
  message: { en: 'Message', fr: 'Message' },
  acts: { en: 'Acts', fr: 'Actes' },
  act: { en: 'Act', fr: 'Acte' },
  by: { en: 'By', fr: 'Par' },
  why: { en: 'Why', fr: 'Pourquoi' },
  noActs: { en: 'Nobody has acted on this agency.', fr: 'Aucun acte n’a porté sur cet organisme.' },
  gateway: { en: 'the gateway', fr: 'la passerelle' },
  many: { en: 'at least', fr: 'au moins' },
} as const satisfies Record<string, Text>

const days: Readonly<Record<Weekday, Text>> = {
  mon: { en: 'Mon', fr: 'lun.' },
  tue: { en: 'Tue', fr: 'mar.' },
  wed: { en: 'Wed', fr: 'mer.' },
  thu: { en: 'Thu', fr: 'jeu.' },
  fri: { en: 'Fri', fr: 'ven.' },
  sat: { en: 'Sat', fr: 'sam.' },
  sun: { en: 'Sun', fr: 'dim.' },
}

const MOST_ACTS = 10
/** A certificate that lasts no longer is shown as something to see to. */
const SOON_DAYS = 30

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
          content: await onePage(parts, view, found),
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
        one.lastSeen ? view.time(one.lastSeen) : say(words.never),
        shortest(view, one),
      ]),
    )
  }
}

const quiet = (count: number): Piece => (count === 0 ? html`<span class="console-quiet">0</span>` : count)
const pressing = (count: number): Piece =>
  count === 0 ? quiet(0) : html`<strong class="console-pressing">${count}</strong>`

function standing({ say }: View, { status, paused }: AgencyOverview): Html {
  const tag = (kind: string, label: Text): Html =>
    html`<strong class="govuk-tag govuk-tag--${kind}">${say(label)}</strong>`
  const own =
    status === 'active'
      ? tag('green', words.active)
      : status === 'gone'
        ? tag('red', words.gone)
        : tag('grey', words.suspended)
  return html`${own}${paused && html` ${tag('yellow', words.paused)}`}`
}

/** Of all its certificates, those that end first: so long there is to see to it. */
function shortest(view: View, { certificates: all }: AgencyOverview): Piece {
  const left = Math.min(...all.map(({ daysLeft }) => daysLeft))
  return all.length > 0 && daysShown(view, left)
}

function daysShown(view: View, daysLeft: number): Html {
  const left = daysLeft < 0 ? view.say(words.ended) : inDays(view, daysLeft)
  return daysLeft < SOON_DAYS ? html`<strong class="console-pressing">${left}</strong>` : html`${left}`
}

function certificates(view: View, { certificates: all }: AgencyOverview): Piece {
  return all.map(({ use, daysLeft }, at) => {
    return html`${at > 0 && html`<br>`}${view.say(words[use])} ${daysShown(view, daysLeft)}`
  })
}

async function onePage(parts: Operating, view: View, found: AgencyOverview): Promise<Html> {
  const { operations, registry, now } = parts
  const { say, operator } = view
  const agency = registry().agencies.get(found.id)
  const [attempts, { acts }, [pause]] = await Promise.all([
    operations.attemptsAt(found.id),
    operations.acts.page({ agency: found.id, limit: MOST_ACTS }),
    operations.pauses(found.id),
  ])
  // The overview may be a second old: whoever has just paused the agency sees that they have.
  const one = { ...found, paused: pause !== undefined }
  const { phone, outOfHours, email } = agency?.contact ?? {}
  const desks = agency ? showDesks(agency, now()) : []
  const deliveries = pause
    ? html`${say(words.pausedSince)} ${view.time(pause.since)} ${say(words.pausedBy)} ${pause.operator}${pause.joinedBy !== undefined && html` ${say(words.joined)} ${pause.joinedBy}`}`
    : say(words.notPaused)
  return html`${operator.role !== 'watch' && actsOn(view, one)}
${heading(say(words.now))}
${summary([
  [say(words.status), standing(view, one)],
  [say(words.deliveries), deliveries],
  ...priorities.map((priority): [string, Piece] => [
    `${say(words.waiting)}, ${say(priorityWords[priority]).toLowerCase()}`,
    one.waiting[priority],
  ]),
  ...(one.oldestWaitingSeconds === undefined
    ? []
    : [[say(words.oldest), lasting(view, one.oldestWaitingSeconds)] as [string, Piece]]),
  [say(words.inFlight), one.inFlight],
  [say(words.retrying), one.retrying],
  [
    say(words.dead),
    one.deadLetters === 0
      ? 0
      : html`<a class="govuk-link" href="/dead-letters?agency=${one.id}">${one.deadLetters}</a>`,
  ],
  [say(words.unread), one.unread],
  [say(words.overdue), one.overdue],
  [say(words.seen), one.lastSeen ? view.time(one.lastSeen) : say(words.never)],
  [say(words.certificates), certificates(view, one)],
  ...(outOfHours === undefined ? [] : [[say(words.night), telephone(outOfHours)] as [string, Piece]]),
  ...(phone === undefined ? [] : [[say(words.telephone), telephone(phone)] as [string, Piece]]),
  ...(email === undefined ? [] : [[say(words.email), email] as [string, Piece]]),
])}
${heading(say(words.desks))}
${desks.length === 0 ? nothing(say(words.noDesks)) : deskTable(view, desks)}
${heading(say(words.attempts))}
${
  attempts.length === 0
    ? nothing(say(words.noAttempts))
    : listing(
        say(words.attempts),
        [words.at, words.outcome, words.cause, words.message].map((head) => ({ title: say(head) })),
        attempts.map((attempt) => [
          view.time(attempt.at),
          wordsOf(view, outcomes, attempt.outcome),
          html`${say(causeOf(attempt.detail))}${attempt.status !== null && html` ${code(String(attempt.status))}`}`,
          messageLink(attempt),
        ]),
      )
}
${heading(say(words.acts))}
${
  acts.length === 0
    ? nothing(say(words.noActs))
    : listing(
        say(words.acts),
        [words.at, words.act, words.by, words.why].map((head) => ({ title: say(head) })),
        acts.map((entry) => [
          view.time(entry.at),
          html`<a class="govuk-link" href="/acts/${entry.actId}">${nameOfAct(say, entry.act)}</a>`,
          entry.operator ?? say(words.gateway),
          why(view, entry),
        ]),
      )
}`
}

/** What may be done: deliveries are paused or go on, and dead letters are put back where there are any. */
function actsOn({ say }: View, { id, paused, deadLetters }: AgencyOverview): Html {
  return html`<div class="govuk-button-group">
${paused ? button(`/agencies/${id}/resume`, say(actWords.resume.button)) : button(`/agencies/${id}/pause`, say(actWords.pause.button), 'secondary')}
${deadLetters > 0 && button(`/agencies/${id}/retry-all`, say(actWords['retry-all'].title), 'secondary')}
</div>`
}

function deskTable(view: View, desks: readonly ShownDesk[]): Html {
  const { say } = view
  return listing(
    say(words.desks),
    [words.desk, words.now, words.hours].map((head) => ({ title: say(head) })),
    desks.map((desk) => [say(desk.name), deskNow(view, desk), hours(view, desk)]),
  )
}

function deskNow(view: View, { openNow, opensAt }: ShownDesk): Html {
  const { say } = view
  if (openNow) return html`<strong class="govuk-tag govuk-tag--green">${say(words.open)}</strong>`
  if (opensAt === undefined) return html`<strong class="govuk-tag govuk-tag--grey">${say(words.closed)}</strong>`
  return html`${say(words.closedUntil)} ${view.time(opensAt)}`
}

function hours({ say }: View, { hours: kept }: ShownDesk): Piece {
  if (kept === undefined) return say(words.always)
  return html`${kept.open.map(
    ({ days: on, from, to }) => html`${on.map((day) => say(days[day])).join(', ')} ${from}–${to}<br>`,
  )}<span class="console-quiet">${kept.timeZone}</span>`
}
