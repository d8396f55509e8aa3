import pg from 'pg'
import type { Envelope, Priority } from '../../sdk/index.ts'
import { makeEnvelope, openAgency, type TestAgency } from './agency.ts'
import { answerWith } from './endpoint.ts'
import { startGateway, type TestGateway, until } from './gateway.ts'
import { changeAgency, type PushEndpoint, pushTo, startPushEndpoint } from './push-agency.ts'

/** A gateway at three in the morning: something of everything that an operator has to see to. */
export type Night = AsyncDisposable & {
  readonly gateway: TestGateway
  /** The Home Office's endpoint, which answers this status. */
  readonly office: PushEndpoint
  answers: number
  /** An immediate message that Kent has not read. */
  readonly unread: string
  /** Puts a message to the Home Office among the dead letters; gives its id. */
  die(priority?: Priority): Promise<string>
  /** A case of one message, which Kent has acknowledged. */
  settle(): Promise<{ readonly caseId: string; readonly read: () => Promise<Uint8Array> }>
  stateOf(id: string): Promise<string>
  /** Whether the record takes writes. */
  writable(is: boolean): Promise<void>
  /** How often an act stands in the record. */
  countActs(act: string): Promise<number>
}

export const KENT = 'gb-la-e10000016'
export const OFFICE = 'gb-home-office'
/** An agency of which every name is markup. */
export const HOSTILE = 'fr-dep-62'
export const MARKUP = `"><img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`
const LONG = 120_000

const HOUR_MS = 3_600_000
/** A desk that is closed now, whenever that is. */
const closed = (): object => {
  const at = (hours: number): string => new Date(Date.now() + hours * HOUR_MS).toISOString().slice(11, 13)
  const [from, to] = [`${at(2)}:00`, `${at(3)}:00`]
  const open = from < to ? { from, to } : { from, to: '24:00' }
  return { timeZone: 'UTC', open: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], ...open }] }
}

export async function openNight(): Promise<Night> {
  const opened = new AsyncDisposableStack()
  const gateway = opened.use(await startGateway({ PASSERELLE_PUSH_TIMEOUT: 'PT5S' }))
  const ctac = opened.use(await openAgency(gateway, 'gb-ctac'))
  const kent = opened.use(await openAgency(gateway, KENT))
  const database = new pg.Pool({ connectionString: gateway.databaseUrl, max: 2 })
  database.on('error', () => undefined)
  opened.defer(() => database.end())
  const night = { answers: 400 }
  const office = opened.use(await startPushEndpoint(gateway, OFFICE, (...call) => answerWith(night.answers)(...call)))
  await changeAgency(gateway, OFFICE, { delivery: await pushTo(gateway, office) })
  const name = { en: MARKUP, fr: MARKUP }
  await changeAgency(gateway, HOSTILE, { name, desks: [{ id: 'front', name, delivery: { mode: 'mailbox' } }] })
  const stateOf = async (id: string): Promise<string> => (await ctac.client.status(id)).state
  const send = async (type: string, to: string, more: Partial<Envelope>): Promise<string> =>
    (await sendAs(ctac, type, to, more)).messageId
  const unread = await send('assessment-referral', KENT, { priority: 'immediate' })
  await until(async () => (await stateOf(unread)) === 'consigned')
  await database.query(
    `update delivery set consigned_at = now() - interval '72 minutes', expired_at = now() - interval '57 minutes'
     where message_no = (select no from message where id = $1)`,
    [unread],
  )
  const desk = {
    id: 'front',
    name: { en: 'Front door', fr: 'Accueil' },
    delivery: { mode: 'mailbox' },
    hours: closed(),
  }
  await changeAgency(gateway, KENT, { desks: [desk] })
  await send('assessment-referral', KENT, { priority: 'urgent' })
  const respondBy = new Date(Date.now() + LONG).toISOString()
  const asked = await send('status-check-request', OFFICE, { priority: 'urgent', respondBy })
  await database.query(
    `update awaited_answer set respond_by = now() - interval '195 minutes', told_at = now() - interval '3 hours'
     where message_no = (select no from message where id = $1)`,
    [asked],
  )
  const die = async (priority: Priority = 'urgent'): Promise<string> => {
    const id = await send('status-check-request', OFFICE, { priority })
    await until(async () => (await stateOf(id)) === 'dead-lettered')
    return id
  }
  await until(async () => (await stateOf(asked)) === 'dead-lettered')
  const held = opened.move()
  return {
    gateway,
    office,
    unread,
    die,
    async settle() {
      const sent = makeEnvelope('assessment-referral', 'gb-ctac', KENT, { priority: 'immediate' })
      const { messageId } = await ctac.client.send(sent)
      const entry = { from: 'gb-ctac', messageId }
      await kent.client.acknowledge(await kent.client.read(entry), 'accepted')
      return { caseId: sent.caseId, read: async () => (await kent.client.read(entry)).bytes }
    },
    stateOf,
    get answers() {
      return night.answers
    },
    set answers(status) {
      night.answers = status
    },
    async writable(is) {
      const name = new URL(gateway.databaseUrl).pathname.slice(1)
      const own = await database.connect()
      try {
        await own.query('begin read write')
        await own.query(`alter database "${name}" set default_transaction_read_only = ${is ? 'off' : 'on'}`)
        await own.query('commit')
        await own.query(
          'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
        )
      } finally {
        own.release()
      }
    },
    async countActs(act) {
      const { rows } = await database.query<{ count: number }>(
        'select count(*)::int as count from act where act = $1',
        [act],
      )
      return rows[0]?.count ?? 0
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

const sendAs = ({ id, client }: TestAgency, type: string, to: string, more: Partial<Envelope>) =>
  client.send(makeEnvelope(type, id, to, more))
