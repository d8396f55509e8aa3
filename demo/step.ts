import { setTimeout as sleep } from 'node:timers/promises'
import { buffer } from 'node:stream/consumers'
import { isDeepStrictEqual } from 'node:util'
import {
  type Accepted,
  type Envelope,
  newId,
  PasserelleProblem,
  type ReceiptEvent,
  signEnvelope,
  verifyReceipt,
  waitingNotice,
  warnings,
} from '../sdk/index.ts'
import type { Arrival } from './actor.ts'
import type { AgencyId } from './agencies.ts'
import { envelopeOf, isAgency } from './compose.ts'
import type { Paper } from './papers.ts'
import type { MessageStep } from './scenario.ts'
import type { Thread } from './thread.ts'
import { titleOfRefusal } from './titles.ts'
import type { World } from './world.ts'

/** How soon the gateway must have found that a desk is closed. */
const ROUTED_MS = 10_000
const POLL_MS = 50

export type Played = { readonly mark: string; readonly note?: string }

/** Signs and submits a step's message and follows it to its end, verifying every receipt on the way. */
export async function playStep(world: World, step: MessageStep, thread: Thread): Promise<Played> {
  const sender = world.actor(step.from)
  const now = new Date()
  const envelope = envelopeOf(step, newId(), thread.refs, now)
  if (step.warns !== undefined && !warnings(envelope, { today: now }).some(({ code }) => code === step.warns)) {
    throw new Error(`no warning ${step.warns}`)
  }
  const message = await signEnvelope(envelope, world.identity(step.from).signer, now)
  if (step.expect !== undefined) return expectRefusal(world, step, message)

  for (const paper of step.papers ?? []) await put(world, step, paper)
  thread.sent.set(step.as, { step, envelope, message })
  sender.sent.set(envelope.id, message)
  if (step.refusedFor !== undefined && isAgency(step.to))
    world.actor(step.to).refusals.set(envelope.id, step.refusedFor)
  const answer = await sender.client.submit(message, { signal: world.signal })
  const { receipt, replayed } = answer
  if (replayed) throw new Error('a new message was taken for an old one')
  await verifyReceipt(receipt, world.wellKnown, world.directory, {
    event: 'SubmissionAcceptance',
    message,
    messageId: envelope.id,
  })
  world.tally.messages += 1
  return step.waits ? expectWaiting(world, step, envelope, answer) : expectHandover(world, step, envelope, message)
}

/** The recipient has read and signed for the very bytes, and the sender has the receipts of all three events. */
async function expectHandover(world: World, step: MessageStep, envelope: Envelope, message: string): Promise<Played> {
  if (!isAgency(step.to)) throw new Error(`nobody plays ${step.to}`)
  const arrival = await world.actor(step.to).arrivals.wait(`${step.from} ${envelope.id}`)
  if (!Buffer.from(message).equals(arrival.received.bytes)) throw new Error('other bytes have arrived than were sent')
  if (!isDeepStrictEqual(structuredClone(arrival.envelope), structuredClone(envelope)))
    throw new Error('another envelope has arrived')
  const last: ReceiptEvent = step.refusedFor === undefined ? 'ContentHandover' : 'ConsignmentRejection'
  const { evidence } = world.actor(step.from)
  for (const event of ['SubmissionAcceptance', 'ContentConsignment', last] as const) {
    const receipt = await evidence.wait(`${envelope.id} ${event}`)
    if (event === 'ContentConsignment' && receipt.desk !== step.desk)
      throw new Error(`consigned to desk ${receipt.desk}, not ${step.desk}`)
  }
  for (const paper of step.papers ?? []) await compare(world, step.to, arrival, paper)
  const { words, language } = world.screen
  if (step.refusedFor !== undefined)
    return { mark: '✓', note: `${words.refused}${words.colon} ${titleOfRefusal(step.refusedFor)[language]}` }
  return step.papers === undefined ? { mark: '✓' } : { mark: '✓', note: words.papers(step.papers.length) }
}

/** Puts a paper, so that the message may name it. */
async function put(world: World, { from }: MessageStep, { content, attachment }: Paper): Promise<void> {
  const { name, description } = attachment
  const named = await world.actor(from).client.attach(content, { name, description, signal: world.signal })
  if (!isDeepStrictEqual(named, attachment)) throw new Error('another attachment was put')
}

