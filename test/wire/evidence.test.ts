import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { issue } from '../../certs-dev/pki.ts'
import { revoke } from '../../certs-dev/tree.ts'
import { type EvidenceTrust, verifyBundle } from '../../sdk/evidence/evidence.ts'
import { readCheckpoint } from '../../sdk/evidence/note.ts'
import { digestOf, makeSigner, newId, PasserelleProblem, signAcknowledgement } from '../../sdk/index.ts'
import { makeEnvelope, openAgency, type TestAgency } from '../support/agency.ts'
import type { BundleDocument } from '../support/evidence/plan.ts'
import { goJobs, goVerdicts } from '../support/evidence/verifiers.ts'
import { temporaryFolder } from '../support/folder.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { askOperations } from '../support/operations.ts'
import { expectProblem } from '../support/problem.ts'
import { openRawAs, type RawClient } from '../support/raw.ts'
import { startWitness, type TestWitness } from '../support/witness.ts'

/** Evidence bundles of a real gateway (protocol section 10). */

const MEMBERS = ['certificates', 'crls', 'message', 'parties', 'receipts', 'schema', 'version']

let gateway: TestGateway
let opened: AsyncDisposableStack
let rys: TestAgency
let ctac: TestAgency
let rysRaw: RawClient
let ctacRaw: RawClient
let trust: EvidenceTrust

beforeAll(async () => {
  gateway = await startGateway()
  opened = new AsyncDisposableStack()
  rys = opened.use(await openAgency(gateway, 'fr-rys'))
  ctac = opened.use(await openAgency(gateway, 'gb-ctac'))
  rysRaw = opened.use(await openRawAs(gateway, 'agencies/fr-rys/tls'))
  ctacRaw = opened.use(await openRawAs(gateway, 'agencies/gb-ctac/tls'))
  const { logs } = (await rysRaw.get('/.well-known/passerelle')).read<{ logs: Log[] }>()
  const witnesses = await openWitnesses(logs)
  const named = witnesses.map(({ verifierKeys: [vkey = ''], url }, at) => {
    const country = ['FR', 'GB'][at]
    return { name: `w${at}`, vkey, url, ...(country !== undefined && { country }) }
  })
  await gateway.changeRegistry((registry) => Object.assign(registry, { witnesses: { quorum: 2, witnesses: named } }))
  trust = {
    anchors: [await readFile(join(gateway.pki.folder, 'trust/ca.crt'), 'utf8')],
    logKeys: logs.flatMap(({ verifierKeys }) => verifierKeys),
    witnesses: named,
    quorum: 2,
    schemas: publishedSchemas(),
  }
})
afterAll(async () => {
  await opened.disposeAsync()
  await gateway[Symbol.asyncDispose]()
})

type Log = { readonly origin: string; readonly verifierKeys: string[] }

/** For France, for the United Kingdom, and for a supervisor. */
async function openWitnesses(logs: readonly Log[]): Promise<readonly TestWitness[]> {
  const folder = opened.use(await temporaryFolder())
  const witnesses: TestWitness[] = []
  for (const name of ['fr', 'gb', 'supervisor']) {
    const place = join(folder.path, name)
    await mkdir(place)
    witnesses.push(
      opened.adopt(await startWitness(place, logs, { name: `witness.example/${name}` }), (one) => one.close()),
    )
  }
  return witnesses
}

/** As somebody would who has the release's files, and its SHA256SUMS. */
function publishedSchemas(): Record<string, string> {
  const file = join(import.meta.dirname, '../../schemas/1.1/referral.schema.json')
  const { $id } = JSON.parse(readFileSync(file, 'utf8')) as { $id: string }
  return { [$id]: createHash('sha256').update(readFileSync(file)).digest('hex') }
}

const refer = (caseId: string) =>
  rys.client.send({ ...makeEnvelope('referral', 'fr-rys', 'gb-ctac', { caseId }), schemaVersion: '1.1' })
