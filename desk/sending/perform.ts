import { PasserelleProblem, type ProblemDocument, SdkFault, verifyReceipt } from '../../sdk/browser.ts'
import type { Session } from '../shell/session.ts'
import { sign } from './begin.ts'
import { type Known, known, renewKnown } from './known.ts'
import type { Outcome, Step, Waiting } from './outbox.ts'
import type { Picture, Sent } from './outgoing.ts'

/** What came of a step, with what the gateway said. */
export type Performed = {
  readonly outcome: Outcome
  readonly problem?: ProblemDocument
  readonly answer?: Pick<Sent, 'receipts' | 'desk' | 'notBefore'>
}

/** One attempt to submit, its answer included; below what the outbox allows for bytes to stay fresh. */
const POSTING_MS = 60_000

/** Does what the rules say is next. Throws where the vault has been locked meanwhile. */
export async function perform(session: Session, waiting: Waiting, step: Step): Promise<Performed> {
  try {
    if (step.do === 'put') return await put(session, step)
    if (step.do === 'ask') return await ask(session, waiting)
    if (step.do === 'post') return await post(session, waiting)
    const signed = await sign(session, waiting.envelope)
    return { outcome: signed === undefined ? failed('no-key') : { is: 'signed', signed } }
  } catch (fault) {
    return failureOf(fault)
  }
}

const failed = (kind: 'no-line' | 'busy' | 'no-key'): Outcome => ({ is: 'failed', trouble: { kind } })

function failureOf(fault: unknown): Performed {
  if (fault instanceof PasserelleProblem) {
    const { code, status, problem } = fault
    if (status === 429 || status >= 500) return { outcome: failed('busy'), problem }
    return { outcome: { is: 'refused', code }, problem }
  }
  if (fault instanceof SdkFault)
    return {
      outcome: failed(fault.code === 'unreachable' ? 'no-line' : fault.code === 'key-missing' ? 'no-key' : 'busy'),
    }
  if (fault instanceof DOMException && fault.name === 'TimeoutError') return { outcome: failed('no-line') }
  throw fault
}

async function put({ client, vault }: Session, { enclosed }: Step & { do: 'put' }): Promise<Performed> {
  const { picture, attachment } = enclosed
  const kept = await vault.get<Picture>('pictures', picture)
  // Nobody deletes one while it waits; if the browser has, the draft has to be looked at.
  if (kept === undefined) return { outcome: { is: 'refused', code: 'attachment-missing' } }
  const { name, description } = attachment
  const { digest } = await client.attach(kept.blob, { name, description })
  return { outcome: { is: 'put', digest } }
}

async function post(session: Session, { signed }: Waiting): Promise<Performed> {
  const accepted = await session.client.submit(signed.message, { signal: AbortSignal.timeout(POSTING_MS) })
  const { receipt, desk, notBefore } = accepted
  const isProven = await proven(session, receipt, { message: signed.message })
  return {
    outcome: { is: 'accepted', digest: signed.digest },
    answer: {
      receipts: [{ compact: receipt, isProven }],
      ...(desk !== undefined && { desk }),
      ...(notBefore !== undefined && { notBefore }),
    },
  }
}

/** Asks whether the gateway has the message, and which bytes: its signed word says that, and no other does. */
async function ask(session: Session, { envelope, digests }: Waiting): Promise<Performed> {
  try {
    const status = await session.client.status(envelope.id, { signal: AbortSignal.timeout(POSTING_MS) })
    const published = (await renewKnown(session)) ?? (await known(session))
    if (published === undefined) return { outcome: failed('busy') }
    const [first = ''] = status.receipts
    const { wellKnown, directory } = published
    const { messageDigest } = await verifyReceipt(first, wellKnown, directory, {
      event: 'SubmissionAcceptance',
      messageId: envelope.id,
    })
    const receipts = await Promise.all(
      status.receipts.map(async (compact) => ({ compact, isProven: await holds(compact, published, digests) })),
    )
    const { desk } = status
    return {
      outcome: { is: 'accepted', digest: messageDigest },
      answer: { receipts, ...(desk !== undefined && { desk }) },
    }
  } catch (fault) {
    if (fault instanceof PasserelleProblem && fault.status === 404) return { outcome: { is: 'unknown' } }
    throw fault
  }
}

async function holds(compact: string, { wellKnown, directory }: Known, digests: readonly string[]): Promise<boolean> {
  const payload = await verifyReceipt(compact, wellKnown, directory).catch(() => undefined)
  return payload !== undefined && digests.includes(payload.messageDigest)
}

/** Whether a receipt is the gateway's, and about what is expected. The gateway's key may be newer than what is known of it: then it is asked again. */
export async function proven(
  session: Pick<Session, 'vault' | 'client' | 'now'>,
  compact: string,
  expected: { readonly message?: string; readonly messageId?: string } = {},
): Promise<boolean> {
  for (const read of [known, renewKnown]) {
    const published = await read(session)
    if (published === undefined) continue
    try {
      await verifyReceipt(compact, published.wellKnown, published.directory, expected)
      return true
    } catch (fault) {
      if (!(fault instanceof SdkFault)) throw fault
    }
  }
  return false
}
