import { join } from 'node:path'
import { mkdir, rm } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMetrics } from '../../gateway/base/metrics.ts'
import { readWitnesses, type RegisteredWitness } from '../../gateway/identity/witnesses.ts'
import { cosignedState } from '../../gateway/log/cosigned.ts'
import { type Cosigning, openCosigning } from '../../gateway/log/cosigning.ts'
import { recallPublished } from '../../gateway/log/examine.ts'
import type { Tree } from '../../gateway/log/tree.ts'
import { parseCheckpoint, parseNote } from '../../gateway/protocol/note.ts'
import { type NoteSigner, signedCheckpoint, verifyNote } from '../../gateway/protocol/note-keys.ts'
import type { Witnesses } from '../../gateway/protocol/quorum.ts'
import { closeLog, logInForce } from '../../gateway/record/logs.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { temporaryFolder, type TemporaryFolder } from '../support/folder.ts'
import { until } from '../support/gateway.ts'
import { type GrowingLog, makeLogKeys, openGrowingLog } from '../support/growing-log.ts'
import { rootOfAll } from '../support/honest-log.ts'
import { quiet } from '../support/quiet.ts'
import { startWitness, type TestWitness } from '../support/witness.ts'
import { leafHash } from '../../tlog/tree.ts'

const keys = makeLogKeys('test/log')
const verifierKeys = keys.signers.map(({ vkey }) => vkey)
const NAMES = ['fr', 'gb', 'supervisor'] as const

let opened: AsyncDisposableStack
let folder: TemporaryFolder
let growing: GrowingLog
let tree: Tree
let witnesses: TestWitness[]
let named: { witnesses: Witnesses<RegisteredWitness> }
let metrics: ReturnType<typeof createMetrics>

beforeEach(async () => {
  opened = new AsyncDisposableStack()
  folder = opened.use(await temporaryFolder())
  const database: TestDatabase = opened.use(await createDatabase())
  growing = opened.use(await openGrowingLog(database.url, folder.path, keys))
  await growing.database.query('update log set verifier_keys = $1', [verifierKeys])
  metrics = createMetrics()
  tree = await growing.openTree()
  witnesses = await Promise.all(NAMES.map((name) => start(name)))
  named = nameAll()
})
afterEach(() => opened.disposeAsync())

async function start(name: (typeof NAMES)[number]): Promise<TestWitness> {
  const place = join(folder.path, name)
  await mkdir(place, { recursive: true })
  const log = { origin: keys.origin, verifierKeys }
  const witness = await startWitness(place, [log], { name: `witness.example/${name}` })
  opened.defer(() => witness.close().catch(() => undefined))
  return witness
}

function nameAll(): typeof named {
  const entries = witnesses.map(({ url, verifierKeys: [, vkey = ''] }, at) => {
    const countries = ['FR', 'GB'] as const
    const country = countries[at]
    return { name: NAMES[at] ?? '', url, vkey, ...(country && { country }) }
  })
  const refuse = (fault: string): never => {
    throw new Error(fault)
  }
  return { witnesses: readWitnesses({ quorum: 2, witnesses: entries }, refuse) }
}

function offerAll(now: () => Date = () => new Date(), of: Tree = tree): Cosigning {
  const { database } = growing
  return opened.use(openCosigning({ database, registry: () => named, tree: of, metrics, log: quiet, now, lookMs: 50 }))
}

/** The checkpoint that is served, with all that has cosigned it. */
async function served(): Promise<{
  readonly size: number
  readonly lines: readonly string[]
  readonly by: readonly string[]
}> {
  const text = await tree.note()
  if (text === undefined) return { size: 0, lines: [], by: [] }
  const note = parseNote(text)
  const cosigners = named.witnesses.witnesses.map(({ key }) => key)
  const by = verifyNote(note, [...keys.signers, ...cosigners]).map(({ key }) => key.name)
  const { size } = parseCheckpoint(note.text)
  const lines = note.signatures.map(({ line }) => line)
  return { size, lines, by: by.filter((name) => name !== keys.origin).toSorted() }
}
const NAMED = NAMES.map((name) => `witness.example/${name}`)
const at = (seconds: number) => new Date(Date.now() + seconds * 1000)

