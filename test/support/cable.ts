import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { listen } from './endpoint.ts'

const POSTGRES_PORT = 5432

/** A way to a server that can be cut and mended: what a broken network is to a client. */
export type Cable = AsyncDisposable & {
  /** Breaks every connection, and takes no new one. */
  cut(): void
  mend(): void
}

/** Lays a cable to the PostgreSQL that a URL of node-postgres names, by TCP or a socket's folder; `url` leads through it. */
export async function layCable(database: string): Promise<Cable & { readonly url: string }> {
  const url = new URL(database)
  const folder = url.searchParams.get('host')
  const port = Number(url.port || POSTGRES_PORT)
  const to = folder === null ? { host: url.hostname, port } : { path: join(folder, `.s.PGSQL.${port}`) }
  const ends = new Set<Socket>()
  let whole = true
  const server = createServer((near) => {
    if (!whole) {
      near.destroy()
      return
    }
    const far = connect(to)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(one)
      one.on('error', () => undefined)
      one.on('close', () => {
        ends.delete(one)
        other.destroy()
      })
    }
    near.pipe(far).pipe(near)
  })
  const cut = (): void => {
    whole = false
    for (const end of ends) end.destroy()
  }
  const near = new URL(database)
  near.search = ''
  near.host = `127.0.0.1:${await listen(server)}`
  return {
    url: near.href,
    cut,
    mend: () => void (whole = true),
    [Symbol.asyncDispose]: async () => {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
