import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { until } from './gateway.ts'

/** Many connections at once, and how many of them the other end still keeps. */
export type Crowd = Disposable & { readonly sockets: readonly Socket[]; open(): number }

export type From = { readonly url: string; readonly count: number; readonly from?: string }

/** Opens so many TCP connections from an address of this machine; each says `first`, if anything, and then nothing. */
export async function openSilent({ url, count, from = '127.0.0.1' }: From, first?: Buffer | string): Promise<Crowd> {
  const port = Number(new URL(url).port)
  const sockets = Array.from({ length: count }, () => {
    const socket = connect({ host: '127.0.0.1', port, localAddress: from })
    socket.on('connect', () => void (first !== undefined && socket.write(first)))
    return socket
  })
  return await watch(sockets)
}

/** The same, each with a handshake. */
export async function openShaken({ url, count, from = '127.0.0.1' }: From, tls: ConnectionOptions): Promise<Crowd> {
  const port = Number(new URL(url).port)
  return await watch(
    Array.from({ length: count }, () =>
      connectTls({ ...tls, socket: connect({ host: '127.0.0.1', port, localAddress: from }) }),
    ),
  )
}

async function watch(sockets: readonly Socket[]): Promise<Crowd> {
  for (const socket of sockets) {
    socket.on('error', () => undefined)
    socket.resume()
  }
  await until(() => sockets.every(({ connecting, destroyed }) => !connecting || destroyed), 20_000)
  return {
    sockets,
    open: () => sockets.filter(({ destroyed, readableEnded }) => !destroyed && !readableEnded).length,
    [Symbol.dispose]: () => sockets.forEach((socket) => socket.destroy()),
  }
}

/**
 * Says something on a connection whose other end is never closed from here, and goes on for ever: resolves with the milliseconds after
 * which the system says that nobody is there any more.
 */
export async function outlast(socket: Socket | TLSSocket, withinMs: number): Promise<number> {
  const start = performance.now()
  let gone = false
  socket.on('error', () => (gone = true))
  await until(() => {
    if (!gone && !socket.destroyed) socket.write('x')
    return gone
  }, withinMs)
  socket.destroy()
  return performance.now() - start
}

/** The first flight of a client: what it says before it has heard anything. */
export async function firstFlight(): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const client = connectTls({ host: '127.0.0.1', port: typeof address === 'object' && address ? address.port : 0 })
  client.on('error', () => undefined)
  const [heard] = (await once(server, 'connection')) as [Socket]
  const [bytes] = (await once(heard, 'data')) as [Buffer]
  client.destroy()
  server.close()
  return bytes
}
