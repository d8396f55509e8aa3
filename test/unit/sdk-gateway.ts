import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createPlainServer, type Server } from 'node:http'
import { createServer } from 'node:https'
import { buffer } from 'node:stream/consumers'
import { afterEach } from 'vitest'
import { type Client as BrowserClient, openBrowserClient } from '../../sdk/browser.ts'
import { type Client, type ClientOptions, openClient } from '../../sdk/index.ts'
import { makeParty } from './sdk-parties.ts'

export const parties = Promise.all([makeParty('fr-rys', 'ES256'), makeParty('passerelle', 'ES256')])
const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

export type Step = (request: IncomingMessage, response: ServerResponse) => void
export const answer =
  (status: number, body: object, headers: Record<string, string> = {}): Step =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  }
export const cut: Step = (request) => request.socket.destroy()
export const problem = (status: number, code: string, headers = {}) =>
  answer(
    status,
    { type: `/problems/${code}`, title: code, status, code, detail: 'd', receipt: 'r' },
    { 'passerelle-request-id': 'q', ...headers },
  )
type Played<Made> = { client: Made; seen: string[]; urls: string[] }
const patience = { giveUpAfterMs: 5000, attemptMs: 1000, firstDelayMs: 5, longestDelayMs: 20 }

/** A gateway that answers each request with the next step, the last one for ever, over real mutual TLS; keeps what it was sent. */
export async function play(steps: readonly Step[], options: Partial<ClientOptions> = {}): Promise<Played<Client>> {
  const [rys, gateway] = await parties
  const tls = {
    cert: gateway.certificate,
    key: gateway.key,
    ca: rys.certificate,
    requestCert: true,
    minVersion: 'TLSv1.3',
  } as const
  const { port, ...kept } = await serve(steps, (take) => createServer(tls, take))
  const client = openClient({
    url: `https://127.0.0.1:${port}`,
    tls: { cert: rys.certificate, key: rys.key },
    ca: gateway.certificate,
    signer: rys.signer,
    patience,
    ...options,
  })
  closers.push(() => client.close())
  return { client, ...kept }
}

/** The same by `fetch`, as a browser would: there the certificate is the browser's own business. */
async function playFetch(steps: readonly Step[], options: Partial<ClientOptions> = {}): Promise<Played<BrowserClient>> {
  const [{ signer }] = await parties
  const { port, ...kept } = await serve(steps, (take) => createPlainServer(take))
  const client = openBrowserClient({ signer, patience, ...options, url: `http://127.0.0.1:${port}` })
  closers.push(() => client.close())
  return { client, ...kept }
}

/** Both lines to a gateway: what holds over one holds over the other. */
export const lines: readonly [
  name: string,
  play: (steps: readonly Step[], options?: Partial<ClientOptions>) => Promise<Played<BrowserClient>>,
][] = [
  ['mutual TLS under Node', play],
  ['a browser’s fetch', playFetch],
]

type Take = (request: IncomingMessage, response: ServerResponse) => void

async function serve(steps: readonly Step[], make: (take: Take) => Server) {
  const seen: string[] = []
  const urls: string[] = []
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    seen.push((await buffer(request)).toString('latin1'))
    urls.push(request.url ?? '')
    steps[Math.min(seen.length, steps.length) - 1]?.(request, response)
  }
  const server = make((request, response) => {
    void take(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('a port was asked for')
  closers.push(
    () => server.closeAllConnections(),
    () => server.close(),
  )
  return { port: address.port, seen, urls }
}
