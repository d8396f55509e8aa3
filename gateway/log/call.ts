import { type IncomingMessage, request as plainRequest } from 'node:http'
import { request as secureRequest } from 'node:https'
import { codeOf } from '../base/base.ts'

/** What somebody has answered, or a fixed word for why they have not. */
export type Answer = { readonly status: number; readonly body: Buffer } | { readonly fault: string }

/** How long a call may take, from the look-up of the name to the answer's last byte, and how large that may be. */
export type Bounds = { readonly ms: number; readonly bytes: number }

/** Asks whoever is at a URL. Follows no redirect, and reads no more than the bounds say. */
export async function callOut(
  method: 'GET' | 'POST',
  url: string,
  sent: { readonly type: string; readonly bytes: Buffer } | undefined,
  bounds: Bounds,
  stop: AbortSignal,
): Promise<Answer> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(bounds.ms)])
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const send = url.startsWith('https:') ? secureRequest : plainRequest
  const headers = {
    'user-agent': 'passerelle',
    ...(sent !== undefined && { 'content-type': sent.type, 'content-length': sent.bytes.length }),
  }
  const request = send(url, { method, headers, signal })
  request.on('response', resolve).on('error', reject)
  request.end(sent?.bytes)
  try {
    const answer = await promise
    return { status: answer.statusCode ?? 0, body: await readBounded(answer, bounds.bytes) }
  } catch (error) {
    if (stop.aborted) return { fault: 'stopping' }
    return { fault: signal.aborted ? 'timeout' : codeOf(error) || 'unreachable' }
  } finally {
    request.destroy()
  }
}

async function readBounded(answer: IncomingMessage, most: number): Promise<Buffer> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of answer as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > most) throw Object.assign(new Error('too much'), { code: 'answer-too-large' })
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
