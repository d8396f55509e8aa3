import { once } from 'node:events'
import { createServer } from 'node:net'

/** The options that name a port which somebody else on this machine has, with the port. 0 is any free one. */
export async function takenPorts(ports: Readonly<Record<string, number>>): Promise<readonly string[]> {
  const taken = await Promise.all(
    Object.entries(ports).map(async ([option, port]) => ((await isFree(port)) ? [] : [`--${option} ${port}`])),
  )
  return taken.flat()
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
    return true
  } catch {
    return false
  } finally {
    server.close()
  }
}
