import { hash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { Agent, type AgentOptions, request } from 'node:https'

/** The largest attachment, which counts most. */
export const SIZE = 25 * 1024 * 1024
export const MEBIBYTES = SIZE / 2 ** 20

/** An attachment: a JPEG from outside, and random within. */
export type Content = { readonly bytes: Buffer; readonly digest: string }

const NOTHING = Buffer.alloc(0)
const HEAD = Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex')
const body = randomBytes(SIZE)

/** Makes an attachment that nobody has put before. */
export function makeContent(size = SIZE): Content {
  const bytes = Buffer.from(body.subarray(0, size))
  HEAD.copy(bytes)
  randomBytes(16).copy(bytes, HEAD.length)
  return { bytes, digest: hash('sha256', bytes, 'base64url') }
}

/** An agency's calls over kept-alive connections; each gives its answer's status when all of it has come, and drops the body. */
export type Caller = { call(method: string, path: string, body?: Body): Promise<number>; close(): void }
type Body = { readonly type: string; readonly bytes: Buffer }

/** @param port of this machine; @param identity its certificate, key and authority */
export function openCaller(port: number, identity: AgentOptions): Caller {
  const agent = new Agent({ keepAlive: true, ...identity })
  return {
    async call(method, path, { type, bytes } = { type: '', bytes: NOTHING }) {
      const headers = type === '' ? {} : { 'content-type': type, 'content-length': bytes.length }
      const sent = request({ host: 'localhost', port, agent, method, path, headers })
      sent.end(bytes)
      const [response] = await once(sent, 'response')
      response.resume()
      await once(response, 'end')
      return response.statusCode ?? 0
    },
    close: () => agent.destroy(),
  }
}

/** Does all of it, so many at a time; gives how many MiB a second that makes. */
export async function rate<Item>(items: readonly Item[], atOnce: number, work: (item: Item) => Promise<void>) {
  const left = items.values()
  const start = performance.now()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of left) await work(item)
    }),
  )
  return (items.length * MEBIBYTES * 1000) / (performance.now() - start)
}
