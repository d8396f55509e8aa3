import { Type } from 'typebox'
import type { Text } from '../../base/base.ts'
import type { ActEntry, ReceiptEntry } from '../../operations/operations.ts'
import { reasons } from '../../operations/operations.ts'
import type { Registry } from '../../identity/identity.ts'
import { Problem, priorityOf, type State } from '../../protocol/protocol.ts'
import type { AttemptRow, MessageRow } from '../../record/record.ts'
import { agencyId, uuid } from '../forms.ts'
import type { Server } from '../server.ts'
import type { Operating } from '../serving.ts'
import { actWords, nameOfAct } from './act-words.ts'
import { causeOf } from './cause-words.ts'
import { code, events, outcomes, priorityTag, stateTag, wordsOf } from './codes.ts'
import { html, type Html } from './html.ts'
import { linkToCase } from './message-table.ts'
import { proofLink } from './proof-form.ts'
import type { Show } from './show.ts'
import { span } from './span.ts'
import { heading, paragraph, summary, table } from './table.ts'
import { type Moment, timeline } from './timeline.ts'
import { readTypeTitles } from './type-titles.ts'
import { agencyLink, button } from './units.ts'
import type { View } from './view.ts'

const words = {
  noText: {
    en: 'What this message says is sealed, and shown to no operator.',
    fr: 'Ce que dit ce message est scellé et n’est montré à aucun opérateur.',
  },
  id: { en: 'Message', fr: 'Message' },
  case: { en: 'Case', fr: 'Dossier' },
  from: { en: 'From', fr: 'De' },
  to: { en: 'To', fr: 'À' },
  desk: { en: 'Desk', fr: 'Service' },
  priority: { en: 'Priority', fr: 'Priorité' },
  state: { en: 'State', fr: 'État' },
  accepted: { en: 'Accepted', fr: 'Accepté' },
  respondBy: { en: 'Answer asked for by', fr: 'Réponse demandée avant' },
  answers: { en: 'Answers', fr: 'Répond à' },
  next: { en: 'Tried next', fr: 'Prochaine tentative' },
  request: { en: 'Request id (in the log)', fr: 'Identifiant de la requête (dans les journaux)' },
  size: { en: 'Size', fr: 'Taille' },
  bytes: { en: 'bytes', fr: 'octets' },
  timeline: { en: 'What happened', fr: 'Ce qui s’est passé' },
  attempts: { en: 'Attempts to deliver', fr: 'Tentatives de remise' },
  noAttempts: { en: 'Nothing was tried yet.', fr: 'Rien n’a encore été tenté.' },
  receipts: { en: 'Receipts', fr: 'Récépissés' },
  acts: { en: 'Acts of operators', fr: 'Actes des opérateurs' },
  noActs: { en: 'No operator has acted on this message.', fr: 'Aucun opérateur n’a agi sur ce message.' },
  newestAlone: { en: 'The newest 50 are shown.', fr: 'Les 50 plus récents sont affichés.' },
  attempt: { en: 'Attempt', fr: 'Tentative' },
  at: { en: 'Time', fr: 'Heure' },
  where: { en: 'Where', fr: 'Où' },
  mailbox: { en: 'mailbox', fr: 'boîte aux lettres' },
  outcome: { en: 'Outcome', fr: 'Résultat' },
  took: { en: 'Took', fr: 'Durée' },
  event: { en: 'Event', fr: 'Événement' },
  leaf: { en: 'Leaf of the log', fr: 'Feuille du journal' },
  act: { en: 'Act', fr: 'Acte' },
  who: { en: 'Who', fr: 'Qui' },
  why: { en: 'Why', fr: 'Pourquoi' },
  gateway: { en: 'the gateway', fr: 'la passerelle' },
  by: { en: 'by', fr: 'par' },
} as const satisfies Record<string, Text>

/** Of each kind, the newest: more is in the API. */
const MOST = 50

