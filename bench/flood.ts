import { answerQuestions } from './child.ts'
import { readReferral, readSignatory, recipient, sender, signReferrals } from './messages.ts'
import { type Connection, getRequest, openConnection, postHead, readIdentity } from './wire.ts'

/** One agency that asks without end, a process of its own: so many connections, each asking again as soon as it is answered. */
const CONNECTIONS = 64
const SUBMISSIONS = 700
const NOBODYS = '0192e4a0-0000-7000-8000-000000000000'
const NOTHING = 'x.y.z'

export type Flood = {
  readonly kind: FloodKind
  readonly port: number
  readonly pki: string
  readonly schemas: string
  readonly seconds: number
}
export type FloodKind = (typeof floodKinds)[number]
export const floodKinds = [
  'submission',
  'acknowledgement',
  'reading',
  'listing',
  'look-up',
  'directory',
  'page',
] as const

/** What came of it: how many answers of each status. */
export type Flooded = Readonly<Record<number, number>>

const acknowledgement = `${postHead(`/v1/inbox/${sender}/${NOBODYS}/acknowledgement`, NOTHING.length)}${NOTHING}`

/** The recipient's own calls: its inbox is the one that fills. What it submits is verified, read and refused, with a receipt. */
const requests: Readonly<Record<FloodKind, (flood: Flood) => readonly Buffer[]>> = {
  submission({ pki, schemas }) {
    const referral = readReferral(schemas).replace(`"from":"${sender}"`, `"from":"${recipient}"`)
    const head = (_id: string, length: number): string => postHead('/v1/messages', length)
    const { ids, at } = signReferrals(readSignatory(pki, recipient), referral, SUBMISSIONS, new Date(), head)
    return ids.map((_, index) => at(index))
  },
  acknowledgement: () => [Buffer.from(acknowledgement)],
  reading: () => [getRequest(`/v1/inbox/${sender}/${NOBODYS}`)],
  listing: () => [getRequest('/v1/inbox?limit=100')],
  'look-up': () => [getRequest(`/v1/messages/${NOBODYS}`)],
  directory: () => [getRequest('/v1/agencies')],
  // It counts as no call.
  page: () => [getRequest('/problems/not-found')],
}

answerQuestions(run)

async function run(flood: Flood): Promise<Flooded> {
  const prepared = requests[flood.kind](flood)
  const identity = readIdentity(flood.pki, recipient)
  const opening = Array.from({ length: CONNECTIONS }, () => openConnection(flood.port, identity))
  const connections = await Promise.all(opening)
  const statuses: Record<number, number> = {}
  const end = performance.now() + flood.seconds * 1000
  let next = 0
  const loop = async (connection: Connection): Promise<void> => {
    while (performance.now() < end) {
      const { status } = await connection.send(prepared[next++ % prepared.length] ?? Buffer.alloc(0))
      statuses[status] = (statuses[status] ?? 0) + 1
    }
  }
  try {
    await Promise.all(connections.map(loop))
    return statuses
  } finally {
    for (const connection of connections) connection.close()
  }
}
