import { execFile } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { appendFile, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { compactVerify } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EvidenceTrust, verifyBundle } from '../../sdk/evidence/evidence.ts'
import { isIncluded, readProof } from '../../sdk/evidence/proof.ts'
import { newId } from '../../sdk/index.ts'
import { makeEnvelope, openAgency, type TestAgency } from '../support/agency.ts'
import { temporaryFolder } from '../support/folder.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { askOperations } from '../support/operations.ts'
import { expectProblem } from '../support/problem.ts'
import { openRawAs, type RawClient } from '../support/raw.ts'
import { startTimeAuthority, type TimeAuthority } from '../support/time-authority.ts'

/** Evidence in its European form (protocol section 10, docs/evidence.md), from a real gateway, with time stamps of OpenSSL's authority. */

const run = promisify(execFile)
const opened = new AsyncDisposableStack()
let folder: string
let authority: TimeAuthority
let gateway: TestGateway
let rys: TestAgency
let ctac: TestAgency
let rysRaw: RawClient
let ctacRaw: RawClient
let trust: EvidenceTrust
let gatewayId: string
/** A message that was handed over, its container, and that of one whose case was erased since. */
let id: string
let container: Opened
let erased: Opened

beforeAll(async () => {
  folder = opened.use(await temporaryFolder()).path
  authority = opened.use(await startTimeAuthority(join(folder, 'tsa')))
  gateway = opened.use(
    await startGateway({
      PASSERELLE_TSA_URL: authority.url,
      PASSERELLE_TSA_ANCHORS: authority.anchors,
      PASSERELLE_TSA_INTERVAL: 'PT1S',
    }),
  )
  rys = opened.use(await openAgency(gateway, 'fr-rys'))
  ctac = opened.use(await openAgency(gateway, 'gb-ctac'))
  rysRaw = opened.use(await openRawAs(gateway, 'agencies/fr-rys/tls'))
  ctacRaw = opened.use(await openRawAs(gateway, 'agencies/gb-ctac/tls'))
  const known = (await rysRaw.get('/.well-known/passerelle')).read<{ id: string; logs: { verifierKeys: string[] }[] }>()
  gatewayId = known.id
  const { logs } = known
  const anchors = [await readFile(join(gateway.pki.folder, 'trust/ca.crt'), 'utf8')]
  trust = { anchors, logKeys: logs.flatMap(({ verifierKeys }) => verifierKeys), witnesses: [], quorum: 0 }
  const caseId = newId()
  const [kept, gone] = await Promise.all([settled(), settled(caseId)])
  for (const operator of ['duty', 'manager'] as const)
    await askOperations(gateway, `/api/cases/${caseId}/erase`, {
      operator,
      body: { reason: 'Asked for by the family' },
    })
  id = kept
  ;[container, erased] = await Promise.all([stamped(id), stamped(gone)])
})
afterAll(() => opened.disposeAsync())

async function settled(caseId = newId()): Promise<string> {
  const { envelope } = await rys.client.send(makeEnvelope('referral', 'fr-rys', 'gb-ctac', { caseId }))
  const message = await ctac.client.read({ from: 'fr-rys', messageId: envelope.id })
  await ctac.client.acknowledge(message, 'accepted')
  return envelope.id
}

/** A container as somebody has it who follows docs/evidence.md. */
type Opened = { readonly place: string; readonly names: readonly string[]; text(name: string): string }

async function unpack(container: Uint8Array): Promise<Opened> {
  const place = await mkdtemp(join(folder, 'one-'))
  await writeFile(join(place, 'evidence.asice'), container)
  await copyFile(join(gateway.pki.folder, 'trust/ca.crt'), join(place, 'anchor.pem'))
  await copyFile(authority.anchors, join(place, 'tsa.pem'))
  const said = await check(place)
  expect(said).toContain('CAdES Verification successful')
  const signer = /commonName +=(.*)\n/.exec(said)?.[1]?.trim().toLowerCase()
  expect(signer).toBe(gatewayId)
  expect(said).not.toContain('not as signed')
  const root = join(place, 'evidence')
  const names = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1))
  return { place, names, text: (name) => readFileSync(join(root, name), 'utf8') }
}

const commands = (): string => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/evidence.md'), 'utf8')
  return /### Checking it with OpenSSL[^]*?```sh\n([^]*?)```/.exec(page)?.[1] ?? ''
}
/** What the page's commands say, as they stand there; of a container that was unpacked already, those behind the first. */
async function check(place: string, script = commands()): Promise<string> {
  const told = await run('bash', ['-c', `{ ${script} } 2>&1`], { cwd: place }).catch(
    (error: { stdout?: string }) => error,
  )
  return String(told.stdout)
}