/** One message: how it stands, what happened to it, and what proves that. Never what it says. */
export function messagePage(server: Server, show: Show, { operations, schemaFiles, registry, now }: Operating): void {
  const titleOf = readTypeTitles(schemaFiles.pathway)
  server.get(
    '/messages/:from/:id',
    {
      config: { access: 'operator' },
      schema: { hide: true, params: Type.Object({ from: agencyId('Sender'), id: uuid('Message') }) },
    },
    show(async (view, request) => {
      const { from, id } = request.params as { readonly from: string; readonly id: string }
      const message = await operations.find(from, id)
      if (message === undefined) throw new Problem('not-found')
      const about = { sender: from, id, caseId: message.case_id }
      const [{ attempts }, receipts, { acts }] = await Promise.all([
        operations.historyOf(message),
        operations.receiptsAbout(message, MOST),
        operations.acts.page({ message: about, limit: MOST }),
      ])
      const newest = attempts.slice(-MOST)
      return {
        section: '/messages',
        title: view.say(titleOf(message.type)),
        content: html`${standing(view, message, registry(), now())}
${actsOn(view, message)}
${paragraph(view.say(words.noText))}
${heading(view.say(words.timeline))}${timeline(view, momentsOf(view, newest, receipts, acts))}
${attemptTable(view, newest)}
${receiptTable(view, receipts)}
${actTable(view, acts)}`,
      }
    }),
  )
}

function standing(view: View, message: MessageRow, registry: Registry, now: Date): Html {
  const { say, time } = view
  const waits = message.state === 'accepted' && message.due_at > now
  return summary([
    [say(words.state), stateTag(view, message.state)],
    [say(words.priority), priorityTag(view, priorityOf(message.priority))],
    [say(words.from), agencyLink(view, registry, message.sender)],
    [say(words.to), agencyLink(view, registry, message.recipient)],
    [say(words.desk), message.desk ?? undefined],
    [say(words.accepted), time(message.accepted_at)],
    [say(words.next), waits && time(message.due_at)],
    [say(words.respondBy), message.respond_by !== null && time(message.respond_by)],
    [say(words.id), code(message.id)],
    [say(words.case), linkToCase(message.case_id)],
    [
      say(words.answers),
      message.in_reply_to !== null &&
        html`<a class="govuk-link" href="/messages?id=${message.in_reply_to}">${code(message.in_reply_to)}</a>`,
    ],
    [say(words.request), message.request_id !== null && code(message.request_id)],
    [say(words.size), `${message.size} ${say(words.bytes)}`],
  ])
}

/** What may be done about a message as it stands. */
const actsIn: Readonly<Partial<Record<State, readonly ('retry' | 'discard' | 'telephoned')[]>>> = {
  consigned: ['telephoned'],
  'dead-lettered': ['retry', 'discard'],
}

function actsOn({ say, operator }: View, { sender, id, state }: MessageRow): Html | undefined {
  const names = operator.role === 'watch' ? [] : (actsIn[state] ?? [])
  if (names.length === 0) return undefined
  return html`<div class="govuk-button-group">${names.map((name) =>
    button(`/messages/${sender}/${id}/${name}`, say(actWords[name].button), name === 'discard' ? 'warning' : ''),
  )}</div>`
}

const TROUBLE: ReadonlySet<string> = new Set([
  'ContentConsignmentFailure',
  'ConsignmentRejection',
  'AcceptanceRejectionExpiry',
  'ResponseOverdue',
  'MessageDiscarded',
])

