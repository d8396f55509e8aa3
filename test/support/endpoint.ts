import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type ServerOptions } from 'node:https'
import type { Server, Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

export type Answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void

/** What came: the request, its body, the subject of the client's certificate and the version of TLS. */
export type Seen = {
  readonly request: IncomingMessage
  readonly body: Buffer
  readonly client: string
  readonly protocol: string | null
}

export type Endpoint = {
  readonly server: Server
  readonly port: number
  readonly url: string
  readonly seen: readonly Seen[]
  /** Connections that are open now. */
  readonly sockets: ReadonlySet<Socket>
  /** How many were opened so far. */
  opened(): number
}

/** Starts an endpoint as an agency would: TLS that asks for a client certificate, one answer to whatever comes. */
export async function startEndpoint(answer: Answer, options: ServerOptions, host = '127.0.0.1'): Promise<Endpoint> {
  const server = createServer({ requestCert: true, rejectUnauthorized: false, ...options })
  const seen: Seen[] = []
  const sockets = new Set<Socket>()
  let opened = 0
  server.on('secureConnection', (socket) => {
    opened++
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined)
  })
  server.on('request', (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const secure = request.socket instanceof TLSSocket ? request.socket : undefined
      const body = Buffer.concat(chunks)
      const client = secure?.getPeerX509Certificate()?.subject ?? ''
      seen.push({ request, body, client, protocol: secure?.getProtocol() ?? null })
      answer(request, response, body)
    })
  })
  const port = await listen(server, host)
  return { server, port, url: `https://${host}:${port}/inbound?desk=1`, seen, sockets, opened: () => opened }
}

/** Listens on a free port and gives it. */
export async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  server.listen(0, host)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port')
  return address.port
}

/** An endpoint that answers everything alike. */
export function answerWith(status: number, headers: Record<string, string> = {}, body = ''): Answer {
  return (_request, response) => response.writeHead(status, headers).end(body)
}