/** Asks until the first checkpoints were stamped. */
async function stamped(id: string): Promise<Opened> {
  let container = new Uint8Array()
  await until(async () => {
    container = Uint8Array.from(await rys.client.evidence(id, { form: 'asic' }))
    return Buffer.from(container).includes('ContentHandover.tlog-proof')
  })
  return await unpack(container)
}

const EVENTS = ['0001-SubmissionAcceptance', '0002-ContentConsignment', '0003-ContentHandover']

test('a container has the bundle, all that is in it, and time stamps; the page’s commands find it good', async () => {
  const { names, text, place } = container
  const certificates = names.filter((name) => name.startsWith('certificates/'))
  const [folderOfStamp = ''] = names
    .filter((name) => name.endsWith('.tst'))
    .map((name) => name.slice(0, -'/checkpoint.tst'.length))
  expect(names.toSorted()).toEqual(
    [
      'META-INF/ASiCManifest.xml',
      'META-INF/signature.p7s',
      'README.txt',
      'bundle.json',
      ...certificates,
      ...names.filter((name) => /^checkpoints\/[0-9a-f]{8}-\d+\.txt$/.test(name)).slice(0, 1),
      'crls/1.pem',
      ...EVENTS.map((event) => `evidence/${event}.json`),
      'evidence/signature.jws',
      'message.jws',
      'mimetype',
      ...EVENTS.map((event) => `receipts/${event}.jws`),
      ...names.filter((name) => name.startsWith('timestamps/')),
    ].toSorted(),
  )
  const proven = await verifyBundle(Buffer.from(text('bundle.json')), trust)
  expect(proven).toMatchObject({ messageId: id, from: 'fr-rys', to: 'gb-ctac' })
  const received = await ctacRaw.get(`/v1/inbox/fr-rys/${id}`)
  expect(text('message.jws')).toBe(received.body.toString())
  expect(
    (await check(place, commands().slice(commands().indexOf('cd evidence')))).match(/Verification: OK/g)?.length,
  ).toBeGreaterThan(0)
  // Each proof beside a stamp leads from its receipt to the checkpoint that was stamped.
  for (const name of names.filter((one) => one.endsWith('.tlog-proof'))) {
    const proof = readProof(text(name))
    const receipt = text(`receipts/${name.split('/').at(-1)?.replace('.tlog-proof', '.jws') ?? ''}`)
    expect(proof.checkpoint.note).toBe(text(`${name.slice(0, name.lastIndexOf('/'))}/checkpoint.txt`))
    expect(await isIncluded(Buffer.from(receipt), proof)).toBe(true)
  }
  expect(folderOfStamp).toMatch(/^timestamps\/[0-9a-f]{8}-\d+$/)
})

test('its first file says what it is at a fixed place, and other readers of ZIP take it', async () => {
  const answer = await ctacRaw.get(`/v1/inbox/fr-rys/${id}/evidence?form=asic`)
  expect(answer.headers).toMatchObject({
    'content-type': 'application/vnd.etsi.asic-e+zip',
    'content-disposition': `attachment; filename="${id}.asice"`,
  })
  // EN 319 162-1, A.1: name and content with neither compression nor an extra field between.
  expect(answer.body.toString('latin1', 30, 38 + 31)).toBe('mimetypeapplication/vnd.etsi.asic-e+zip')
  expect(answer.body.readUInt16LE(8)).toBe(0)
  expect(answer.body.readUInt16LE(28)).toBe(0)
  const file = join(folder, 'one.zip')
  await writeFile(file, answer.body)
  const { stdout } = await run('python3', [
    '-c',
    'import sys, zipfile; print(zipfile.ZipFile(sys.argv[1]).testzip())',
    file,
  ])
  expect(stdout.trim()).toBe('None')
})

