import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect, createSecureContext, type SecureContext } from 'node:tls'

/** One keep-alive HTTP/1.1 connection over mutual TLS: as little work as can be, for it shares the machine with what it measures. */
export type Connection = { send(request: Buffer): Promise<Answer>; close(): void }
export type Answer = { readonly status: number; readonly body: Buffer }

/** An agency's side of mutual TLS, from a development PKI (protocol, section 13). */
export function readIdentity(pki: string, agency: string): SecureContext {
  const folder = join(pki, 'agencies', agency)
  return createSecureContext({
    cert: readFileSync(join(folder, 'tls.crt')),
    key: readFileSync(join(folder, 'tls.key')),
    ca: readFileSync(join(pki, 'trust', 'ca.crt')),
    minVersion: 'TLSv1.3',
  })
}

/** Opens a connection to a port of this machine. Its requests go one at a time; a lost connection rejects the one under way. */
export async function openConnection(port: number, identity: SecureContext): Promise<Connection> {
  const socket = connect({
    host: '127.0.0.1',
    port,
    servername: 'localhost',
    secureContext: identity,
    ALPNProtocols: ['http/1.1'],
  })
  await once(socket, 'secureConnect')
  socket.setNoDelay(true)
  let waiting: PromiseWithResolvers<Answer> | undefined
  let received: Buffer | undefined

  const lose = (fault: Error): void => waiting?.reject(fault)
  socket.on('error', lose)
  socket.on('close', () => lose(new Error('the connection was closed')))
  socket.on('data', (chunk: Buffer) => {
    received = received === undefined ? chunk : Buffer.concat([received, chunk])
    const answer = parseAnswer(received)
    if (answer === undefined) return
    received = undefined
    const done = waiting
    waiting = undefined
    done?.resolve(answer)
  })

  return {
    send(request) {
      waiting = Promise.withResolvers<Answer>()
      if (socket.destroyed) lose(new Error('the connection was closed'))
      socket.write(request)
      return waiting.promise
    },
    close: () => socket.destroy(),
  }
}

/** An HTTP/1.1 answer, once it is whole; only such as say their length, as all that is measured do. */
export function parseAnswer(bytes: Buffer): Answer | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const head = bytes.toString('latin1', 0, end)
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length === undefined) throw new Error(`an answer without a length: ${head.slice(0, 40)}`)
  const body = bytes.subarray(end + 4)
  return body.length < Number(length) ? undefined : { status: Number(head.slice(9, 12)), body }
}

/** The head of a request that carries a JWS. */
export function postHead(path: string, length: number): string {
  return `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/jose\r\nContent-Length: ${length}\r\n\r\n`
}

/** A whole request that carries nothing. */
export function getRequest(path: string): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 'latin1')
}
