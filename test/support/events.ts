import { readFile } from 'node:fs/promises'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import type { TestGateway } from './gateway.ts'
import { readPair } from './handshake.ts'

/** A stream of server-sent events as it has come so far. */
export type EventStream = Disposable & {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  text(): string
  /** The events with their ids and data, in order. */
  events(): readonly {
    readonly id: string | undefined
    readonly event: string
    readonly data: Record<string, unknown>
  }[]
  /** The stream has ended, or its connection. */
  isOver(): boolean
}

/** Opens `/api/events` as an operator, on a connection of its own. */
export async function openEvents(
  { pki, operationsUrl }: Pick<TestGateway, 'pki' | 'operationsUrl'>,
  operator: string,
  lastEventId?: string,
): Promise<EventStream> {
  const ca = await readFile(join(pki.folder, 'trust/ca.crt'), 'utf8')
  const pair = await readPair(pki.folder, `operators/${operator}/tls`)
  const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId }
  let sent: ClientRequest | undefined
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sent = request(new URL('/api/events', operationsUrl), { ca, ...pair, agent: false, headers })
    sent.on('response', resolve).on('error', reject).end()
  })
  let text = ''
  let over = false
  response.setEncoding('utf8').on('data', (more: string) => (text += more))
  response.on('error', () => undefined)
  response.once('close', () => (over = true))
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text: () => text,
    events: () =>
      text
        .split('\n\n')
        .filter((part) => part.includes('data: '))
        .map((part) => {
          const lines = new Map(
            part.split('\n').map((line) => [line.split(': ', 1)[0], line.slice(line.indexOf(': ') + 2)]),
          )
          return {
            id: lines.get('id'),
            event: lines.get('event') ?? '',
            data: JSON.parse(lines.get('data') ?? '{}') as Record<string, unknown>,
          }
        }),
    isOver: () => over,
    [Symbol.dispose]: () => void sent?.destroy(),
  }
}
