import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { connect, createServer, type SecureContextOptions, type TLSSocket } from 'node:tls'
import { findGoodPeer } from '../../gateway/http/caller.ts'
import { readPeerChain } from '../../gateway/identity/peer-chain.ts'
import type { TrustSnapshot } from '../../gateway/identity/trust.ts'

/** Reads `<path>.crt` and `<path>.key` of a development PKI. */
export async function readPair(folder: string, path: string): Promise<{ cert: string; key: string }> {
  const file = (ending: string) => readFile(join(folder, `${path}.${ending}`), 'utf8')
  return { cert: await file('crt'), key: await file('key') }
}

/**
 * One mutual TLS 1.3 handshake over a real socket: the development gateway with the trust of a snapshot on one side, a client
 * with this certificate on the other.
 * @returns `secured`, or why the server refused the client
 */
export async function shakeHands(
  folder: string,
  trust: TrustSnapshot,
  client: SecureContextOptions,
  at: Date = new Date(),
): Promise<string> {
  const parts = { trust: () => trust, now: () => at }
  const server = createServer({
    ...(await readPair(folder, 'gateway/tls')),
    ca: [...trust.authorities],
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.3',
  })
  server.prependListener('secureConnection', (socket) => {
    if (findGoodPeer(parts, socket) === undefined) socket.destroy()
  })
  const outcome = new Promise<string>((resolve) => {
    let why = ''
    // As long as the socket tells whose it is: behind this it is destroyed.
    server.prependListener('secureConnection', (socket) => (why = findReason(trust, socket, at)))
    server.once('secureConnection', (socket) => resolve(socket.destroyed ? why : 'secured'))
    server.once('tlsClientError', (error) => resolve('code' in error ? String(error.code) : error.message))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const socket = connect({ ...client, port, host: '127.0.0.1', rejectUnauthorized: false })
  // The server's verdict is what counts; the client hears of it as an alert or a reset.
  socket.on('error', () => undefined)
  try {
    return await outcome
  } finally {
    socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
}

function findReason(trust: TrustSnapshot, socket: TLSSocket, at: Date): string {
  const [leaf, ...chain] = readPeerChain(socket)
  if (leaf === undefined) return 'no certificate'
  const verdict = trust.judge(leaf, chain, at)
  return verdict.good ? 'not for clients' : verdict.reason
}