/** Receipts, attempts that came to nothing, and acts, in the order of their times. An attempt that worked has a receipt. */
function momentsOf(
  view: View,
  attempts: readonly AttemptRow[],
  receipts: readonly ReceiptEntry[],
  acts: readonly ActEntry[],
): readonly Moment[] {
  const { say } = view
  const nameActor = (operator: string | undefined): string => `${say(words.by)} ${operator ?? say(words.gateway)}`
  // What an act has done has a receipt of the same moment.
  const actAt = new Map(acts.map((act) => [act.at.getTime(), act]))
  const told = new Set(receipts.map(({ at }) => at.getTime()))
  return [
    ...attempts
      .filter(({ outcome }) => outcome === 'retry')
      .map((one) => ({
        at: one.at,
        what: `${say(words.attempt)} ${one.attempt}`,
        detail: outcomeOf(view, one),
        kind: undefined,
      })),
    ...receipts.map(({ at, event, desk, code: why }) => {
      const act = actAt.get(at.getTime())
      const detail = event === 'ContentConsignmentFailure' ? why && say(causeOf(why)) : why && code(why)
      return {
        at,
        what: wordsOf(view, events, event),
        detail: html`${desk} ${detail} ${act && nameActor(act.operator)}`,
        kind: TROUBLE.has(event) ? ('trouble' as const) : ('state' as const),
      }
    }),
    ...acts
      .filter(({ at }) => !told.has(at.getTime()))
      .map(({ at, act, operator }) => ({
        at,
        what: nameOfAct(say, act),
        detail: nameActor(operator),
        kind: undefined,
      })),
  ]
}

/** A mailbox takes what it is given. */
const outcomeOf = (view: View, { outcome, status, detail }: AttemptRow): Html =>
  html`${wordsOf(view, outcomes, outcome)}${
    outcome !== 'consigned' &&
    html` <span class="console-aside">${view.say(causeOf(detail))}${status !== null && ` (HTTP ${status})`}</span>`
  }`

function attemptTable(view: View, attempts: readonly AttemptRow[]): Html {
  const { say, time } = view
  if (attempts.length === 0) return html`${heading(say(words.attempts))}${paragraph(say(words.noAttempts))}`
  return html`${table({
    caption: say(words.attempts),
    columns: [
      { title: say(words.attempt), number: true },
      { title: say(words.at) },
      { title: say(words.where) },
      { title: say(words.outcome) },
      { title: say(words.took), number: true },
    ],
    rows: attempts.map((one) => [
      one.attempt,
      time(one.at),
      html`${one.endpoint === 'mailbox' ? say(words.mailbox) : one.endpoint}${one.desk !== null && html` <span class="console-aside">${one.desk}</span>`}`,
      outcomeOf(view, one),
      one.duration_ms < 1_000 ? `${one.duration_ms}\u00A0ms` : say(span(one.duration_ms)),
    ]),
  })}${attempts.length === MOST && paragraph(say(words.newestAlone))}`
}

function receiptTable(view: View, receipts: readonly ReceiptEntry[]): Html {
  const { say, time } = view
  return html`${table({
    caption: say(words.receipts),
    columns: [
      { title: say(words.event) },
      { title: say(words.at) },
      { title: say(words.attempt), number: true },
      { title: say(words.leaf), number: true },
    ],
    rows: receipts.map(({ event, at, attempt, leafIndex }) => [
      html`${wordsOf(view, events, event)} <span class="console-aside">${code(event)}</span>`,
      time(at),
      attempt,
      proofLink(view, leafIndex),
    ]),
  })}${receipts.length === MOST && paragraph(say(words.newestAlone))}`
}

function actTable(view: View, acts: readonly ActEntry[]): Html {
  const { say, time } = view
  if (acts.length === 0) return html`${heading(say(words.acts))}${paragraph(say(words.noActs))}`
  return table({
    caption: say(words.acts),
    columns: [
      { title: say(words.act) },
      { title: say(words.at) },
      { title: say(words.who) },
      { title: say(words.why) },
      { title: say(words.leaf), number: true },
    ],
    rows: acts.map(({ act, at, operator, code: why, reason, leafIndex }) => [
      nameOfAct(say, act),
      time(at),
      operator ?? say(words.gateway),
      html`${why !== undefined && wordsOf(view, reasons, why)}${reason !== undefined && html` <span class="console-aside">${reason}</span>`}`,
      proofLink(view, leafIndex),
    ]),
  })
}
