import { request } from 'node:https'
import { buffer } from 'node:stream/consumers'
import type { IncomingMessage } from 'node:http'
import type { Clock } from './clock.ts'
import type { Issued, Pki } from './pki.ts'

/** What an endpoint answered; `closed` where it ended the connection without a word. */
export type PushAnswer =
  | 'closed'
  | { readonly status: number; readonly headers: IncomingMessage['headers']; readonly body: string }

export type Pushed = {
  readonly bytes: string
  readonly from: string
  readonly id: string
  readonly attempt?: number
  /** Who calls: the gateway, unless somebody else is named; null shows no certificate. */
  readonly as?: Issued | null
  readonly method?: string
}

export type Endpoint = {
  push(pushed: Pushed): Promise<PushAnswer>
  /** As the gateway does it: again after a second, two, four …, where the connection was closed or the endpoint was at fault. */
  persist(pushed: Pushed): Promise<PushAnswer>
}

/** So long the gateway waits for an answer (`PASSERELLE_PUSH_TIMEOUT`). */
const TIMEOUT_MS = 15_000
const ATTEMPTS = 6

/** Pushes to a partner's endpoint as the gateway does (section 7), and as others do. */
export async function openEndpoint({
  url,
  pki,
  clock,
  gateway,
}: {
  readonly url: string
  readonly pki: Pki
  readonly clock: Clock
  readonly gateway: Issued
}): Promise<Endpoint> {
  const push = ({ bytes, from, id, attempt = 1, as = gateway, method = 'POST' }: Pushed): Promise<PushAnswer> =>
    new Promise((resolve) => {
      const call = request(url, {
        method,
        agent: false,
        ca: pki.anchor,
        minVersion: 'TLSv1.3',
        ...(as !== null && { cert: as.certificate, key: as.key }),
        timeout: TIMEOUT_MS,
        headers: {
          'content-type': 'application/jose',
          'content-length': Buffer.byteLength(bytes),
          'accept-encoding': 'identity',
          'passerelle-message-id': id,
          'passerelle-from': from,
          'passerelle-attempt': String(attempt),
        },
      })
      call.once('response', (response) => {
        buffer(response).then(
          (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: body.toString() }),
          () => resolve('closed'),
        )
      })
      call.once('timeout', () => call.destroy())
      call.once('error', () => resolve('closed'))
      call.end(bytes)
    })
  return {
    push,
    persist: async (pushed) => {
      for (let attempt = 1; ; attempt++) {
        const answer = await push({ ...pushed, attempt })
        const mayPass = answer === 'closed' || answer.status === 429 || answer.status >= 500
        if (!mayPass || attempt === ATTEMPTS) return answer
        await clock.sleep(1000 * 2 ** (attempt - 1))
      }
    },
  }
}
