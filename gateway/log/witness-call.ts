import { hash } from 'node:crypto'
import { callOut } from './call.ts'

/** One call of a witness, from the look-up of its name to the answer's last byte. A note with sixteen ML-DSA-44 signatures comes to less. */
const BOUNDS = { ms: 10_000, bytes: 128 * 1024 }

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

/** Trusts the system's authorities: what a witness says counts by its own key. */
async function call(
  method: 'GET' | 'POST',
  url: string,
  body: string | undefined,
  stop: AbortSignal,
): Promise<WitnessAnswer> {
  const sent = body === undefined ? undefined : { type: 'text/plain; charset=utf-8', bytes: Buffer.from(body) }
  const answer = await callOut(method, url, sent, BOUNDS, stop)
  return 'fault' in answer ? answer : { status: answer.status, body: answer.body.toString() }
}
