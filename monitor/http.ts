import { Agent as PlainAgent, type IncomingMessage, request as plainRequest } from 'node:http'
import { Agent, request } from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'
import { CannotLook } from './finding.ts'

/** What was answered; 4xx are answers, too. */
export type Answer = { readonly status: number; readonly body: Buffer }

export type Http = {
  /** @throws CannotLook where there is no answer, or one that promises nothing (5xx, 429) after some tries */
  get(url: string): Promise<Answer>
  close(): void
}

const CALL_MS = 30_000
/** A page of entries, or of receipts, with acknowledgements in them. */
const LARGEST_ANSWER = 16 * 1024 * 1024
const MOST_TRIES = 4
const LONGEST_PAUSE_MS = 30_000

/** Opens connections that are kept: TLS 1.3, by the anchors that are given and no others. */
export function openHttp(tls: { readonly ca: string; readonly cert?: string; readonly key?: string }): Http {
  const agent = new Agent({ ...tls, keepAlive: true, maxSockets: 4, minVersion: 'TLSv1.3' })
  const plain = new PlainAgent({ keepAlive: true, maxSockets: 4 })

  function once(url: string): Promise<IncomingMessage> {
    const signal = AbortSignal.timeout(CALL_MS)
    return new Promise((resolve, reject) => {
      const asked = url.startsWith('https:')
        ? request(url, { agent, signal }, resolve)
        : plainRequest(url, { agent: plain, signal }, resolve)
      asked.on('error', reject).end()
    })
  }

  return {
    async get(url) {
      for (let tries = 1; ; tries += 1) {
        const answer = await once(url)
          .then(async (message) => ({ message, body: await readBounded(message) }))
          .catch((error: unknown) => wordOf(error))
        const status = typeof answer === 'string' ? 0 : (answer.message.statusCode ?? 0)
        if (typeof answer !== 'string' && status !== 429 && status < 500) return { status, body: answer.body }
        const why = typeof answer === 'string' ? answer : `status ${status}`
        if (tries === MOST_TRIES) throw new CannotLook(`${new URL(url).origin}: ${why}`)
        const asked = typeof answer === 'string' ? 0 : Number(answer.message.headers['retry-after'] ?? 0) * 1000
        await pause(Math.min(Math.max(Number.isFinite(asked) ? asked : 0, 250 * 2 ** tries), LONGEST_PAUSE_MS))
      }
    },
    close() {
      agent.destroy()
      plain.destroy()
    },
  }
}

const wordOf = (error: unknown): string =>
  error instanceof Error ? ('code' in error ? String(error.code) : error.name) : 'unknown'

async function readBounded(message: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of message as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > LARGEST_ANSWER) throw new Error('answer-too-large')
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
