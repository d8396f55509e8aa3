import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import type { TestGateway } from './gateway.ts'
import { readPair } from './handshake.ts'

/** What stands between a browser and its gateway, and can change what the gateway serves. */
export type DeskProxy = AsyncDisposable & {
  readonly url: string
  /** From now on what the gateway serves at an address is changed on its way. */
  serve(path: string, change: (served: string) => string): void
  /** Nothing is changed any more. */
  restore(): void
}

/** Opens one that calls the gateway as an agency, whose certificate the browser then need not show. */
export async function openDeskProxy(gateway: TestGateway, agency: string): Promise<DeskProxy> {
  const { folder } = gateway.pki
  const changes = new Map<string, (served: string) => string>()
  const pair = await readPair(folder, `agencies/${agency}/tls`)
  const ca = await readFile(join(folder, 'trust/ca.crt'), 'utf8')
  const server = createServer(await readPair(folder, 'gateway/tls'), (incoming, outgoing) => {
    const { method, url = '', headers } = incoming
    const { 'accept-encoding': _, 'if-none-match': __, ...asked } = headers
    const forwarded = request(new URL(url, gateway.url), { ca, ...pair, method, headers: asked }, (answer) => {
      void hand(answer, outgoing, changes.get(url))
    })
    forwarded.on('error', () => outgoing.destroy())
    incoming.pipe(forwarded)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `https://127.0.0.1:${port}`,
    serve: (path, change) => void changes.set(path, change),
    restore: () => changes.clear(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function hand(
  answer: IncomingMessage,
  outgoing: ServerResponse,
  change?: (served: string) => string,
): Promise<void> {
  const served = await buffer(answer)
  const { 'content-length': _, 'transfer-encoding': __, ...told } = answer.headers
  outgoing.writeHead(answer.statusCode ?? 502, told)
  outgoing.end(change === undefined ? served : change(served.toString()))
}
