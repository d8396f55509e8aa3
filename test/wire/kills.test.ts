import { randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Connection, getRequest, openConnection, readIdentity } from '../../bench/wire.ts'
import type { Checkpoint } from '../../tlog/note.ts'
import { leafHash, verifyConsistency, verifyInclusion } from '../../tlog/tree.ts'
import { openAgency, type TestAgency } from '../support/agency.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { readReceipt } from '../support/load.ts'
import { openStubborn, submitMany } from '../support/many.ts'
import { freePort } from '../support/port.ts'
import { type Death, dieAgainAndAgain } from '../support/slots.ts'
import { faultsOf, openNote, readWholeLog } from '../support/whole-log.ts'

/** No accepted message without its leaf, and no leaf without its proof, whatever was killed and whenever (protocol section 10). */

const COUNT = 10_000
const SENDERS = ['fr-rys', 'fr-dep-59']
/** Who accepts and follows the log, and who delivers and follows it, each with the places at which it kills itself. */
const ACCEPTING: readonly Death[] = [
  'accept-committed:5',
  undefined,
  'accept-signed:5',
  'tree-committed:1',
  'accept-committed:40',
  'tree-inserted:1',
  'mark-drafted:1',
]
const DELIVERING: readonly Death[] = [
  'drain-committed:3',
  undefined,
  'tree-signed:1',
  'drain-written:3',
  'mark-renamed:1',
  'tree-tiles:1',
  'published:3',
]
/** How often the process that does all of it is killed. */
const RANDOM = 6
const LONGEST_MS = 3_000
const KILLS = ACCEPTING.length + DELIVERING.length + RANDOM
/** So fast they come, and not much faster than the kills; where these take their time, slowly. */
const PER_SECOND = 600
const SLOWLY = 60

let gateway: TestGateway
let agencies: readonly TestAgency[]
let ports: readonly number[]
let operationsPort: number
const tests = { PASSERELLE_RATE_LIMIT: '100000', PASSERELLE_ENVIRONMENT: 'test' }

beforeAll(async () => {
  ports = [await freePort(), await freePort()]
  operationsPort = await freePort()
  gateway = await startGateway({
    ...tests,
    PASSERELLE_PORT: `${ports[0]}`,
    PASSERELLE_OPERATIONS_PORT: `${operationsPort}`,
  })
  agencies = await Promise.all(SENDERS.map((id) => openAgency(gateway, id)))
})
afterAll(async () => {
  for (const agency of agencies ?? []) await agency[Symbol.asyncDispose]()
  await gateway?.[Symbol.asyncDispose]()
})

/** Cuts every session that any process has with the record. */
async function cutSessions(): Promise<void> {
  const record = new pg.Client({ connectionString: gateway.databaseUrl })
  await record.connect()
  const { rowCount } = await record.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  )
  expect(rowCount).toBeGreaterThan(3)
  await record.end()
}

/** The process that does all of it, killed at any moment. */
async function restartAgainAndAgain(died: () => void): Promise<void> {
  for (let kill = 0; kill < RANDOM; kill += 1) {
    await pause(randomInt(LONGEST_MS))
    await gateway.restart()
    died()
  }
}

/** Looks at the checkpoint of each process again and again, as clients that follow the log do; gives all that was ever shown. */
function watchCheckpoints(stop: AbortSignal): Promise<ReadonlySet<string>> {
  const notes = new Set<string>()
  const identity = readIdentity(gateway.pki.folder, 'gb-ctac')
  async function watch(port: number, path: string): Promise<void> {
    let connection: Connection | undefined
    for (; !stop.aborted; await pause(100)) {
      try {
        connection ??= await openConnection(port, identity)
        const { status, body } = await connection.send(getRequest(path))
        if (status === 200) notes.add(body.toString())
      } catch {
        // Killed.
        connection = undefined
      }
    }
    connection?.close()
  }
  const watching = [...ports.map((port) => watch(port, '/v1/log/checkpoint')), watch(operationsPort, '/log/checkpoint')]
  return Promise.all(watching).then(() => notes)
}

/** All receipts that a sender is given, in the order of its feed, when there are so many. */
async function readReceipts({ client }: TestAgency, count: number): Promise<readonly string[]> {
  const found: string[] = []
  for (let after = ''; found.length < count; ) {
    const { receipts, next } = await client.receipts({ after, wait: 10 })
    if (receipts.length === 0) break
    found.push(...receipts.map(({ receipt }) => receipt))
    after = next
  }
  return found
}

