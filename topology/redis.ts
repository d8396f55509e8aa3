import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, realpathSync } from 'node:fs'
import { createServer } from 'node:net'
import { startChild } from './child.ts'

/**
 * Starts redis-server with its data in `folder`, on a free loopback port, with a password of its own for this run; it reads
 * its configuration from standard input, so that the password is in no list of processes.
 */
export async function startRedis(folder: string): Promise<{ readonly url: string; stop(): Promise<void> }> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const port = await freePort()
  const password = randomBytes(24).toString('base64url')
  const settings = {
    port,
    bind: '127.0.0.1',
    dir: `"${realpathSync(folder)}"`,
    requirepass: password,
    appendonly: 'yes',
    appendfsync: 'everysec',
    'maxmemory-policy': 'noeviction',
  }
  const input = Object.entries(settings)
    .map(([name, value]) => `${name} ${value}\n`)
    .join('')
  const words = ['redis-server', '-']
  const { stop } = await startChild({ name: 'redis-server', words, ready: /Ready to accept connections/, input })
  return { url: `redis://:${password}@127.0.0.1:${port}`, stop }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port')
  return address.port
}
