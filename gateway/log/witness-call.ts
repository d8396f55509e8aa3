import { hash } from 'node:crypto'
import { type IncomingMessage, request as plainRequest } from 'node:http'
import { request as secureRequest } from 'node:https'
import { codeOf } from '../base/base.ts'

/** One call of a witness, from the look-up of its name to the answer's last byte. */
const CALL_MS = 10_000
/** A note with sixteen ML-DSA-44 signatures comes to less. */
const LARGEST_ANSWER = 128 * 1024

/** What a witness has answered, or a fixed word for why it has not. */
export type WitnessAnswer = { readonly status: number; readonly body: string } | { readonly fault: string }

/**
 * Offers a checkpoint (C2SP tlog-witness, `add-checkpoint`).
 * @param url the witness's prefix; @param oldSize how far it is believed to be; @param proof from there
 */
export function addCheckpoint(
  url: string,
  offer: { readonly oldSize: number; readonly proof: readonly Buffer[]; readonly note: string },
  stop: AbortSignal,
): Promise<WitnessAnswer> {
  const proof = offer.proof.map((node) => `${node.toString('base64')}\n`).join('')
  return call('POST', under(url, 'add-checkpoint'), `old ${offer.oldSize}\n${proof}\n${offer.note}`, stop)
}

/** Asks for the last checkpoint of a log that the witness has cosigned (tlog-witness, «Monitor Retrieval Mechanism»). */
export function readCheckpoint(url: string, origin: string, stop: AbortSignal): Promise<WitnessAnswer> {
  return call('GET', under(url, `${hash('sha256', origin, 'hex')}/checkpoint`), undefined, stop)
}

const under = (prefix: string, path: string): string => `${prefix.replace(/\/$/, '')}/${path}`

/** Trusts the system's authorities: what a witness says counts by its own key. Follows no redirect. */
async function call(
  method: 'GET' | 'POST',
  url: string,
  body: string | undefined,
  stop: AbortSignal,
): Promise<WitnessAnswer> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(CALL_MS)])
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const send = url.startsWith('https:') ? secureRequest : plainRequest
  const headers = {
    'user-agent': 'passerelle',
    ...(body !== undefined && {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': Buffer.byteLength(body),
    }),
  }
  const request = send(url, { method, headers, signal })
  request.on('response', resolve).on('error', reject)
  request.end(body)
  try {
    const answer = await promise
    return { status: answer.statusCode ?? 0, body: await readBounded(answer) }
  } catch (error) {
    if (stop.aborted) return { fault: 'stopping' }
    return { fault: signal.aborted ? 'timeout' : codeOf(error) || 'unreachable' }
  } finally {
    request.destroy()
  }
}

async function readBounded(answer: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of answer as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > LARGEST_ANSWER) throw Object.assign(new Error('too much'), { code: 'answer-too-large' })
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString()
}