describe('checkpoints are offered', () => {
  it('to each witness as they come, each with its proof, and are served with what was cosigned', async () => {
    tree.follow()
    offerAll()
    await growing.append(300)
    await until(async () => (await served()).size === 300 && (await served()).by.length === 3)
    await growing.append(7)
    await until(async () => (await served()).size === 307 && (await served()).by.length === 3)
    expect((await served()).by).toEqual(NAMED)
    const state = await cosignedState(growing.database, named, new Date())
    expect(state?.witnesses.map(({ size, country }) => [size, country])).toEqual([
      [307, 'FR'],
      [307, 'GB'],
      [307, undefined],
    ])
  })

  it('to one that stands elsewhere than was thought, from where it says that it is', async () => {
    tree.follow()
    await growing.append(20)
    await until(() => tree.latest()?.size === 20)
    const first = offerAll()
    await until(async () => (await served()).by.length === 3)
    await first[Symbol.asyncDispose]()
    await growing.database.query('delete from cosignature')
    await growing.append(5)
    await until(() => tree.latest()?.size === 25)
    offerAll()
    await until(async () => (await served()).by.length === 3)
  })

  it('by a process that is behind, to nobody who has cosigned more', async () => {
    tree.follow()
    await growing.append(20)
    await until(() => tree.latest()?.size === 20)
    const behind = await growing.openTree()
    await growing.append(5)
    offerAll()
    await until(async () => (await served()).size === 25 && (await served()).by.length === 3)
    let looks = 0
    const latest = () => {
      looks += 1
      return behind.latest()
    }
    expect(latest()?.size).toBe(20)
    offerAll(() => new Date(), { ...behind, latest })
    await until(() => looks > 10)
    expect(await metrics.registry.metrics()).not.toMatch(/^passerelle_witness_failures_total\{/m)
  })

  it('and one witness that is away holds up no other; the quorum stays, until a country is missing', async () => {
    tree.follow()
    const [fr, , supervisor] = witnesses
    await supervisor?.close()
    await growing.append(3)
    offerAll()
    await until(async () => (await served()).by.length === 2)
    expect((await served()).by).toEqual(NAMED.slice(0, 2))
    const isUncosigned = async (seconds: number) =>
      (await cosignedState(growing.database, named, at(seconds)))?.isUncosigned
    expect(await isUncosigned(0)).toBe(false)
    await growing.database.query(`update checkpoint set at = at - interval '70 s'`)
    expect(await isUncosigned(0)).toBe(false)
    expect(await metrics.registry.metrics()).toMatch(
      /passerelle_witness_failures_total\{witness="witness.example\/supervisor",reason="ECONNREFUSED"\} [1-9]/,
    )
    await fr?.close()
    await growing.append(1)
    await until(async () => (await served()).size === 4 && (await served()).by.length === 1)
    await growing.database.query(`update checkpoint set at = at - interval '70 s'`)
    expect(await isUncosigned(0)).toBe(true)
  })

  it('again where nothing new has come, so that a silent witness shows', async () => {
    tree.follow()
    await growing.append(3)
    let ahead = 0
    offerAll(() => at(ahead))
    await until(async () => (await served()).by.length === 3)
    const before = (await served()).lines
    ahead = 25
    const changed = async () => (await served()).lines.filter((line) => !before.includes(line))
    await until(async () => (await changed()).length === 3)
    expect((await cosignedState(growing.database, named, at(80)))?.isUncosigned).toBe(false)
    expect((await cosignedState(growing.database, named, at(90)))?.isUncosigned).toBe(true)
  })

  it('and nothing is kept that does not verify by the key of the registry file', async () => {
    tree.follow()
    await growing.append(3)
    const [first, second] = named.witnesses.witnesses
    if (first === undefined || second === undefined) throw new Error('there are no witnesses')
    named = { witnesses: { quorum: 1, witnesses: [{ ...first, key: second.key }] } }
    const cosigning = offerAll()
    await until(async () => (await metrics.registry.metrics()).includes('reason="no-cosignature"'))
    expect((await growing.database.query('select from cosignature')).rowCount).toBe(0)
    expect(cosigning.contradicted()).toEqual([])
  })
})

describe('a log that contradicts what a witness was shown', () => {
  /** A note of another history, signed by the log's own keys: a copy of the record, or a thief. */
  const forged = (size: number, word: string, signers: readonly NoteSigner[] = keys.signers) => {
    const leaves = Array.from({ length: size }, (_, index) => leafHash(Buffer.from(`${word} ${index}`)))
    const note = signedCheckpoint({ origin: keys.origin, size, root: rootOfAll(leaves) }, signers, new Date())
    return `old 0\n\n${note}`
  }

  it('of the same length: it is refused, told on both sides within seconds, and closed', async () => {
    const [fr] = witnesses
    expect((await fr?.add(forged(10, 'other')))?.status).toBe(200)
    tree.follow()
    const cosigning = offerAll()
    const began = performance.now()
    await growing.append(10)
    await until(() => cosigning.contradicted().length === 1)
    expect(cosigning.contradicted()).toEqual(['witness.example/fr'])
    await until(async () => (await status(fr)).alarms.some(({ misdeed }) => misdeed === 'fork'))
    expect(performance.now() - began).toBeLessThan(60_000)
    await until(() => tree.isClosed())
    expect(await logInForce(growing.database)).toMatchObject({ published: { size: 10 } })
  })

  it('that is longer, and goes on: the witness refuses it, and has its proof', async () => {
    const [fr] = witnesses
    tree.follow()
    await growing.append(10)
    const cosigning = offerAll()
    await until(async () => (await served()).by.length === 3)
    await cosigning[Symbol.asyncDispose]()
    // The witness is brought to a history that this record has not got.
    await fr?.close()
    await rm(join(folder.path, 'fr', 'data'), { recursive: true })
    witnesses[0] = await start('fr')
    named = nameAll()
    expect((await witnesses[0]?.add(forged(12, 'other')))?.status).toBe(200)
    await growing.append(10)
    const again = offerAll()
    await until(() => again.contradicted().length === 1)
    await until(async () => (await status(witnesses[0])).alarms.some(({ misdeed }) => misdeed === 'inconsistent'))
    await until(() => tree.isClosed())
  })

  it('that it has lost: known before anything is appended, by whoever has the proof', async () => {
    const needs = { database: growing.database, log: quiet, now: () => new Date() }
    await growing.append(5)
    await recallPublished(needs, named)
    expect((await logInForce(growing.database)).closedAt).toBeUndefined()
    // Signed by one of the two keys it is no proof: one of them may be broken one day.
    const [classic] = keys.signers
    if (classic === undefined) throw new Error('there is no key')
    await witnesses[1]?.add(forged(30, 'other', [classic]))
    await recallPublished(needs, named)
    expect((await logInForce(growing.database)).closedAt).toBeUndefined()
    await witnesses[2]?.add(forged(40, 'other'))
    await recallPublished(needs, named)
    expect(await logInForce(growing.database)).toMatchObject({ published: { size: 40 }, closedAt: expect.any(Date) })
  })

  it('and at the start nobody waits long for witnesses that are away', async () => {
    await Promise.all(witnesses.map((witness) => witness.close()))
    const needs = { database: growing.database, log: quiet, now: () => new Date() }
    await recallPublished(needs, named, 500)
    expect((await logInForce(growing.database)).closedAt).toBeUndefined()
  })

  it('without a proof it is an alarm and no more', async () => {
    tree.follow()
    await growing.append(10)
    const [fr] = witnesses
    const [classic] = keys.signers
    if (classic === undefined) throw new Error('there is no key')
    await fr?.add(forged(10, 'other', [classic]))
    const cosigning = offerAll()
    await until(() => cosigning.contradicted().length === 1)
    await until(async () => (await served()).by.length === 2)
    expect(tree.isClosed()).toBe(false)
  })

  it('is offered to nobody once it is closed', async () => {
    await growing.append(10)
    await closeLog(growing.database, { size: 20, root: undefined }, new Date())
    tree.follow()
    const cosigning = offerAll()
    await until(() => tree.isClosed())
    await cosigning[Symbol.asyncDispose]()
    expect(await Promise.all(witnesses.map(async (one) => (await status(one)).logs[0]?.size))).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
})

type Status = { readonly logs: { readonly size?: number }[]; readonly alarms: { readonly misdeed: string }[] }
async function status(witness: TestWitness | undefined): Promise<Status> {
  return (await (await fetch(`${witness?.url}/status`)).json()) as Status
}