test('receipts are evidence of EN 319 522, which the gateway has signed as JAdES', async () => {
  const { text } = container
  const [accepted, , handedOver] = EVENTS.map(
    (event) => JSON.parse(text(`evidence/${event}.json`)) as Record<string, unknown>,
  )
  const receipt = text(`receipts/${EVENTS[2] ?? ''}.jws`)
  const said = payloadOf(receipt)
  expect(handedOver).toMatchObject({
    version: 'EN319522v1.2.1',
    EvidenceIdentifier: said['receiptId'],
    ERDSEventId: 'http://uri.etsi.org/19522/Event/ContentHandover',
    EventTime: said['at'],
    EvidenceIssuerDetails: { Identifier: said['gateway'], CertificateDetails: {} },
    SenderDetails: { Identifier: 'fr-rys', CertificateDetails: {} },
    RecipientDetails: { Identifier: 'gb-ctac', CertificateDetails: {} },
    SubmissionTime: accepted?.['EventTime'],
    MessageIdentifier: id,
    UserContentInfo: {
      PartsInfo: { PartInfo: [{ DigestValue: createHash('sha256').update(text('message.jws')).digest('base64') }] },
    },
    Extensions: { Extension: [{ receipt }] },
  })
  expect(accepted?.['RecipientDetails']).toEqual({ Identifier: 'gb-ctac' })
  const signature = text('evidence/signature.jws')
  const { publicKey } = new X509Certificate(await readFile(join(gateway.pki.folder, 'gateway/signing.crt')))
  const { protectedHeader } = await compactVerify(signature, publicKey, { crit: { sigD: true } })
  const { pars, hashV } = protectedHeader['sigD'] as { pars: string[]; hashV: string[] }
  expect(pars).toEqual(EVENTS.map((event) => `evidence/${event}.json`))
  expect(hashV).toEqual(pars.map((name) => createHash('sha256').update(text(name)).digest('base64url')))
  // A B-B signature as it stands (TS 119 182-1, 6.3): the message, and each receipt.
  for (const jws of [text('message.jws'), receipt]) {
    const header = JSON.parse(Buffer.from(jws.split('.')[0] ?? '', 'base64url').toString()) as object
    expect(Object.keys(header)).toEqual(expect.arrayContaining(['alg', 'cty', 'iat', 'x5t#S256']))
    expect(header).not.toHaveProperty('sigT')
  }
})

const payloadOf = (jws: string) =>
  JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>

test('a change of any file, one that is missing, one that was added and another manifest are all found', async () => {
  const { place, names } = await unpack(await rys.client.evidence(id, { form: 'asic' }))
  const rest = commands().slice(commands().indexOf('cd evidence'))
  const root = join(place, 'evidence')
  const signed = names.filter((one) => !one.startsWith('META-INF/') && one !== 'mimetype')
  const change = (name: string) => appendFile(join(root, name), ' ')
  await Promise.all([...signed.filter((name) => name !== 'bundle.json').map(change), rm(join(root, 'bundle.json'))])
  await writeFile(join(root, 'added.txt'), 'x')
  const found = [...(await check(place, rest)).matchAll(/^not as signed: (.*)$/gm)].map(([, name = '']) => name)
  expect(found.toSorted()).toEqual([...signed, 'added.txt'].toSorted())
  const manifest = join(root, 'META-INF/ASiCManifest.xml')
  await writeFile(manifest, (await readFile(manifest, 'utf8')).replace(/.*URI="bundle.json".*\n/, ''))
  expect(await check(place, rest)).toContain('CAdES Verification failure')
})

test('of an erased case all but the message is there, and the bundle in it proves who erased', async () => {
  const { names, text } = erased
  expect(names).not.toContain('message.jws')
  expect(text('README.txt')).toContain('the contents of the case were erased')
  expect(await verifyBundle(Buffer.from(text('bundle.json')), trust)).toMatchObject({
    message: undefined,
    erased: { operators: ['duty', 'manager'] },
  })
  const evidence = JSON.parse(text(`evidence/${EVENTS[0] ?? ''}.json`)) as Record<string, unknown>
  expect(evidence['SenderDetails']).toEqual({ Identifier: 'fr-rys' })
})

test('the bundle is what it was, with and without its form, and no other form is', async () => {
  const path = `/v1/messages/${id}/evidence`
  const [plain, json] = [await rysRaw.get(path), await rysRaw.get(`${path}?form=json`)]
  expect(plain.headers['content-type']).toMatch(/^application\/json/)
  expect(Object.keys(plain.read<object>()).toSorted()).toEqual(Object.keys(json.read<object>()).toSorted())
  expect(json.read<object>()).not.toHaveProperty('timestamps')
  expectProblem(await rysRaw.get(`${path}?form=xml`), 'invalid-request')
  expectProblem(await rysRaw.get(`/v1/messages/${newId()}/evidence?form=asic`), 'not-found')
  expectProblem(await rysRaw.get(`/v1/inbox/fr-rys/${id}/evidence?form=asic`), 'not-found')
})
