import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { issue } from '../../certs-dev/pki.ts'
import { agencies as standard } from '../../certs-dev/agencies.ts'
import { revoke } from '../../certs-dev/tree.ts'
import { parseCertificate } from '../../gateway/identity/certificate.ts'
import { type Directory, openCallerCheck, verifyMessage, verifyReceipt, type WellKnown } from '../../sdk/index.ts'
import { thumbprintOf } from '../../sdk/keys.ts'
import { makeEnvelope } from '../support/agency.ts'
import { forge, signerOf } from '../support/forge.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { expectProblem } from '../support/problem.ts'
import { openRawAs, type RawClient } from '../support/raw.ts'

/** Protocol section 1: the well-known document and the directory, and what they keep of the past. */

let gateway: TestGateway
let rys: RawClient
let ctac: RawClient

beforeAll(async () => {
  gateway = await startGateway()
  rys = await openRawAs(gateway, 'agencies/fr-rys/tls')
  ctac = await openRawAs(gateway, 'agencies/gb-ctac/tls')
})

afterAll(async () => {
  rys[Symbol.dispose]()
  ctac[Symbol.dispose]()
  await gateway[Symbol.asyncDispose]()
})

const wellKnown = async () => (await rys.get('/.well-known/passerelle')).read<WellKnown & { logs: object[] }>()
const directory = async () => (await ctac.get('/v1/agencies')).read<Directory>()
const entryOf = async (id: string) => (await directory()).agencies.find((agency) => agency.id === id)

test('a caller is told which agency it is, and by which certificate', async () => {
  for (const [client, id] of [
    [rys, 'fr-rys'],
    [ctac, 'gb-ctac'],
  ] as const) {
    const tls = parseCertificate(await readFile(join(gateway.pki.folder, `agencies/${id}/tls.crt`), 'utf8'))
    const notAfter = tls.notAfter.toISOString().replace('.000', '')
    expect((await client.get('/v1/caller')).read<object>()).toEqual({
      id,
      certificate: { thumbprint: tls.thumbprint, notAfter },
    })
  }
})

test('the well-known document says who the gateway is, what it takes and how it signs', async () => {
  const pem = await readFile(join(gateway.pki.folder, 'gateway/signing.crt'), 'utf8')
  const tls = parseCertificate(await readFile(join(gateway.pki.folder, 'gateway/tls.crt'), 'utf8'))
  const shown = {
    pem: tls.pem,
    thumbprint: tls.thumbprint,
    notBefore: expect.stringMatching(/Z$/),
    notAfter: expect.stringMatching(/Z$/),
  }
  const document = await wellKnown()
  expect(document).toEqual({
    id: 'passerelle-development',
    environment: 'development',
    protocolVersion: '1',
    schemaVersions: ['1.0', '1.1', '1.2'],
    limits: { messageBytes: 262_144, attachmentBytes: 26_214_400, perMinute: 600 },
    logs: [{ origin: expect.any(String), verifierKeys: [expect.any(String), expect.any(String)], current: true }],
    signingCertificates: [
      {
        pem: expect.stringContaining('BEGIN CERTIFICATE'),
        thumbprint: thumbprintOf(new X509Certificate(pem)),
        notBefore: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        notAfter: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        current: true,
      },
    ],
    tlsCertificates: [{ ...shown, current: true }],
  })
})

test('an endpoint tells the gateway from another agency of the same authority by its TLS certificates', async () => {
  const certificateOf = async (path: string) =>
    new X509Certificate(await readFile(join(gateway.pki.folder, `${path}.crt`), 'utf8'))
  const isGateway = openCallerCheck(wellKnown)
  expect(await isGateway(await certificateOf('gateway/tls'))).toBe(true)
  for (const path of ['agencies/gb-ctac/tls', 'gateway/signing', 'operators/duty/tls'])
    expect([path, await isGateway(await certificateOf(path))]).toEqual([path, false])
})

test('the directory has every agency, with its contact and its signing certificates, and no TLS one', async () => {
  const { agencies } = await directory()
  expect(agencies.map(({ id }) => id).toSorted()).toEqual(standard.map(({ id }) => id).toSorted())
  for (const agency of standard) {
    const { algorithm: _, ...expected } = agency
    const entry = agencies.find(({ id }) => id === agency.id)
    const duty = agency.contact?.outOfHours
    expect(entry).toEqual({
      ...expected,
      status: 'active',
      desks: [],
      ...(duty !== undefined && { dutyTelephone: duty }),
      mailboxRead: false,
      certificates: expect.any(Array),
    })
    const pem = await readFile(join(gateway.pki.folder, `agencies/${agency.id}/signing.crt`), 'utf8')
    const current = entry?.certificates.filter((certificate) => certificate.current)
    expect(current?.map(({ thumbprint }) => thumbprint)).toEqual([thumbprintOf(new X509Certificate(pem))])
  }
  const ours = agencies.find(({ id }) => id === 'fr-rys')?.certificates ?? []
  // The expired one and the revoked one are pinned too: they are told, as what they are.
  expect(ours).toHaveLength(3)
  expect(ours.filter(({ revokedAt }) => revokedAt !== undefined)).toHaveLength(1)
})

