import { createHash, generateKeyPairSync, KeyObject, webcrypto } from 'node:crypto'
import { X509CertificateGenerator } from '@peculiar/x509'
import {
  type Issued,
  type Issuer,
  issue,
  makeCrl,
  makeIntermediate,
  makeRoot,
  type Revocation,
  toPem,
} from '../../../certs-dev/pki.ts'
import { type NoteKind, type NoteSigner, noteSigner } from '../../../gateway/protocol/note-keys.ts'
import type { EvidenceTrust } from '../../../sdk/evidence/evidence.ts'

/** Everybody who has a key in a bundle that tests make, and what only attackers have. */
export type World = {
  readonly now: Date
  readonly root: Issuer
  readonly authority: Issuer
  /** An authority that nobody trusts, under the name of the one that all do. */
  readonly forger: Issuer
  readonly gateway: Issued
  readonly sender: Issued
  readonly recipient: Issued
  readonly stranger: Issued
  /** By the authority, and not good: too early, too late, weak, forged, or another gateway's. */
  readonly lapsed: Issued
  readonly early: Issued
  readonly weak: Issued
  readonly forged: Issued
  readonly otherGateway: Issued
  readonly log: readonly NoteSigner[]
  /** Keys under the log's name that are not the log's. */
  readonly forgedLog: readonly NoteSigner[]
  readonly otherLog: readonly NoteSigner[]
  /** The log that follows on the first where that was closed. */
  readonly successor: readonly NoteSigner[]
  /** The last has two keys. */
  readonly witnesses: readonly NoteSigner[]
  readonly trust: EvidenceTrust
  list(change?: ListChange): Promise<string>
}

export type ListChange = {
  readonly thisUpdate?: Date
  readonly nextUpdate?: Date
  readonly revoked?: readonly Revocation[]
  readonly by?: Issuer
}

export const GATEWAY = 'passerelle-test'
export const HOUR = 3_600_000
const DAY = 24 * HOUR
const YEAR = 365 * DAY
/** Vectors are made of it, so it is always the same. */
export const NOW = new Date('2026-11-24T17:42:31.731Z')

const after = (ms: number) => new Date(NOW.getTime() + ms)
const years = { notBefore: after(-YEAR), notAfter: after(2 * YEAR) }

/** Makes keys, certificates and whom a verifier believes. */
export async function makeWorld(): Promise<World> {
  const root = await makeRoot('C=GB, O=Passerelle test, CN=Root', years)
  const name = 'C=GB, O=Passerelle test, CN=Intermediate'
  const authority = await makeIntermediate(root, name, years)
  const forger = await makeIntermediate(await makeRoot('C=GB, O=Passerelle test, CN=Root', years), name, years)
  const make = (subject: string, validity = years, by = authority, algorithm: 'ES256' | 'EdDSA' | 'ES384' = 'ES256') =>
    issue(by, { subject, validity, use: 'signing', algorithm })
  const log = makeLog(GATEWAY)
  const successor = makeLog(GATEWAY)
  const witnesses = [
    makeSigner('fr.witness.example/1', 'ed25519-cosignature'),
    makeSigner('gb.witness.example/1', 'ed25519-cosignature'),
    makeSigner('supervisor.witness.example/1', 'ed25519-cosignature'),
    makeSigner('supervisor.witness.example/1', 'ml-dsa-44'),
  ]
  const countries = ['FR', 'GB']
  return {
    now: NOW,
    root,
    authority,
    forger,
    gateway: await make(`O=Passerelle test, CN=${GATEWAY}`),
    sender: await make('C=FR, O=fr-rys, CN=fr-rys signing'),
    recipient: await make('C=GB, O=gb-ctac, CN=gb-ctac signing', years, authority, 'EdDSA'),
    stranger: await make('C=GB, O=gb-home-office, CN=gb-home-office signing', years, authority, 'ES384'),
    lapsed: await make('CN=lapsed', { notBefore: after(-YEAR), notAfter: after(-DAY) }),
    early: await make(`CN=${GATEWAY}`, { notBefore: after(DAY), notAfter: after(YEAR) }),
    weak: await makeWeak(authority),
    forged: await make(`CN=${GATEWAY}`, years, forger),
    otherGateway: await make('CN=passerelle-elsewhere'),
    log,
    forgedLog: log.map(({ name, kind }) => makeSigner(name, kind)),
    otherLog: makeLog('passerelle-elsewhere'),
    successor,
    witnesses,
    list: makeLists(authority),
    trust: {
      anchors: [toPem(root.certificate)],
      logKeys: [...log, ...successor].map(({ vkey }) => vkey),
      witnesses: witnesses.map(({ name, vkey }, at) => {
        const country = countries[at]
        return { name, vkey, ...(country !== undefined && { country }) }
      }),
      quorum: 2,
      schemas: { 'https://passerelle.example/schemas/1.1/referral.schema.json': SCHEMA_SHA256 },
    },
  }
}

/** Lists, of which each is made once. */
function makeLists(authority: Issuer): World['list'] {
  const made = new Map<string, Promise<string>>()
  return ({ thisUpdate = after(-HOUR), nextUpdate = after(6 * DAY), revoked = [], by = authority } = {}) => {
    const key = JSON.stringify([thisUpdate, nextUpdate, revoked, by.certificate.serialNumber])
    const list = made.get(key) ?? makeCrl(by, { number: 7, thisUpdate, nextUpdate, revoked })
    made.set(key, list)
    return list
  }
}

export const SCHEMA_SHA256 = createHash('sha256').update('the published bytes').digest('hex')

function makeSigner(name: string, kind: NoteKind): NoteSigner {
  const { privateKey } = kind === 'ml-dsa-44' ? generateKeyPairSync('ml-dsa-44') : generateKeyPairSync('ed25519')
  return noteSigner(name, kind, privateKey)
}

function makeLog(gateway: string): readonly NoteSigner[] {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const name = `${gateway}/${createHash('sha256').update(rawOf(publicKey)).digest('hex').slice(0, 8)}`
  return [noteSigner(name, 'ed25519', privateKey), makeSigner(name, 'ml-dsa-44')]
}

const rawOf = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' }).subarray(-32)

/** A key of 1024 bits, which counts for nothing. */
async function makeWeak(by: Issuer): Promise<Issued> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 1024,
    publicExponent: new Uint8Array([1, 0, 1]),
  }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  if (!('privateKey' in keys)) throw new TypeError('a key pair was asked for')
  const certificate = await X509CertificateGenerator.create({
    subject: 'CN=weak',
    issuer: by.certificate.subjectName,
    serialNumber: '40000000000000000000000000000001',
    ...years,
    publicKey: keys.publicKey,
    signingKey: by.key,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
  })
  const key = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' })
  const pem = toPem(certificate)
  return { crt: pem, pem, key, serial: certificate.serialNumber }
}
