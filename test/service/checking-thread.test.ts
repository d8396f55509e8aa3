import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SchemaFiles } from '../../gateway/protocol/catalogue.ts'
import { checkSignature, makeSignature } from '../../gateway/protocol/signature.ts'
import { type Checking, openChecking } from '../../gateway/exchange/checking/thread.ts'
import { loadSchemaFolder } from '../../gateway/exchange/schema-folder.ts'

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const input = Buffer.from('what is signed')

let files: SchemaFiles
let thread: Checking

beforeAll(async () => {
  files = await loadSchemaFolder('schemas')
  thread = openChecking(files)
  await thread.ready
})
afterAll(() => thread.close())

const pairs = {
  ES256: pair,
  ES384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  PS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  EdDSA: generateKeyPairSync('ed25519'),
} as const

test.each(['ES256', 'ES384', 'PS256', 'EdDSA'] as const)(
  '%s: what it signs verifies here, and it verifies what is signed here',
  async (alg) => {
    const { privateKey, publicKey } = pairs[alg]
    const signature = await thread.sign({ alg, key: privateKey, input })
    expect(checkSignature({ alg, key: publicKey, input, signature })).toBe(true)
    const ours = makeSignature({ alg, key: privateKey, input })
    expect(await thread.verify({ alg, key: publicKey, input, signature: ours })).toBe(true)
    ours.writeUInt8(ours.readUInt8(9) ^ 1, 9)
    expect(await thread.verify({ alg, key: publicKey, input, signature: ours })).toBe(false)
  },
)

test('many at once, good and bad mixed, each have their own answer', async () => {
  const answers = await Promise.all(
    Array.from({ length: 100 }, async (_, at) => {
      const own = Buffer.from(`message ${at}`)
      const signature = await thread.sign({ alg: 'ES256', key: pair.privateKey, input: own })
      const other = at % 2 === 0 ? own : Buffer.from('something else')
      return await thread.verify({ alg: 'ES256', key: pair.publicKey, input: other, signature })
    }),
  )
  expect(answers).toEqual(answers.map((_, at) => at % 2 === 0))
})

test.each(['ES256', 'ES384'] as const)('%s: a key that cannot sign fails its own job alone', async (alg) => {
  const bad = thread.sign({ alg, key: pairs[alg].publicKey, input })
  const good = thread.sign({ alg, key: pairs[alg].privateKey, input })
  await expect(bad).rejects.toThrow()
  expect(checkSignature({ alg, key: pairs[alg].publicKey, input, signature: await good })).toBe(true)
})

const asMessage = (payload: string): Buffer => Buffer.from(`header.${Buffer.from(payload).toString('base64url')}`)
const [example] = JSON.parse(readFileSync('schemas/1.0/referral.examples.json', 'utf8')) as object[]

test('a message is read only where its signature verifies', async () => {
  const message = asMessage(JSON.stringify(example))
  const signature = makeSignature({ alg: 'ES256', key: pair.privateKey, input: message })
  const job = { alg: 'ES256' as const, key: pair.publicKey, input: message, signature }
  const reading = await thread.readMessage(job)
  expect(reading).toMatchObject({ envelope: { type: 'referral' }, isValid: true })
  expect(await thread.readMessage({ ...job, input: asMessage('{}') })).toBeUndefined()
})

test('what is no message is told apart from what is none that verifies', async () => {
  const message = asMessage('{"id": 1, "id": 2}')
  const signature = makeSignature({ alg: 'ES256', key: pair.privateKey, input: message })
  const reading = await thread.readMessage({ alg: 'ES256', key: pair.publicKey, input: message, signature })
  expect(reading).toMatchObject({ malformed: { en: expect.stringContaining('twice') } })
})

test('where nobody waits, the thread makes the signatures', async () => {
  const signature = await thread.background.sign({ alg: 'ES256', key: pair.privateKey, input })
  expect(checkSignature({ alg: 'ES256', key: pair.publicKey, input, signature })).toBe(true)
  await expect(thread.background.sign({ alg: 'ES256', key: pair.publicKey, input })).rejects.toThrow()
})

const referral = { from: 'fr-rys', schemaVersion: '1.0', type: 'referral' }
const payload = (change: object): Buffer => Buffer.from(JSON.stringify({ ...example, ...change }))
const sign = (text: string) => {
  const message = asMessage(text)
  const signature = makeSignature({ alg: 'ES256', key: pair.privateKey, input: message })
  return { alg: 'ES256' as const, key: pair.publicKey, input: message, signature }
}

test('where its threads end, others take their place, to which every key is new', async () => {
  await using opened = new AsyncDisposableStack()
  const workers: Worker[] = []
  const note = (worker: Worker): void => void workers.push(worker)
  process.on('worker', note)
  opened.defer(() => void process.off('worker', note))
  const mortal = opened.adopt(openChecking(files), (one) => one.close())
  await mortal.ready
  await expect.poll(() => workers.length).toBe(2)
  const job = sign(JSON.stringify(example))
  expect(await mortal.readMessage(job)).toMatchObject({ isValid: true })
  await Promise.all(workers.map((worker) => worker.terminate()))
  await expect.poll(() => workers.length).toBe(4)
  expect(await mortal.readMessage(job)).toMatchObject({ isValid: true })
  expect(await mortal.explain(referral, payload({ body: {} }))).toContainEqual(
    expect.objectContaining({ pointer: '/body' }),
  )
})

test('what no algorithm is known for is a fault of its own, and no false signature', async () => {
  const job = sign('{}')
  await expect(thread.verify({ ...job, alg: 'none' as 'ES256' })).rejects.toThrow()
  expect(await thread.verify(job)).toBe(true)
})

test('what is wrong with a body is told apart, and only of what is not valid', async () => {
  const faults = await thread.explain(referral, payload({ body: { concerns: 1 } }))
  expect(faults.map(({ pointer }) => pointer)).toContain('/body/concerns')
  expect(await thread.explain({ ...referral, schemaVersion: '9.9' }, payload({}))).toMatchObject([{ pointer: '/type' }])
  await expect(thread.explain(referral, payload({}))).rejects.toThrow('no fault')
})

test('while one agency’s bodies are explained, signatures are checked, and another agency’s comes next', async () => {
  const unknown = Object.fromEntries(Array.from({ length: 15_000 }, (_, at) => [`x${at}`, 1]))
  const worst = payload({ body: { ...unknown, concerns: Array.from({ length: 1_400 }, () => ({})) } })
  let explained = 0
  const flood = Array.from({ length: 30 }, () => thread.explain(referral, worst).then(() => (explained += 1)))
  expect(await thread.verify(sign('{}'))).toBe(true)
  expect(explained).toBeLessThan(5)
  await thread.explain({ ...referral, from: 'gb-ctac' }, payload({ body: {} }))
  expect(explained).toBeLessThan(10)
  await Promise.all(flood)
})

test('a catalogue that names a type without a schema is known before anybody is served', async () => {
  const catalogue = { releases: [{ version: '1.0', status: 'current', types: ['gossip'] }] }
  const broken = openChecking({ ...files, catalogue })
  await expect(broken.ready).rejects.toThrow('gossip')
  await broken.close()
})
