import type { Text } from '../../base/base.ts'
import { showDesks } from '../../delivery/delivery.ts'
import type { ActEntry, Pressing } from '../../operations/operations.ts'
import type { Operating } from '../serving.ts'
import type { Server } from '../server.ts'
import { actWords } from './act-words.ts'
import { alarmPart } from './alarm-part.ts'
import { causeOf } from './cause-words.ts'
import { html, type Html } from './html.ts'
import { sections } from './layout.ts'
import { why } from './second-operator.ts'
import type { Show } from './show.ts'
import { heading, paragraph } from './table.ts'
import {
  agencyLink,
  agencyName,
  button,
  labelled,
  lasting,
  listing,
  messageLink,
  nothing,
  secondsSince,
  telephone,
} from './units.ts'
import type { View } from './view.ts'

const words = {
  asOf: { en: 'As of', fr: 'Situation au' },
  again: { en: 'Look again', fr: 'Actualiser' },
  allWell: {
    en: 'Nothing needs you now. All messages are on their way, or were delivered.',
    fr: 'Rien ne demande votre intervention. Tous les messages sont en route ou ont été remis.',
  },
  unread: {
    en: 'Telephone now: immediate messages that nobody has read',
    fr: 'Téléphonez maintenant\u00A0: messages à traiter immédiatement que personne n’a lus',
  },
  unreadNone: {
    en: 'No immediate message lies unread over its time.',
    fr: 'Aucun message à traiter immédiatement ne reste non lu au-delà de son délai.',
  },
  unreadFor: {
    en: 'has not read an immediate message for',
    fr: 'n’a pas lu un message à traiter immédiatement depuis',
  },
  outOfHours: { en: 'Out of hours', fr: 'Astreinte' },
  inHours: { en: 'In hours', fr: 'Heures ouvrées' },
  noNumber: {
    en: 'The registry has no telephone number for this agency.',
    fr: 'Le registre n’a aucun numéro de téléphone pour cet organisme.',
  },
  say: {
    en: 'Say only that an immediate message waits in Passerelle. Name nobody.',
    fr: 'Dites seulement qu’un message à traiter immédiatement attend dans Passerelle. Ne nommez personne.',
  },
  desk: { en: 'Desk', fr: 'Service' },
  message: { en: 'Message', fr: 'Message' },
  last: { en: 'Telephoned', fr: 'Appel' },
  overdue: { en: 'Answers overdue', fr: 'Réponses en retard' },
  overdueNone: { en: 'No answer is overdue.', fr: 'Aucune réponse n’est en retard.' },
  owes: { en: 'Who owes it', fr: 'Qui la doit' },
  waits: { en: 'Who waits for it', fr: 'Qui l’attend' },
  late: { en: 'Late by', fr: 'Retard' },
  due: { en: 'Was due', fr: 'Attendue le' },
  number: { en: 'Telephone', fr: 'Téléphone' },
  dead: { en: 'Dead letters', fr: 'Messages en échec' },
  deadNone: { en: 'There is no dead letter.', fr: 'Aucun message en échec.' },
  to: { en: 'To', fr: 'À' },
  cause: { en: 'Cause', fr: 'Cause' },
  count: { en: 'How many', fr: 'Combien' },
  oldest: { en: 'Oldest', fr: 'Le plus ancien' },
  held: {
    en: 'Urgent messages held by closed desks',
    fr: 'Messages à traiter dans la journée retenus par des services fermés',
  },
  heldNone: {
    en: 'No urgent message waits for a desk to open.',
    fr: 'Aucun message à traiter dans la journée n’attend l’ouverture d’un service.',
  },
  opens: { en: 'Opens', fr: 'Ouvre' },
} as const satisfies Record<string, Text>

/** The front page: what to do first. */
export function nowPage(server: Server, show: Show, parts: Operating): void {
  const { operations, now } = parts
  server.get(
    '/',
    { config: { access: 'operator' }, schema: { hide: true } },
    show(async (view) => {
      const [overview, pressing, standing] = await Promise.all([
        operations.overview(),
        operations.pressing(),
        operations.alarms.standing(),
      ])
      const calls = await Promise.all(pressing.unread.map((message) => callsAbout(parts, message)))
      const { say } = view
      // What the lists tell is no alarm to be read a second time.
      const isListed = new Set(pressing.unread.map(({ recipient }) => recipient))
      const alarms = overview.alarms.filter(
        ({ code, subject }) => code !== 'response-overdue' && !(code === 'message-unread' && isListed.has(subject)),
      )
      const isQuiet =
        pressing.unread.length +
          pressing.overdue.length +
          pressing.dead.length +
          pressing.held.length +
          overview.alarms.length ===
        0
      return {
        section: '/',
        title: say(sections['/']),
        refreshes: true,
        content: html`<p class="govuk-body console-quiet">${say(words.asOf)} ${view.time(now())} · <a class="govuk-link" href="/">${say(words.again)}</a></p>
${isQuiet && html`<p class="govuk-panel console-well">${say(words.allWell)}</p>`}
${unreadPart(parts, view, pressing, calls)}
${overduePart(parts, view, pressing)}
${deadPart(parts, view, pressing)}
${heldPart(parts, view, pressing)}
${alarmPart(parts.registry(), view, alarms, standing)}`,
      }
    }),
  )
}

type Unread = Pressing['unread'][number]