const acknowledge = async (messageId: string, outcome: 'accepted' | 'refused' = 'accepted') =>
  ctac.client.acknowledge(
    await ctac.client.read({ from: 'fr-rys', messageId }),
    outcome,
    outcome === 'refused' ? { reason: 'wrong-area' } : {},
  )

const evidenceOf = async (id: string) => {
  const [sent, received] = await Promise.all([
    rysRaw.get(`/v1/messages/${id}/evidence`),
    ctacRaw.get(`/v1/inbox/fr-rys/${id}/evidence`),
  ])
  expect([sent.status, received.status]).toEqual([200, 200])
  return [sent.body, received.body] as const
}

test('of a message that was acknowledged sender and recipient get what proves it, at once and from then on', async () => {
  const { envelope, message } = await refer(newId())
  await acknowledge(envelope.id)
  for (const bundle of await evidenceOf(envelope.id)) {
    const proven = await verifyBundle(bundle, trust)
    expect(proven).toMatchObject({ from: 'fr-rys', to: 'gb-ctac', messageId: envelope.id, type: 'referral' })
    expect(proven.events.map(({ event }) => event)).toEqual([
      'SubmissionAcceptance',
      'ContentConsignment',
      'ContentHandover',
    ])
    expect(proven.message?.envelope).toEqual(envelope)
    const witnesses = proven.checkpoints.flatMap(({ cosigned }) => cosigned.map(({ witness }) => witness))
    expect(new Set(witnesses).size).toBeGreaterThan(1)
    expect(JSON.parse(bundle.toString())).toMatchObject({ version: 1, message })
    expect(Object.keys(JSON.parse(bundle.toString()) as object).toSorted()).toEqual(MEMBERS)
  }
})

test('an erased message is absent from its bundle, which says by whom it was erased and proves all the rest', async () => {
  const caseId = newId()
  const { envelope } = await refer(caseId)
  await acknowledge(envelope.id, 'refused')
  for (const operator of ['duty', 'manager'] as const) {
    await askOperations(gateway, `/api/cases/${caseId}/erase`, {
      operator,
      body: { reason: 'Asked for by the family' },
    })
  }
  for (const bundle of await evidenceOf(envelope.id)) {
    const proven = await verifyBundle(bundle, trust)
    expect(proven).toMatchObject({ message: undefined, erased: { operators: ['duty', 'manager'] } })
    expect(proven.events.at(-1)).toMatchObject({
      event: 'ConsignmentRejection',
      acknowledgement: { outcome: 'refused' },
    })
    expect(bundle.toString()).not.toContain('Asked for')
  }
})

test('Go’s own sumdb follows the log by its tiles, and finds one checkpoint in the next', async () => {
  const checkpoint = async () => (await rysRaw.get('/v1/log/checkpoint')).body.toString()
  const { envelope } = await refer(newId())
  const [bundle] = await evidenceOf(envelope.id)
  const earlier = await checkpoint()
  const later = await refer(newId())
  await evidenceOf(later.envelope.id)
  const note = await checkpoint()
  const { size } = readCheckpoint(note)
  expect(size).toBeGreaterThan(readCheckpoint(earlier).size)
  const path = `0/000${size < 256 ? `.p/${size}` : ''}`
  const tile = (await rysRaw.get(`/v1/log/tile/${path}`)).body
  const [job] = goJobs(JSON.parse(bundle.toString()) as BundleDocument, trust)
  if (job === undefined) throw new Error('a bundle has leaves')
  // The proofs are made of the tile, and not taken from the bundle: they are of a larger tree.
  const leaves = job.leaves.map((leaf) => ({ ...leaf, path: undefined }))
  await using folder = await temporaryFolder()
  const tiles = { [path]: tile.toString('base64') }
  const spoilt = Buffer.from(tile)
  spoilt[0] = (spoilt[0] ?? 0) ^ 1
  const jobs = [
    { ...job, note, earlier, tiles },
    { ...job, note, earlier, tiles: { [path]: spoilt.toString('base64') } },
  ]
  const [good, bad] = await goVerdicts(
    jobs.map((one) => ({ ...one, leaves })),
    folder.path,
  )
  expect(good).toBe('ok')
  expect(bad).not.toBe('ok')
})

