/** Lays out the development PKI: exactly the tree of protocol section 13. */
import { createPrivateKey } from 'node:crypto'
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseCertificates } from '../gateway/identity/identity.ts'
import { agencies as standard, type DevelopmentAgency, operators } from './agencies.ts'
import {
  type Issued,
  type Issuer,
  issue,
  type KeyAlgorithm,
  keyOf,
  makeCrl,
  makeIntermediate,
  makeRoot,
  type Revocation,
  toPem,
  type Validity,
} from './pki.ts'
import { makePkcs12 } from '../sdk/cli/pkcs12.ts'

/** Of every .p12 here: a browser will not import one without. */
export const P12_PASSWORD = 'passerelle'

/** What a test needs to go on issuing and revoking; of the authorities' keys, the intermediate's alone is on a disk (`sign.ts`). */
export type DevelopmentPki = {
  readonly folder: string
  readonly root: Issuer
  readonly intermediate: Issuer
  /** How long leaves and CRLs made with the tree last. */
  readonly until: Date
  /** What the intermediate's CRL lists, and its number. */
  readonly revoked: Revocation[]
  crlNumber: number
}

export type TreeOptions = { readonly now?: Date; readonly agencies?: readonly DevelopmentAgency[] }

const FOLDER_MODE = 0o700
const KEY_MODE = 0o600

const HOUR = 3_600_000
const DAY = 24 * HOUR
const YEAR = 365 * DAY

const ROOT = 'C=GB, O=Passerelle development, CN=Passerelle Development Root CA'
const INTERMEDIATE = 'C=GB, O=Passerelle development, CN=Passerelle Development Intermediate CA'

/** Whether a whole tree stands in the folder (`agencies.json` is written last). */
export async function stands(folder: string): Promise<boolean> {
  return access(join(folder, 'agencies.json')).then(
    () => true,
    () => false,
  )
}

/**
 * Makes the tree, in place of whatever stood there: built beside it and moved in whole, so that nobody reads half of one.
 * @param options `agencies`: further ones beside section 13's
 */
