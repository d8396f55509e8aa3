import { createHash, createPrivateKey, type KeyObject, randomUUIDv7, sign, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const sender = 'fr-rys'
export const recipient = 'gb-ctac'

/** The size of a full referral on the wire, in bytes: the example nearest to it is the one that is sent. */
const TYPICAL_SIZE = 5 * 1024
const ID = '00000000-0000-7000-8000-000000000000'
const CASE = '00000000-0000-7000-8000-000000000001'

/** Many signed things of one length, side by side in one piece of memory. */
export type Batch = { readonly size: number; readonly ids: readonly string[]; at(index: number): Buffer }

/** An agency's way to sign: the protected header is the same for all that it signs in one second. */
export type Signatory = (typ: string, payload: string, now: Date) => string

/** Reads an agency's signing key and certificate from a development PKI (protocol, section 13). ES256 only. */
export function readSignatory(pki: string, agency: string): Signatory {
  const folder = join(pki, 'agencies', agency)
  const key = createPrivateKey(readFileSync(join(folder, 'signing.key')))
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new Error(`${agency} does not sign with ES256`)
  const { raw } = new X509Certificate(readFileSync(join(folder, 'signing.crt')))
  const thumbprint = createHash('sha256').update(raw).digest('base64url')
  return (typ, payload, now) =>
    signCompact(key, { alg: 'ES256', typ, cty: 'json', iat: seconds(now), 'x5t#S256': thumbprint }, payload)
}

/** The envelope that is sent, as text: the published example of a referral nearest to 5 KiB that names no attachment. */
export function readReferral(schemas: string): string {
  const examples = JSON.parse(readFileSync(join(schemas, '1.0', 'referral.examples.json'), 'utf8')) as Record<
    string,
    unknown
  >[]
  const ours = { id: ID, caseId: CASE, from: sender, to: recipient, priority: 'routine', respondBy: undefined }
  const [nearest] = examples
    .filter((example) => example['attachments'] === undefined)
    .map((example) => JSON.stringify({ ...example, ...ours }))
    .toSorted((a, b) => distanceToTypical(a) - distanceToTypical(b))
  if (nearest === undefined) throw new Error('no example of a referral without an attachment')
  return nearest
}

/** How far a payload, which base64url makes a third longer, is from the typical size. */
function distanceToTypical(payload: string): number {
  return Math.abs(Buffer.byteLength(payload) * (4 / 3) - TYPICAL_SIZE)
}

/** Signs so many distinct referrals, each in a case of its own, each behind what `head` says (an HTTP request's head, or nothing). */
export function signReferrals(
  signatory: Signatory,
  referral: string,
  count: number,
  now: Date,
  head: Head = noHead,
): Batch {
  const ids = Array.from({ length: count }, () => randomUUIDv7())
  return layOut(ids, (id) => {
    const message = signatory('safeguarding-message+jws', referral.replace(ID, id).replace(CASE, randomUUIDv7()), now)
    return head(id, message.length) + message
  })
}

/** Signs the recipient's acknowledgement of each message of a batch; `message` gives its bytes without any head. */
export function signAcknowledgements(
  signatory: Signatory,
  batch: Batch,
  message: (index: number) => Buffer,
  now: Date,
  head: Head,
): Batch {
  const at = now.toISOString()
  return layOut(batch.ids, (messageId, index) => {
    const messageDigest = `sha-256:${createHash('sha256').update(message(index)).digest('base64url')}`
    const payload = JSON.stringify({ messageId, messageDigest, at, outcome: 'accepted' })
    const acknowledgement = signatory('safeguarding-acknowledgement+jws', payload, now)
    return head(messageId, acknowledgement.length) + acknowledgement
  })
}

type Head = (id: string, length: number) => string
const noHead: Head = () => ''

function layOut(ids: readonly string[], make: (id: string, index: number) => string): Batch {
  const size = ids[0] === undefined ? 0 : make(ids[0], 0).length
  const memory = Buffer.alloc(size * ids.length)
  ids.forEach((id, index) => {
    const text = make(id, index)
    if (text.length !== size) throw new Error('signed texts differ in length')
    memory.write(text, index * size, 'latin1')
  })
  return { size, ids, at: (index) => memory.subarray(index * size, (index + 1) * size) }
}

function signCompact(key: KeyObject, header: object, payload: string): string {
  const input = `${encode(JSON.stringify(header))}.${encode(payload)}`
  const signature = sign('sha256', Buffer.from(input, 'latin1'), { key, dsaEncoding: 'ieee-p1363' })
  return `${input}.${signature.toString('base64url')}`
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url')
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000)
}