test('the directory says whether a mailbox has been read in the last day, and nothing where all is pushed', async () => {
  expect(await entryOf('fr-rys')).toMatchObject({ mailboxRead: false })
  for (const question of ['/v1/inbox', '/v1/inbox?after=']) {
    const asking = question === '/v1/inbox' ? rys : ctac
    expect((await asking.get(question)).status).toBe(200)
  }
  // The directory is made anew once a second at most.
  await until(async () => (await entryOf('fr-rys'))?.['mailboxRead'] === true)
  expect(await entryOf('gb-ctac')).toMatchObject({ mailboxRead: true })
  expect(await entryOf('gb-home-office')).toMatchObject({ mailboxRead: false })
  const trustAnchors = await readFile(join(gateway.pki.folder, 'trust/ca.crt'), 'utf8')
  const deliver = (delivery: object) =>
    gateway.changeRegistry(({ agencies }) => {
      for (const agency of agencies) if (agency.id === 'gb-home-office') Object.assign(agency, { delivery })
    })
  await deliver({ mode: 'push', url: 'https://push.example/', trustAnchors })
  expect(await entryOf('gb-home-office')).not.toHaveProperty('mailboxRead')
  await deliver({ mode: 'mailbox' })
})

test('a certificate that the registry drops stays, as a past one: what it signed can still be verified', async () => {
  const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: gateway.pki.until }
  const issued = await issue(gateway.pki.intermediate, { subject: 'CN=rys second', validity, use: 'signing' })
  const signer = signerOf(issued)
  const pin = { use: 'signing', pem: issued.pem }
  const change = (with_: boolean) =>
    gateway.changeRegistry(({ agencies }) => {
      for (const agency of agencies) {
        if (agency.id !== 'fr-rys') continue
        const pins = agency['certificates'] as { pem: string }[]
        Object.assign(agency, { certificates: with_ ? [...pins, pin] : pins.filter(({ pem }) => pem !== pin.pem) })
      }
    })
  await change(true)
  const message = forge({ payload: makeEnvelope('referral', 'fr-rys', 'gb-ctac'), signer })
  const accepted = await rys.post('/v1/messages', message)
  expect(accepted.status).toBe(202)
  await change(false)
  expectProblem(
    await rys.post('/v1/messages', forge({ payload: makeEnvelope('referral', 'fr-rys', 'gb-ctac'), signer })),
    'unknown-signer',
  )
  const entry = (await entryOf('fr-rys'))?.certificates.find(({ thumbprint }) => thumbprint === signer.thumbprint)
  expect(entry).toMatchObject({ current: false })
  expect(entry).not.toHaveProperty('revokedAt')
  await verifyMessage(message, await directory())
  await verifyReceipt(accepted.read().receipt ?? '', await wellKnown(), await directory(), { message })

  await revoke(gateway.pki, [issued.serial], new Date())
  const told = async () =>
    (await entryOf('fr-rys'))?.certificates.find(({ thumbprint }) => thumbprint === signer.thumbprint)
  await until(async () => (await told())?.revokedAt !== undefined, 5_000)
  await change(true)
  expectProblem(
    await rys.post('/v1/messages', forge({ payload: makeEnvelope('referral', 'fr-rys', 'gb-ctac'), signer })),
    'certificate-not-valid',
  )
})

test('a suspended agency stays in the directory, as suspended; one that the registry drops goes', async () => {
  const before: unknown[] = []
  await gateway.changeRegistry((registry) => {
    before.push(...structuredClone(registry.agencies))
    registry.agencies = registry.agencies.filter(({ id }) => id !== 'fr-dep-59')
    for (const agency of registry.agencies) if (agency.id === 'fr-dep-14') agency.status = 'suspended'
  })
  expect(await entryOf('fr-dep-14')).toMatchObject({ status: 'suspended' })
  expect(await entryOf('fr-dep-59')).toBeUndefined()
  await gateway.changeRegistry((registry) => void Object.assign(registry, { agencies: before }))
})