/** What the log serves, asked for until somebody answers. */
function openLogReader(pki: string) {
  const client = openStubborn(pki, 'gb-ctac', ports)
  const get = async (path: string): Promise<Buffer> => (await client.send(getRequest(`/v1/log/${path}`))).body
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- what is read is judged by the test
  const read = async <Form>(path: string): Promise<Form> => JSON.parse((await get(path)).toString()) as Form
  const hashes = async (path: string) => {
    const proof = await read<{ leafIndex?: number; path: readonly string[] }>(path)
    return { ...proof, path: proof.path.map((hash) => Buffer.from(hash, 'base64')) }
  }
  return {
    get,
    hashes,
    note: async () => (await get('checkpoint')).toString(),
    entries: async () => (await read<{ entries: readonly { entry: string }[] }>('entries?from=0')).entries,
    close: client.close,
  }
}

test('10,000 messages and 20 kills: each accepted one has its receipts, each receipt its leaf, each leaf its proof', async () => {
  const { folder: pki } = gateway.pki
  const stop = new AbortController()
  const watching = watchCheckpoints(stop.signal)
  const began = performance.now()
  let [kills, last] = [0, began]
  const died = (): void => {
    kills += 1
    last = performance.now()
  }
  const allowed = (): number => {
    const now = performance.now()
    const behind = ((kills + 1) * COUNT) / KILLS + ((now - last) / 1_000) * SLOWLY
    return kills === KILLS ? COUNT : Math.min(((now - began) / 1_000) * PER_SECOND, behind)
  }
  const many = submitMany({ pki, senders: SENDERS, count: COUNT, connections: 12, ports, allowed })
  await many.reached(100)
  await cutSessions()
  const killing = Promise.all([
    dieAgainAndAgain(gateway, { PASSERELLE_ROLES: 'api', PASSERELLE_PORT: `${ports[1]}` }, ACCEPTING, died),
    dieAgainAndAgain(gateway, { PASSERELLE_ROLES: 'worker' }, DELIVERING, died),
    restartAgainAndAgain(died),
  ])
  await Promise.all([killing.then(cutSessions), many.done])
  expect([many.accepted.size, kills]).toEqual([COUNT, 20])
  expect(many.replayed(), 'recorded by who was killed before it could answer').toBeGreaterThan(0)

  const receipts = (await Promise.all(agencies.map((agency) => readReceipts(agency, COUNT)))).flat()
  const events = Map.groupBy(receipts, (jws) => readReceipt(jws).messageId)
  expect(new Set(events.keys())).toEqual(new Set(many.accepted.keys()))
  for (const [id, own] of events) {
    expect(own.map((jws) => readReceipt(jws).event)).toEqual(['SubmissionAcceptance', 'ContentConsignment'])
    expect(own[0]).toBe(many.accepted.get(id))
  }

  const reader = openLogReader(pki)
  const leaves = [...receipts, ...(await reader.entries()).map(({ entry }) => entry)]
  const [own] = (await agencies[0]?.client.wellKnown())?.logs ?? []
  const open = (note: string): Checkpoint => openNote(note, own?.verifierKeys ?? [])
  await until(async () => open(await reader.note()).size >= leaves.length, 60_000)
  stop.abort()
  const seen = [...(await watching)].map(open)
  const checkpoint = open(await reader.note())
  expect(await faultsOf(await readWholeLog(checkpoint, reader.get), leaves, seen)).toEqual([])

  expect(seen.length).toBeGreaterThan(5)
  for (const one of seen) {
    const { path } = await reader.hashes(`consistency?from=${one.size}&to=${checkpoint.size}`)
    expect(verifyConsistency(one, checkpoint, path)).toBe(true)
  }
  for (const jws of receipts.filter((_, index) => index % 200 === 0)) {
    const { leafIndex = -1, path } = await reader.hashes(`proof/${readReceipt(jws).receiptId}?size=${checkpoint.size}`)
    expect(verifyInclusion(leafHash(Buffer.from(jws)), leafIndex, checkpoint, path)).toBe(true)
  }
  reader.close()
}, 360_000)
