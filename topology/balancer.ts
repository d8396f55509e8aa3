import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export type Backend = { readonly host: string; readonly port: number }

export type Balancer = { readonly port: number; close(): void }

const CONNECT_MS = 2000

/** How long a backend that could not be reached is asked only when no other is left. */
const REST_MS = 1000

/**
 * Passes TCP connections on to the backends in turn, byte for byte: TLS ends behind it. A connection whose backend cannot be
 * reached goes to the next one before anything has been read of it. Either side may end its half before the other.
 * `close` takes no new connections; those that stand end when their backend ends them.
 */
export async function openBalancer(
  listen: { readonly host: string; readonly port: number },
  backends: readonly Backend[],
): Promise<Balancer> {
  const resting = new Map<Backend, number>()
  let turn = 0
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (client) => {
    const first = turn++
    const order = backends
      .map((_, index) => backends[(first + index) % backends.length])
      .filter((one) => one !== undefined)
    const now = Date.now()
    const isResting = (backend: Backend) => (resting.get(backend) ?? 0) > now
    const byHealth = [...order.filter((backend) => !isResting(backend)), ...order.filter(isResting)]
    void pass(client, byHealth, (backend) => resting.set(backend, Date.now() + REST_MS))
  })
  server.listen(listen.port, listen.host)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port')
  return { port: address.port, close: () => void server.close() }
}

async function pass(client: Socket, backends: readonly Backend[], failed: (backend: Backend) => void): Promise<void> {
  client.on('error', () => undefined)
  for (const backend of backends) {
    const upstream = await reach(backend)
    if (upstream === undefined) {
      failed(backend)
      continue
    }
    join(client, upstream)
    join(upstream, client)
    return
  }
  client.destroy()
}

/** Hands on what one side says, its orderly end (the other half goes on), and its breaking off. */
function join(from: Socket, to: Socket): void {
  from.on('error', () => undefined)
  from.once('close', (hadError) => {
    if (hadError) to.resetAndDestroy()
  })
  from.pipe(to)
}

function reach({ host, port }: Backend): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, allowHalfOpen: true, noDelay: true, timeout: CONNECT_MS })
    const fail = () => {
      socket.destroy()
      resolve(undefined)
    }
    socket.once('timeout', fail).once('error', fail)
    socket.once('connect', () => {
      socket.setTimeout(0).off('timeout', fail).off('error', fail)
      resolve(socket)
    })
  })
}
