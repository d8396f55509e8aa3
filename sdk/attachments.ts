import type { Attachment } from './message.ts'
import { SdkFault } from './problem.ts'
import { readAnswer, type Progress, type Transport } from './transport.ts'
import { anyObject } from './shape.ts'
import { piecesOf } from './streams.ts'

/** What becomes of a long transfer, and how it is ended. */
export type Transfer = {
  readonly signal?: AbortSignal
  /** Told how many bytes have gone by; begins again where an upload does. */
  readonly onProgress?: Progress
}

/** SHA-256 of what comes piece by piece: Node's own, or in a browser, which has none, over all of it at the end. */
export type Hash = { update(piece: Uint8Array): unknown; digest(): string | Promise<string> }
export type Hashing = () => Hash

const DIGEST = 'sha-256:'
const PARTIAL = 206

/**
 * Puts an attachment (section 9), so that a message may name it. Takes the bytes as a Blob with their media type, such as
 * `await openAsBlob('scan.pdf', { type: 'application/pdf' })`, which is read twice (and under Node never held whole). Gives what the envelope's `attachments` says of it.
 * What was put is put again at no harm. Throws PasserelleProblem, SdkFault `unreachable`, and what reading the Blob throws.
 */
export async function putAttachment(
  transport: Transport,
  hashing: Hashing,
  content: Blob,
  { name, description, signal, onProgress }: Transfer & Pick<Attachment, 'name' | 'description'>,
): Promise<Attachment> {
  const hash = hashing()
  for await (const piece of piecesOf(content.stream())) hash.update(piece)
  const digest = await hash.digest()
  const path = `/v1/attachments/${digest}`
  const answer = await transport.call({
    method: 'PUT',
    path,
    body: content,
    contentType: content.type,
    signal,
    onProgress,
  })
  readAnswer(answer, anyObject)
  return { digest: `${DIGEST}${digest}`, mediaType: content.type, size: content.size, name, description }
}

/**
 * Gives the bytes of an attachment that a received message names, as they come. Only when it has ended without a fault are they
 * what the sender named: keep what comes apart until then. Where the line breaks it goes on from there. Throws PasserelleProblem, SdkFault `unreachable` where an attempt brought
 * nothing, and `not-as-expected` where they are other bytes.
 */
export async function* getAttachment(
  transport: Transport,
  hashing: Hashing,
  message: string,
  { digest, size }: Pick<Attachment, 'digest' | 'size'>,
  { signal, onProgress }: Transfer = {},
): AsyncGenerator<Uint8Array> {
  const hash = hashing()
  const path = `${message}/attachments/${digest.slice(DIGEST.length)}`
  let got = 0
  while (got < size) {
    const before = got
    const range = got > 0 && { fromByte: got }
    const { status, body } = await transport.open({ method: 'GET', path, ...range, signal })
    if (got > 0 && status !== PARTIAL) throw new SdkFault('unexpected-answer', { detail: `status ${status}` })
    try {
      for await (const piece of body) {
        got += piece.length
        if (got > size) throw new SdkFault('not-as-expected', { detail: 'size' })
        hash.update(piece)
        onProgress?.(got)
        yield piece
      }
    } catch (fault) {
      if (!(fault instanceof SdkFault && fault.code === 'unreachable') || got === before) throw fault
      continue
    }
    if (got < size) throw new SdkFault('not-as-expected', { detail: 'size' })
  }
  if (`${DIGEST}${await hash.digest()}` !== digest) throw new SdkFault('not-as-expected', { detail: 'digest' })
}
