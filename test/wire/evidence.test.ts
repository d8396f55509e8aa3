import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EvidenceTrust, verifyBundle } from '../../sdk/evidence/evidence.ts'
import { readCheckpoint } from '../../sdk/evidence/note.ts'
import { newId } from '../../sdk/sign.ts'
import { makeEnvelope, openAgency, type TestAgency } from '../support/agency.ts'
import type { BundleDocument } from '../support/evidence/plan.ts'
import { goJobs, goVerdicts } from '../support/evidence/verifiers.ts'
import { temporaryFolder } from '../support/folder.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { askOperations } from '../support/operations.ts'
import { expectProblem } from '../support/problem.ts'
import { openRawAs, type RawClient } from '../support/raw.ts'

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
  const { logs } = (await rysRaw.get('/.well-known/passerelle')).read<{ logs: { verifierKeys: string[] }[] }>()
  trust = {
    anchors: [await readFile(join(gateway.pki.folder, 'trust/ca.crt'), 'utf8')],
    logKeys: logs.flatMap(({ verifierKeys }) => verifierKeys),
    schemas: publishedSchemas(),
  }
})
afterAll(async () => {
  await opened.disposeAsync()
  await gateway[Symbol.asyncDispose]()
})

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

test('the list, the authorities and the certificates are those of the time, whatever came after', async () => {
  const { envelope } = await refer(newId())
  const [before] = await evidenceOf(envelope.id)
  const record = new Client(gateway.databaseUrl)
  await record.connect()
  const counts = async () => (await record.query('select count(*)::int from revocation_list')).rows[0] as object
  const kept = await counts()
  await refer(newId())
  expect(await counts()).toEqual(kept)
  await record.end()
  // The sender's certificate is revoked, and the registry drops it.
  await gateway.changeRegistry((registry) => {
    for (const agency of registry.agencies) if (agency.id === 'fr-rys') agency.status = 'suspended'
  })
  const { body, status } = await ctacRaw.get(`/v1/inbox/fr-rys/${envelope.id}/evidence`)
  expect(status).toBe(200)
  const members = ({ crls, certificates }: { crls: string[]; certificates: string[] }) => ({ crls, certificates })
  expect(members(JSON.parse(body.toString()))).toEqual(members(JSON.parse(before.toString())))
  await expect(verifyBundle(body, trust)).resolves.toMatchObject({ messageId: envelope.id })
  await gateway.changeRegistry((registry) => {
    for (const agency of registry.agencies) agency.status = 'active'
  })
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