/** The recipient gets a paper that came with a message: it is the very one that was put. */
async function compare(world: World, to: AgencyId, { received }: Arrival, paper: Paper): Promise<void> {
  const { content, attachment } = paper
  const got = await buffer(world.actor(to).client.attachment(received, attachment, { signal: world.signal }))
  if (!got.equals(Buffer.from(await content.arrayBuffer()))) throw new Error('another attachment has arrived')
}

/** The sender was told at once that it waits, and sees it; what is urgent, also what can be done. */
async function expectWaiting(world: World, step: MessageStep, envelope: Envelope, answer: Accepted): Promise<Played> {
  const deadline = performance.now() + ROUTED_MS
  const { client } = world.actor(step.from)
  let status = await client.status(envelope.id, { signal: world.signal })
  while (status.nextAttemptAt === undefined && performance.now() < deadline) {
    await sleep(POLL_MS, undefined, { signal: world.signal })
    status = await client.status(envelope.id, { signal: world.signal })
  }
  const until = new Date(status.nextAttemptAt ?? 0)
  if (status.state !== 'accepted' || until <= new Date()) {
    throw new Error(`a message for a closed desk is ${status.state}, and due ${status.nextAttemptAt}`)
  }
  if (answer.notBefore === undefined || Date.parse(answer.notBefore) !== until.getTime())
    throw new Error(`the sender was told ${answer.notBefore}, and it is due ${status.nextAttemptAt}`)
  const { agencies } = await client.directory({ signal: world.signal })
  const recipient = agencies.find(({ id }) => id === step.to)
  const notice = waitingNotice(envelope, answer, recipient, new Date())
  if (notice !== undefined) return { mark: '…', note: notice[world.screen.language] }
  const format = new Intl.DateTimeFormat(world.screen.language === 'fr' ? 'fr-FR' : 'en-GB', {
    weekday: 'long',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'Europe/London',
  })
  return { mark: '…', note: `${world.screen.words.waitsUntil} ${format.format(until)}` }
}

/** The gateway refuses it, says where, quotes nobody, and signs that it has refused. */
async function expectRefusal(world: World, step: MessageStep, message: string): Promise<Played> {
  const problem = await refusalOf(
    world.actor(step.from).client.submit(message, { signal: world.signal }),
    step.expect ?? '',
  )
  if (step.pointer !== undefined && !problem.problem.errors?.some(({ pointer }) => pointer === step.pointer)) {
    throw new Error(
      `refused at ${problem.problem.errors?.map(({ pointer }) => pointer).join(', ')}, not at ${step.pointer}`,
    )
  }
  const said = JSON.stringify({ ...problem.problem, receipt: undefined })
  for (const name of namesIn(step)) if (said.includes(name)) throw new Error('the refusal quotes a name')
  if (problem.receipt === undefined) throw new Error('no receipt of the refusal')
  const receipt = await verifyReceipt(problem.receipt, world.wellKnown, world.directory, {
    event: 'SubmissionRejection',
    message,
  })
  if (receipt.reason?.code !== step.expect) throw new Error(`the receipt says ${receipt.reason?.code}`)
  await world.actor(step.from).evidence.wait(`${receipt.messageId} SubmissionRejection`)
  return { mark: '↩', note: `${world.screen.words.sentBack}${world.screen.words.colon} ${problem.problem.title}` }
}

/** Takes an attempt and the code it must be refused with; gives the refusal. Throws where it was accepted, or refused otherwise. */
export async function refusalOf(attempt: Promise<unknown>, code: string): Promise<PasserelleProblem> {
  const problem = await attempt.then(
    () => undefined,
    (fault: unknown) => fault,
  )
  if (!(problem instanceof PasserelleProblem))
    throw problem instanceof Error ? problem : new Error(`accepted, not refused as ${code}`)
  if (problem.code !== code) throw new Error(`refused as ${problem.message}, not as ${code}`)
  return problem
}

function namesIn(step: MessageStep): readonly string[] {
  return [...JSON.stringify(step.body).matchAll(/"full":"([^"]*\S[^"]*)"/g)].map(([, name]) => name ?? '')
}
