import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { Agent, request } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import type { Sandbox } from '../sandbox.ts'

/** A message as operators see it: of what it says, nothing. */
export type Line = {
  readonly messageId: string
  readonly from: string
  readonly to: string
  readonly type: string
  readonly caseId: string
  readonly priority: string
  readonly state: string
  readonly acceptedAt: string
  readonly attempts: number
}

export type Overview = {
  readonly lines: readonly Line[]
  /** How many messages each agency has not acknowledged. */
  readonly waiting: ReadonlyMap<string, number>
}

const NEWEST = 25
const PATIENCE_MS = 5_000

/** Asks the operators' listener what goes on, as a duty operator would (protocol section 11). */
export async function openOverview({ pki }: Pick<Sandbox, 'pki'>) {
  const [ca, cert, key] = await Promise.all(
    ['trust/ca.crt', 'operators/duty/tls.crt', 'operators/duty/tls.key'].map((path) =>
      readFile(join(pki, path), 'utf8'),
    ),
  )
  const agent = new Agent({ ca, cert, key, minVersion: 'TLSv1.3', keepAlive: true, maxSockets: 4 })
  const get = async <Answer>(url: string): Promise<Answer> => {
    const asked = request(url, { agent, signal: AbortSignal.timeout(PATIENCE_MS) }).end()
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]
    const body = (await json(answer)) as Answer
    if (answer.statusCode !== 200) throw new Error(`${new URL(url).pathname} answered ${answer.statusCode}`)
    return body
  }
  return {
    read: async (operationsUrl: string): Promise<Overview> => {
      type Messages = { readonly messages: readonly Line[] }
      type Agencies = {
        readonly agencies: readonly { readonly id: string; readonly waiting: Record<string, number> }[]
      }
      const [{ messages }, { agencies }] = await Promise.all([
        get<Messages>(`${operationsUrl}/api/messages?limit=${NEWEST}`),
        get<Agencies>(`${operationsUrl}/api/overview`),
      ])
      const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((all, each) => all + each, 0)
      return { lines: messages, waiting: new Map(agencies.map(({ id, waiting }) => [id, sum(waiting)])) }
    },
    close: () => agent.destroy(),
  }
}
