import { request } from 'node:https'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Envelope } from '../sdk/index.ts'
import type { Endpoint } from './state.ts'

const PATIENCE_MS = 10_000

/** Brings a message to a partner's own endpoint once more, as the gateway does where an answer was lost: with the gateway's own certificate, and the very same bytes. */
export type BringAgain = (envelope: Envelope, message: string, endpoint: Endpoint) => Promise<void>

/** @param pki folder of the development PKI, where the gateway's key is, too */
export async function openCourier(pki: string): Promise<BringAgain> {
  const [cert, key] = await Promise.all(
    ['gateway/tls.crt', 'gateway/tls.key'].map((path) => readFile(join(pki, path), 'utf8')),
  )
  return async ({ from, id }, message, { url, trustAnchors }) => {
    const sent = request(url, {
      method: 'POST',
      cert,
      key,
      ca: trustAnchors,
      minVersion: 'TLSv1.3',
      agent: false,
      signal: AbortSignal.timeout(PATIENCE_MS),
      headers: {
        'content-type': 'application/jose',
        'content-length': Buffer.byteLength(message),
        'passerelle-message-id': id,
        'passerelle-from': from,
        'passerelle-attempt': '2',
      },
    })
    sent.end(message)
    const [response] = (await once(sent, 'response')) as [NodeJS.ReadableStream]
    response.resume()
    await once(response, 'end')
  }
}