test('nobody else learns that there is any', async () => {
  const { envelope } = await refer(newId())
  using dep = await openRawAs(gateway, 'agencies/fr-dep-62/tls')
  expectProblem(await dep.get(`/v1/messages/${envelope.id}/evidence`), 'not-found')
  expectProblem(await dep.get(`/v1/inbox/fr-rys/${envelope.id}/evidence`), 'not-found')
  expectProblem(await ctacRaw.get(`/v1/messages/${envelope.id}/evidence`), 'not-found')
  expectProblem(await rysRaw.get(`/v1/messages/${newId()}/evidence`), 'not-found')
})

test('certificates and lists are those of the time, whatever came after', async () => {
  const { envelope } = await refer(newId())
  const [waiting] = await evidenceOf(envelope.id)
  // The recipient has another signing certificate when it acknowledges.
  const subject = 'C=GB, O=gb-ctac, CN=gb-ctac signing 2'
  const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: gateway.pki.until }
  const made = await issue(gateway.pki.intermediate, { subject, validity, use: 'signing' })
  await gateway.changeRegistry(({ agencies }) => {
    const pins = agencies.find(({ id }) => id === 'gb-ctac')?.['certificates'] as { use: string; pem: string }[]
    pins.splice(0, pins.length, ...pins.filter(({ use }) => use === 'tls'), { use: 'signing', pem: made.pem })
  })
  const word = {
    messageId: envelope.id,
    messageDigest: digestOf((JSON.parse(waiting.toString()) as BundleDocument).message ?? ''),
    at: new Date().toISOString(),
    outcome: 'accepted' as const,
  }
  const signed = await signAcknowledgement(word, makeSigner(made.pem, made.key), new Date())
  expect((await ctacRaw.post(`/v1/inbox/fr-rys/${envelope.id}/acknowledgement`, signed)).status).toBe(200)
  const [before] = await evidenceOf(envelope.id)
  const proven = await verifyBundle(before, trust)
  expect(proven.events.at(-1)?.acknowledgement).toMatchObject({ subject: expect.stringContaining('signing 2') })
  const parties = ({ parties }: BundleDocument) => parties.map(({ entry }) => entry)
  expect(parties(JSON.parse(before.toString()))).toHaveLength(parties(JSON.parse(waiting.toString())).length + 1)

  // All who signed are revoked since.
  const pems = [await readFile(join(gateway.pki.folder, 'agencies/fr-rys/signing.crt'), 'utf8'), made.pem]
  const lists = await keptLists()
  await revoke(
    gateway.pki,
    pems.map((pem) => new X509Certificate(pem).serialNumber),
    new Date(),
  )
  await until(async () => {
    const answer = await rys.client.send(makeEnvelope('referral', 'fr-rys', 'gb-ctac')).catch((error: unknown) => error)
    return answer instanceof PasserelleProblem && answer.code === 'certificate-not-valid'
  })
  const [after] = await evidenceOf(envelope.id)
  const timeless = (bundle: Buffer) => {
    const { receipts, parties: entries, certificates, crls, schema } = JSON.parse(bundle.toString()) as BundleDocument
    return {
      receipts: receipts.map(({ receipt }) => receipt),
      entries: entries.map(({ entry }) => entry),
      certificates,
      crls,
      schema,
    }
  }
  expect(timeless(after)).toEqual(timeless(before))
  await expect(verifyBundle(after, trust)).resolves.toMatchObject({ messageId: envelope.id })
  // One list for all that was accepted by it, and none for what was not.
  expect([lists, await keptLists()]).toEqual([1, 1])
})

async function keptLists(): Promise<number> {
  const record = new Client(gateway.databaseUrl)
  await record.connect()
  try {
    return ((await record.query('select count(*)::int from revocation_list')).rows[0] as { count: number }).count
  } finally {
    await record.end()
  }
}