export async function makeDevelopmentPki(folder: string, options: TreeOptions = {}): Promise<DevelopmentPki> {
  const draft = `${folder}.${process.pid}.draft`
  try {
    const pki = await writeTree(draft, options.now ?? new Date(), [...standard, ...(options.agencies ?? [])])
    await rm(folder, { recursive: true, force: true })
    await rename(draft, folder)
    return { ...pki, folder }
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

/** Adds certificates, by serial, to the intermediate's CRL and puts its next number into the trust folder. */
export async function revoke(pki: DevelopmentPki, serials: readonly string[], now: Date): Promise<void> {
  pki.revoked.push(...serials.map((serial) => ({ serial, at: now })))
  pki.crlNumber += 1
  const list = { number: pki.crlNumber, thisUpdate: now, nextUpdate: pki.until, revoked: pki.revoked }
  const file = join(pki.folder, 'trust', 'intermediate.crl')
  await writeFile(`${file}.draft`, await makeCrl(pki.intermediate, list))
  await rename(`${file}.draft`, file)
}

/** Where leaves go, who issues them, how long they last, and whether they are for a server on this machine. */
type Desk = {
  readonly folder: string
  readonly issuer: Issuer
  readonly now: Date
  readonly validity: Validity
  readonly local?: boolean
}

async function writeTree(folder: string, now: Date, agencies: readonly DevelopmentAgency[]): Promise<DevelopmentPki> {
  const authority = { notBefore: after(now, -90 * DAY), notAfter: after(now, 10 * YEAR) }
  const root = await makeRoot(ROOT, authority)
  const intermediate = await makeIntermediate(root, INTERMEDIATE, authority)
  // Of the same names as ours, so that a client that goes by the names the gateway asks for does present it.
  const stranger = await makeIntermediate(await makeRoot(ROOT, authority), INTERMEDIATE, authority)
  // From an hour ago, so that a machine whose clock is slow can use them at once.
  const validity = { notBefore: after(now, -HOUR), notAfter: after(now, 2 * YEAR) }
  const desk = { folder, issuer: intermediate, now, validity }

  await writeLeaf({ ...desk, local: true }, 'gateway/tls', own('localhost'), 'tls')
  await writeLeaf(desk, 'gateway/signing', own('passerelle-development'), 'signing')
  const rogues = await writeRogues(desk, stranger)
  const registry = {
    agencies: await inTurn(agencies, (agency) => writeAgency(desk, agency, agency.id === 'fr-rys' ? rogues.pins : [])),
    operators: await inTurn(operators, (operator) => writeOperator(desk, operator)),
  }

  const list = { number: 1, thisUpdate: validity.notBefore, nextUpdate: validity.notAfter, revoked: [] }
  await write(join(folder, 'trust/ca.crt'), toPem(root.certificate))
  await write(join(folder, 'trust/intermediate.crt'), toPem(intermediate.certificate))
  await write(join(folder, 'trust/ca.crl'), await makeCrl(root, list))
  await write(join(folder, 'trust/intermediate.crl'), await makeCrl(intermediate, { ...list, revoked: rogues.revoked }))
  await write(join(folder, 'authority/intermediate.crt'), toPem(intermediate.certificate))
  await write(join(folder, 'authority/intermediate.key'), await keyOf(intermediate), KEY_MODE)
  await write(join(folder, 'agencies.json'), `${JSON.stringify(registry, null, 2)}\n`)
  return { folder, root, intermediate, until: validity.notAfter, revoked: rogues.revoked, crlNumber: 1 }
}

async function writeAgency(desk: Desk, agency: DevelopmentAgency, furtherPins: readonly Pinned[]) {
  const { algorithm, ...entry } = agency
  const path = `agencies/${agency.id}`
  const subject = (use: string) => `C=${agency.country}, O=${agency.id}, CN=${agency.id} ${use}`
  const tls = await writeLeaf(desk, `${path}/tls`, subject('tls'), 'tls')
  const signing = await writeLeaf(desk, `${path}/signing`, subject('signing'), 'signing', algorithm)
  await write(join(desk.folder, path, 'agency.p12'), bundle(tls, agency.id), KEY_MODE)
  await write(join(desk.folder, path, 'signing.p12'), bundle(signing, agency.id), KEY_MODE)
  const certificates = [pin('tls', tls), pin('signing', signing), ...furtherPins]
  return { ...entry, certificates, delivery: { mode: 'mailbox' }, status: 'active' }
}

async function writeOperator(desk: Desk, { id, name }: { id: string; name: string }) {
  const tls = await writeLeaf(desk, `operators/${id}/tls`, own(`operator ${id}`), 'tls')
  await write(join(desk.folder, `operators/${id}/tls.p12`), bundle(tls, `operator ${id}`), KEY_MODE)
  return { id, name, certificates: [pin('tls', tls)] }
}

/** Certificates that the gateway must refuse, each for its own reason; the signing ones are pinned, so that the pin is not the reason. */
async function writeRogues(desk: Desk, stranger: Issuer): Promise<{ revoked: Revocation[]; pins: Pinned[] }> {
  const past = { notBefore: after(desk.now, -60 * DAY), notAfter: after(desk.now, -DAY) }
  const rogue = (at: Desk, name: string, use: 'tls' | 'signing') =>
    writeLeaf(at, `rogue/${name}`, own(`rogue ${name}`), use)
  await rogue({ ...desk, validity: past }, 'expired', 'tls')
  await rogue(desk, 'unregistered', 'tls')
  await rogue({ ...desk, issuer: stranger }, 'untrusted', 'tls')
  const revoked = await rogue(desk, 'revoked', 'tls')
  const expiredSigning = await rogue({ ...desk, validity: past }, 'expired-signing', 'signing')
  const revokedSigning = await rogue(desk, 'revoked-signing', 'signing')
  return {
    revoked: [revoked, revokedSigning].map(({ serial }) => ({ serial, at: desk.validity.notBefore })),
    pins: [pin('signing', expiredSigning), pin('signing', revokedSigning)],
  }
}

async function writeLeaf(
  { folder, issuer, validity, local = false }: Desk,
  path: string,
  subject: string,
  use: 'tls' | 'signing',
  algorithm: KeyAlgorithm = 'ES256',
): Promise<Issued> {
  const issued = await issue(issuer, { subject, validity, use, algorithm, local })
  await write(join(folder, `${path}.crt`), issued.crt)
  await write(join(folder, `${path}.key`), issued.key, KEY_MODE)
  return issued
}

type Pinned = { readonly use: 'tls' | 'signing'; readonly pem: string }

function pin(use: 'tls' | 'signing', { pem }: Issued): Pinned {
  return { use, pem }
}

function bundle({ key, crt }: Issued, name: string): Buffer {
  const pkcs8 = createPrivateKey(key).export({ type: 'pkcs8', format: 'der' })
  const chain = parseCertificates(crt).map(({ der }) => der)
  return makePkcs12(pkcs8, chain, { name, password: P12_PASSWORD })
}

function own(commonName: string): string {
  return `C=GB, O=Passerelle development, CN=${commonName}`
}

function after(moment: Date, ms: number): Date {
  return new Date(moment.getTime() + ms)
}

async function write(file: string, content: string | Buffer, mode?: number): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: FOLDER_MODE })
  await writeFile(file, content, mode === undefined ? {} : { mode })
}

async function inTurn<Item, Result>(items: readonly Item[], act: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  for (const item of items) results.push(await act(item))
  return results
}
