import type { Text } from '../../base/base.ts'
import { type ShownDesk, showDesks } from '../../delivery/delivery.ts'
import type { AgencyOverview } from '../../operations/operations.ts'
import type { MailTrouble, WayTest } from '../../record/record.ts'
import { priorities, type Weekday } from '../../protocol/protocol.ts'
import type { Operating } from '../serving.ts'
import { actWords, nameOfAct } from './act-words.ts'
import { causeOf } from './cause-words.ts'
import { code, outcomes, priorityWords, wordsOf } from './codes.ts'
import { html, type Html, type Piece } from './html.ts'
import { colon } from './layout.ts'
import { why } from './second-operator.ts'
import { heading, summary } from './table.ts'
import { button, inDays, lasting, listing, messageLink, nothing, telephone } from './units.ts'
import type { View } from './view.ts'

const words = {
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
  mail: { en: 'Mails that failed', fr: 'Courriels en échec' },
  mailSince: { en: 'since', fr: 'depuis le' },
  mailLast: { en: 'the last', fr: 'le dernier' },
  test: { en: 'Last test of notifications', fr: 'Dernier essai de notification' },
  noTest: {
    en: 'Nobody has tested whether notifications reach it.',
    fr: 'Personne n’a vérifié que les notifications lui parviennent.',
  },
  testing: {
    en: 'The test is being made: look again in some seconds.',
    fr: 'Essai en cours : actualisez dans quelques secondes.',
  },
  noWays: {
    en: 'It has neither an endpoint nor a mail address to be told at: there was nothing to test.',
    fr: 'Il n’a ni point d’accès ni adresse où l’avertir : il n’y avait rien à essayer.',
  },
  way: { en: 'Way', fr: 'Voie' },
  endpoint: { en: 'Endpoint', fr: 'Point d’accès' },
  itself: { en: 'the agency itself', fr: 'l’organisme lui-même' },
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

/** One agency: how it stands, its desks, what was tried, and what was done. */
export async function agencyPage(parts: Operating, view: View, found: AgencyOverview): Promise<Html> {
  const { operations, registry, now } = parts
  const { say, operator } = view
  const agency = registry().agencies.get(found.id)
  const [attempts, { acts }, [pause], test] = await Promise.all([
    operations.attemptsAt(found.id),
    operations.acts.page({ agency: found.id, limit: MOST_ACTS }),
    operations.pauses(found.id),
    operations.wayTest(found.id),
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
  ...(one.mail === undefined ? [] : [[say(words.mail), mailTrouble(view, one.mail)] as [string, Piece]]),
  ...(outOfHours === undefined ? [] : [[say(words.night), telephone(outOfHours)] as [string, Piece]]),
  ...(phone === undefined ? [] : [[say(words.telephone), telephone(phone)] as [string, Piece]]),
  ...(email === undefined ? [] : [[say(words.email), email] as [string, Piece]]),
])}
${heading(say(words.desks))}
${desks.length === 0 ? nothing(say(words.noDesks)) : deskTable(view, desks)}
${heading(say(words.test))}
${test === undefined ? nothing(say(words.noTest)) : wayTest(view, test, desks)}
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

function mailTrouble(view: View, { failures, since, last, detail }: MailTrouble): Html {
  const { say } = view
  return html`<strong class="console-pressing">${failures}</strong> ${say(words.mailSince)} ${view.time(since)}${colon(view)} ${say(causeOf(detail))} (${say(words.mailLast)}${colon(view)} ${view.time(last)})`
}

function wayTest(view: View, { at, operator, results }: WayTest, desks: readonly ShownDesk[]): Html {
  const { say } = view
  const asked = html`<p class="govuk-body">${view.time(at)}, ${operator}</p>`
  if (results === undefined) return html`${asked}${nothing(say(words.testing))}`
  if (results.length === 0) return html`${asked}${nothing(say(words.noWays))}`
  const nameOf = (desk: string): string => {
    const name = desks.find(({ id }) => id === desk)?.name
    return name === undefined ? desk : say(name)
  }
  return html`${asked}${listing(
    say(words.test),
    [words.way, words.desk, words.cause].map((head) => ({ title: say(head) })),
    results.map(({ way, desk, detail }) => [
      say(way === 'email' ? words.email : words.endpoint),
      desk === undefined ? say(words.itself) : nameOf(desk),
      say(causeOf(detail)),
    ]),
  )}`
}

/** What may be done: deliveries are paused or go on, and dead letters are put back where there are any. */
function actsOn({ say }: View, { id, paused, deadLetters }: AgencyOverview): Html {
  return html`<div class="govuk-button-group">
${paused ? button(`/agencies/${id}/resume`, say(actWords.resume.button)) : button(`/agencies/${id}/pause`, say(actWords.pause.button), 'secondary')}
${button(`/agencies/${id}/test-notification`, say(actWords['test-notification'].title), 'secondary')}
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

/** Its status, and whether deliveries to it are paused. */
export function standing({ say }: View, { status, paused }: AgencyOverview): Html {
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

/** How long a certificate lasts; what must be seen to stands out. */
export function daysShown(view: View, daysLeft: number): Html {
  const left = daysLeft < 0 ? view.say(words.ended) : inDays(view, daysLeft)
  return daysLeft < SOON_DAYS ? html`<strong class="console-pressing">${left}</strong>` : html`${left}`
}

function certificates(view: View, { certificates: all }: AgencyOverview): Piece {
  return all.map(({ use, daysLeft }, at) => {
    return html`${at > 0 && html`<br>`}${view.say(words[use])} ${daysShown(view, daysLeft)}`
  })
}