/** The last call about a message, if there was one. */
async function callsAbout({ operations }: Operating, { sender, id, case_id }: Unread): Promise<ActEntry | undefined> {
  const message = { sender, id, caseId: case_id }
  const { acts } = await operations.acts.page({ act: 'telephoned', message, limit: 1 })
  return acts[0]
}

function unreadPart(
  parts: Operating,
  view: View,
  { unread }: Pressing,
  calls: readonly (ActEntry | undefined)[],
): Html {
  const { say } = view
  if (unread.length === 0) return html`${heading(say(words.unread))}${nothing(say(words.unreadNone))}`
  return html`${heading(say(words.unread))}
<p class="govuk-body">${say(words.say)}</p>
<ol class="console-calls">${unread.map((message, at) => html`<li class="console-call">${unreadCard(parts, view, message, calls[at])}</li>\n`)}</ol>`
}

function unreadCard({ registry, now }: Operating, view: View, message: Unread, call: ActEntry | undefined): Html {
  const { say, operator } = view
  const { recipient, desk, consigned_at } = message
  return html`<h3 class="govuk-heading-s">${agencyLink(view, registry(), recipient)} ${say(words.unreadFor)} ${lasting(view, secondsSince(consigned_at, now()))}</h3>
${numbers(view, registry().agencies.get(recipient)?.contact)}
<p class="govuk-body-s console-quiet">${desk !== null && html`${labelled(view, say(words.desk), deskName(view, registry().agencies.get(recipient)?.desks, desk))} · `}${labelled(view, say(words.message), messageLink(message))}</p>
${call && html`<p class="govuk-body">${say(words.last)} ${view.time(call.rangAt ?? call.at)}, ${call.operator}${why(view, call)}</p>`}
${operator.role !== 'watch' && button(`/messages/${message.sender}/${message.id}/telephoned`, say(actWords.telephoned.button))}`
}

type Contact = { readonly phone?: string; readonly outOfHours?: string }

/** The number for the night stands first and large. */
function numbers(view: View, contact: Contact | undefined): Html {
  const { outOfHours, phone } = contact ?? {}
  if (outOfHours === undefined && phone === undefined)
    return paragraph(html`<strong>${view.say(words.noNumber)}</strong>`)
  return html`<p class="govuk-body console-numbers">${
    outOfHours !== undefined && html`<span>${labelled(view, view.say(words.outOfHours), telephone(outOfHours))}</span> `
  }${phone !== undefined && html`<span>${labelled(view, view.say(words.inHours), telephone(phone))}</span>`}</p>`
}

const deskName = (
  { say }: View,
  desks: readonly { readonly id: string; readonly name: Text }[] = [],
  id: string,
): string => {
  const name = desks.find((desk) => desk.id === id)?.name
  return name === undefined ? id : say(name)
}

function overduePart({ registry, now }: Operating, view: View, { overdue }: Pressing): Html {
  const { say } = view
  if (overdue.length === 0) return html`${heading(say(words.overdue))}${nothing(say(words.overdueNone))}`
  const byAgency = [...Map.groupBy(overdue, ({ recipient }) => recipient).values()].flat()
  return html`${heading(say(words.overdue))}${listing(
    say(words.overdue),
    [
      { title: say(words.owes) },
      { title: say(words.number) },
      { title: say(words.late), number: true as const },
      { title: say(words.due) },
      { title: say(words.waits) },
      { title: say(words.message) },
    ],
    byAgency.map((message) => {
      const { phone, outOfHours } = registry().agencies.get(message.recipient)?.contact ?? {}
      const number = phone ?? outOfHours
      return [
        agencyLink(view, registry(), message.recipient),
        number !== undefined && telephone(number),
        lasting(view, secondsSince(message.respond_by, now())),
        view.time(message.respond_by),
        agencyLink(view, registry(), message.sender),
        messageLink(message),
      ]
    }),
  )}`
}

function deadPart({ registry, now }: Operating, view: View, { dead }: Pressing): Html {
  const { say } = view
  if (dead.length === 0) return html`${heading(say(words.dead))}${nothing(say(words.deadNone))}`
  return html`${heading(say(words.dead))}${listing(
    say(words.dead),
    [
      { title: say(words.cause) },
      { title: say(words.to) },
      { title: say(words.count), number: true as const },
      { title: say(words.oldest), number: true as const },
    ],
    dead.map(({ recipient, detail, count, oldest }) => [
      say(causeOf(detail)),
      html`<a class="govuk-link" href="/dead-letters?agency=${recipient}">${agencyName(view, registry(), recipient)}</a>`,
      count,
      lasting(view, secondsSince(oldest, now())),
    ]),
  )}`
}

function heldPart({ registry, now }: Operating, view: View, { held }: Pressing): Html {
  const { say } = view
  if (held.length === 0) return html`${heading(say(words.held))}${nothing(say(words.heldNone))}`
  return html`${heading(say(words.held))}${listing(
    say(words.held),
    [
      { title: say(words.to) },
      { title: say(words.desk) },
      { title: say(words.count), number: true as const },
      { title: say(words.opens) },
    ],
    held.map(({ agency, desk, count, opensAt }) => {
      const known = registry().agencies.get(agency)
      const opens = known && showDesks(known, now()).find(({ id }) => id === desk)?.opensAt
      return [
        agencyLink(view, registry(), agency),
        deskName(view, known?.desks, desk),
        count,
        view.time(opens ?? opensAt),
      ]
    }),
  )}`
}
