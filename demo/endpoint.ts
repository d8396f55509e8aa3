import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { buffer } from 'node:stream/consumers'
import type { TLSSocket } from 'node:tls'
import { issue, makeRoot, toPem } from '../certs-dev/pki.ts'
import { digestOf, type Envelope, openCallerCheck, signAcknowledgement, verifyMessage } from '../sdk/index.ts'
import { homeOffice } from './agencies.ts'
import type { World } from './world.ts'

/** The Home Office's own system, to which the gateway pushes: it can be down, and when it is up it signs for what it takes in the same answer. */
export type Endpoint = {
  readonly url: string
  /** The anchor of its own certificate, PEM: the Home Office's own authority, which nobody else trusts for anything. */
  readonly ca: string
  /** By message, how often it was tried while the endpoint was down. */
  readonly turnedAway: ReadonlyMap<string, number>
  /** What it took, in order; a repetition is told by `from` and `id` and not taken twice. */
  readonly taken: readonly Envelope[]
  up(): void
  close(): Promise<void>
}

/** While it is down, in seconds: less than the gateway's restart, so that then all that waits is due at once. */
const RETRY_AFTER_S = 1
const HOUR_MS = 3_600_000

/** Opens it, down, on a free port; only the gateway may call. */
export async function openEndpoint(world: World): Promise<Endpoint> {
  const { signer } = world.identity(homeOffice)
  const validity = { notBefore: new Date(Date.now() - HOUR_MS), notAfter: new Date(Date.now() + 24 * HOUR_MS) }
  const authority = await makeRoot('CN=Home Office (synthetic)', validity)
  const tls = await issue(authority, { subject: 'CN=endpoint', validity, use: 'tls', local: true })
  const isGateway = openCallerCheck(async () => world.wellKnown)
  const turnedAway = new Map<string, number>()
  const taken: Envelope[] = []
  let isUp = false

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    // Another agency's certificate comes from the same authority as the gateway's.
    if (!(await isGateway((request.socket as TLSSocket).getPeerX509Certificate()))) {
      response.destroy()
      return
    }
    const id = String(request.headers['passerelle-message-id'])
    if (!isUp) {
      turnedAway.set(id, (turnedAway.get(id) ?? 0) + 1)
      request.resume()
      response.writeHead(503, { 'retry-after': String(RETRY_AFTER_S) }).end()
      return
    }
    const from = String(request.headers['passerelle-from'])
    const bytes = await buffer(request)
    const envelope = await verifyMessage(bytes, world.directory, { from, to: homeOffice, id })
    if (!taken.some((each) => each.from === envelope.from && each.id === envelope.id)) taken.push(envelope)
    const now = new Date()
    const payload = {
      messageId: id,
      messageDigest: digestOf(bytes),
      at: now.toISOString(),
      outcome: 'accepted',
    } as const
    const signed = await signAcknowledgement(payload, signer, now)
    response.writeHead(200, { 'content-type': 'application/jose' }).end(signed)
  }
  const server = createServer(
    { cert: tls.crt, key: tls.key, ca: world.ca, requestCert: true, minVersion: 'TLSv1.3' },
    (request, response) => {
      answer(request, response).catch((fault: unknown) => {
        response.destroy()
        world.fail(fault)
      })
    },
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const up = () => {
    isUp = true
  }
  const close = async () => {
    server.close()
    server.closeAllConnections()
    if (server.listening) await once(server, 'close')
  }
  return {
    url: `https://127.0.0.1:${address.port}/messages`,
    ca: toPem(authority.certificate),
    turnedAway,
    taken,
    up,
    close,
  }
}
