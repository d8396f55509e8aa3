import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { connect, createServer, type SecureContextOptions } from 'node:tls'
import type { TrustSnapshot } from '../../gateway/identity/trust.ts'

/** Reads `<path>.crt` and `<path>.key` of a development PKI. */
export async function readPair(folder: string, path: string): Promise<{ cert: string; key: string }> {
  const file = (ending: string) => readFile(join(folder, `${path}.${ending}`), 'utf8')
  return { cert: await file('crt'), key: await file('key') }
}

/**
 * One mutual TLS 1.3 handshake over a real socket: the development gateway with the anchors and CRLs of a snapshot on one side,
 * a client with this certificate on the other.
 * @returns `secured`, or the reason for which the server refused the client
 */
export async function shakeHands(
  folder: string,
  { tls }: TrustSnapshot,
  client: SecureContextOptions,
): Promise<string> {
  const server = createServer({
    ...(await readPair(folder, 'gateway/tls')),
    ca: [...tls.ca],
    ...(tls.crl ? { crl: [...tls.crl] } : {}),
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.3',
  })
  const outcome = new Promise<string>((resolve) => {
    server.once('secureConnection', () => resolve('secured'))
    server.once('tlsClientError', (error, { authorizationError }) => {
      resolve(String(authorizationError ?? ('code' in error ? error.code : error.message)))
    })
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
