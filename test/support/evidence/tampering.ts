import { generateKeyPairSync } from 'node:crypto'
import type { EvidenceCode, EvidenceTrust } from '../../../sdk/evidence/evidence.ts'
import { type BundleDocument, erasedPlan, jws, type Plan, planOf, proofText, signNote, thumbprintOf } from './plan.ts'
import { HOUR, NOW, type World } from './world.ts'

/** One way to falsify a bundle, and the reason for which it must be refused. */
export type Mutation = {
  readonly what: string
  readonly code: EvidenceCode
  /** Before anything is signed: what a dishonest gateway or party could do. */
  readonly plan?: (plan: Plan, world: World) => unknown
  /** Afterwards: what anybody could do who has the bundle. */
  readonly bundle?: (bundle: BundleDocument, world: World) => unknown
  /** In place of the usual message, acknowledged. */
  readonly base?: (world: World) => Plan
  readonly trust?: (trust: EvidenceTrust, world: World) => EvidenceTrust
}

export const receipt = (place: number, change: (payload: Record<string, unknown>) => void) => (plan: Plan) =>
  change(at(plan.receipts, place).payload)
export const at = <T>(list: readonly T[], place: number): T => {
  const found = list.at(place)
  if (found === undefined) throw new Error('no such place')
  return found
}
/** The supervisor's witness cosigns with its key of the other kind. */
export const byMlDsa = (world: World): Plan => ({ ...planOf(world), witnesses: world.witnesses.toSpliced(2, 1) })
/** Turns one bit of a signature over. */
export const spoil = (compact: string): string => {
  const parts = compact.split('.')
  const signature = Buffer.from(parts[2] ?? '', 'base64url')
  signature[5] = (signature[5] ?? 0) ^ 1
  return [parts[0], parts[1], signature.toString('base64url')].join('.')
}
/** Changes what a JWS says and leaves its signature. */
export const rewrite = (compact: string, part: 0 | 1, change: (value: Record<string, unknown>) => void): string => {
  const parts = compact.split('.')
  const value = JSON.parse(Buffer.from(parts[part] ?? '', 'base64url').toString()) as Record<string, unknown>
  change(value)
  parts[part] = Buffer.from(JSON.stringify(value)).toString('base64url')
  return parts.join('.')
}
/** Changes each line of the note at the end of a proof. */
export const editNote = (proof: string, edit: (line: string, place: number) => string | undefined): string => {
  const end = proof.indexOf('\n\n') + 2
  const lines = proof.slice(end).split('\n')
  return proof.slice(0, end) + lines.flatMap((line, place) => edit(line, place) ?? []).join('\n')
}
export const spoilLine = (line: string): string => {
  const cut = line.lastIndexOf(' ') + 1
  const bytes = Buffer.from(line.slice(cut), 'base64')
  bytes[40] = (bytes[40] ?? 0) ^ 1
  return line.slice(0, cut) + bytes.toString('base64')
}
export const everyProof = (bundle: BundleDocument, edit: (proof: string) => string): void => {
  for (const one of [...bundle.receipts, ...bundle.parties, ...(bundle.erasure ?? [])]) one.proof = edit(one.proof)
}
export const erased = (world: World): Plan => erasedPlan(world, ['duty', 'manager'])
export const other = '01a20ea6-ffff-7000-8000-ffffffffffff'

export const revoking = (serial: string) => ({ revoked: [{ serial, at: new Date(NOW.getTime() - 2 * HOUR) }] })

export function pin(entry: Record<string, unknown>, thumbprint: string): void {
  const who = entry['party'] as { certificates: object[] }
  who.certificates = [{ use: 'signing', thumbprint }]
}

export function party(plan: Plan, place: number, id: string): void {
  Object.assign(at(plan.entries, place).payload['party'] as object, { id })
}

export function pinSender(plan: Plan, signer: World['sender']): void {
  plan.message.signer = signer
  plan.certificates.push(signer.pem)
  pin(at(plan.entries, 1).payload, thumbprintOf(signer))
}

export function word(plan: Plan, change: object): void {
  Object.assign(plan.word?.payload ?? {}, change)
}

export function swapProofs({ receipts }: BundleDocument): void {
  const [first, second] = [at(receipts, 0), at(receipts, 1)]
  const proof = first.proof
  first.proof = second.proof
  second.proof = proof
}

/** Adds bytes behind a certificate. */
export const lengthen = (pem: string): string => {
  const der = Buffer.from(pem.split('\n').slice(1, -2).join(''), 'base64')
  return framed('CERTIFICATE', Buffer.concat([der, Buffer.of(5, 0)]))
}
export const framed = (label: string, der: Buffer): string =>
  `-----BEGIN ${label}-----\n${der.toString('base64').replaceAll(/.{1,64}/g, '$&\n')}-----END ${label}-----\n`

/** Signed by the gateway, and in no log. */
export function reissued(compact: string, { gateway }: World): string {
  const [header = '', payload = ''] = compact
    .split('.')
    .map((part) => Buffer.from(part, 'base64url').toString('latin1'))
  const said = JSON.parse(payload) as Record<string, unknown>
  const { typ } = JSON.parse(header) as { typ: string }
  const id = 'actId' in said ? 'actId' : 'receiptId'
  return jws(typ, { payload: { ...said, [id]: other }, signer: gateway })
}

/** Gives one of the entries a proof of a log of the same size, signed by all, in which nothing else is the same. */
export function forkLog({ parties }: BundleDocument, world: World): void {
  const [first] = parties
  if (first === undefined) throw new Error('no entry')
  const size = Number(first.proof.slice(first.proof.indexOf('\n\n') + 2).split('\n')[1])
  const leaves = [first.entry, ...Array.from({ length: size - 1 }, (_, place) => `fork ${place}`)]
  first.proof = proofText(leaves, 0, signNote({ ...world, witnessedAt: new Date(NOW.getTime() + 20_000) }, leaves))
}

export const changeHash = (proof: string): string =>
  proof.replace(/(\nindex \d+\n)[^\n]+/, `$1${Buffer.alloc(32, 1).toString('base64')}`)
export const dropHash = (proof: string): string => proof.replace(/(\nindex \d+\n)[^\n]+\n/, '$1')

/** A key of the right kind that is nobody's. */
export const strangeKey = (): string => {
  const { privateKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  return privateKey
}

/** The bundle less a member. */
export const without = (bundle: BundleDocument, member: keyof BundleDocument): object =>
  Object.fromEntries(Object.entries(bundle).filter(([name]) => name !== member))
