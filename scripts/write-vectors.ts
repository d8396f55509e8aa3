/**
 * Writes test/vectors/signed/: signed documents, good and bad, each with its verdict, for whoever writes a client. The keys are made for
 * it and thrown away, so it is written anew as a whole. `node scripts/write-vectors.ts`
 */
import { KeyObject, sign } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { issue } from '../certs-dev/pki.ts'
import { makeDevelopmentPki } from '../certs-dev/tree.ts'
import { digestOf, makeSigner, type Signer } from '../sdk/index.ts'
import { temporaryFolder } from '../test/support/folder.ts'
import { forge, forgeWord, readSigner } from '../test/support/forge.ts'
import { makeEnvelope } from '../test/support/agency.ts'

const FOLDER = new URL('../test/vectors/signed/', import.meta.url).pathname
const MESSAGE = 'safeguarding-message+jws'
const RECEIPT = 'delivery-receipt+jws'
const ACKNOWLEDGEMENT = 'safeguarding-acknowledgement+jws'

type Vector = { readonly typ: string; readonly jws: string; readonly verdict: string; readonly message?: string }

await using folder = await temporaryFolder()
const pki = await makeDevelopmentPki(join(folder.path, 'pki'))
const signerOf = (path: string) => readSigner(pki.folder, path)
const ES256 = await signerOf('agencies/gb-ctac/signing')
const ES384 = await signerOf('agencies/fr-dep-62/signing')
const PS256 = await signerOf('agencies/gb-home-office/signing')
const EdDSA = await signerOf('agencies/gb-la-e09000008/signing')
const gateway = await signerOf('gateway/signing')
const expired = await signerOf('rogue/expired-signing')
const untrusted = await signerOf('rogue/untrusted')
const unknown = await issueUnknown()

const envelope = makeEnvelope('information-request', 'gb-ctac', 'fr-rys')
const message = forge({ payload: envelope, signer: ES256 })
const [head = '', body = '', signature = ''] = message.split('.')
const receipt = (about: string, signer = gateway) =>
  forge({
    typ: RECEIPT,
    signer,
    payload: {
      receiptId: '01a20ea6-f238-7d3a-aff0-dbbaf84bec77',
      event: 'SubmissionAcceptance',
      messageId: envelope.id,
      caseId: envelope.caseId,
      type: envelope.type,
      from: envelope.from,
      to: envelope.to,
      messageDigest: digestOf(about),
      at: new Date().toISOString(),
      gateway: 'passerelle-development',
      attempt: 0,
    },
  })

const good = (typ: string, jws: string, about?: string): Vector => ({
  typ,
  jws,
  verdict: 'good',
  ...(about && { message: about }),
})
const bad = (verdict: string, jws: string, typ = MESSAGE): Vector => ({ typ, jws, verdict })
const withHeader = (header: object) => forge({ header: { ...header }, payload: envelope, signer: ES256 })
const last = message.at(-1) ?? ''

const vectors: Readonly<Record<string, Vector>> = {
  'message-es256': good(MESSAGE, message),
  'message-es384': good(MESSAGE, forge({ payload: { ...envelope, from: 'fr-dep-62' }, signer: ES384 })),
  'message-ps256': good(MESSAGE, forge({ payload: { ...envelope, from: 'gb-home-office' }, signer: PS256 })),
  'message-eddsa': good(MESSAGE, forge({ payload: { ...envelope, from: 'gb-la-e09000008' }, signer: EdDSA })),
  'signature-der': bad('a signature in DER', `${head}.${body}.${derOf(`${head}.${body}`, ES256)}`),
  'signature-short': bad('a signature of the wrong length', `${head}.${body}.${signature.slice(0, -2)}`),
  'signature-of-another': bad(
    'the signature of another message',
    `${head}.${body}.${withHeader({ iat: 1 }).split('.')[2]}`,
  ),
  'signature-zero': bad('r and s are zero', `${head}.${body}.${Buffer.alloc(64).toString('base64url')}`),
  'signature-empty': bad('no signature', `${head}.${body}.`),
  'signature-stray-bits': bad('another spelling of the same signature', message.slice(0, -1) + nextTo(last)),
  'payload-changed': bad(
    'a payload that was not signed',
    `${head}.${encode({ ...envelope, priority: 'routine' })}.${signature}`,
  ),
  'header-none': bad('an algorithm of no list', `${encode({ ...headerOf(head), alg: 'none' })}.${body}.${signature}`),
  'header-other-algorithm': bad('an algorithm that does not fit the key', withHeader({ alg: 'ES384' })),
  'header-hmac': bad('an algorithm of no list', withHeader({ alg: 'HS256' })),
  'header-crit': bad('a member that the header must not have', withHeader({ crit: ['b64'], b64: false })),
  'header-jwk': bad('a member that the header must not have', withHeader({ jwk: { kty: 'EC' } })),
  'header-twice': bad(
    'two members of one name',
    forge({
      headerText: JSON.stringify(headerOf(head)).replace('{', '{"alg":"none",'),
      payload: envelope,
      signer: ES256,
    }),
  ),
  'header-receipt': bad('something else than a message', receipt(message)),
  'parts-two': bad('two parts', `${head}.${body}`),
  'parts-five': bad('five parts', `${message}.x.y`),
  'signer-unknown': bad('a certificate that nobody has', forge({ payload: envelope, signer: unknown })),
  'chain-expired': bad('a certificate that had ended', forge({ payload: envelope, signer: expired })),
  'chain-untrusted': bad('a certificate of another root', forge({ payload: envelope, signer: untrusted })),
  acknowledgement: good(ACKNOWLEDGEMENT, forgeWord(envelope.id, message, await signerOf('agencies/fr-rys/signing'))),
  receipt: good(RECEIPT, receipt(message), message),
  'receipt-other-digest': { ...bad('a receipt for other bytes', receipt(`${message} `), RECEIPT), message },
  'receipt-changed': { ...bad('a receipt that was changed', altered(receipt(message)), RECEIPT), message },
  'receipt-message': { ...bad('something else than a receipt', message, RECEIPT), message },
}

await rm(FOLDER, { recursive: true, force: true })
await mkdir(join(FOLDER, 'certificates'), { recursive: true })
const copy = async (from: string, to: string) => writeFile(join(FOLDER, to), await readFile(join(pki.folder, from)))
await copy('trust/ca.crt', 'anchor.pem')
await copy('trust/intermediate.crt', 'intermediate.pem')
const shown = {
  'agencies/gb-ctac/signing': ES256,
  'agencies/fr-dep-62/signing': ES384,
  'agencies/gb-home-office/signing': PS256,
  'agencies/gb-la-e09000008/signing': EdDSA,
  'agencies/fr-rys/signing': await signerOf('agencies/fr-rys/signing'),
  'gateway/signing': gateway,
  'rogue/expired-signing': expired,
  'rogue/untrusted': untrusted,
}
for (const [path, { thumbprint }] of Object.entries(shown)) {
  const pem = await readFile(join(pki.folder, `${path}.crt`), 'utf8')
  await writeFile(join(FOLDER, 'certificates', `${thumbprint}.pem`), leafOf(pem))
}
for (const [name, { message: about, ...vector }] of Object.entries(vectors)) {
  await mkdir(join(FOLDER, name))
  for (const [file, text] of Object.entries(vector)) await writeFile(join(FOLDER, name, file), `${text}\n`)
  // To the byte: receipts have its digest.
  if (about !== undefined) await writeFile(join(FOLDER, name, 'message'), about)
}
process.stdout.write(`wrote ${FOLDER}\n`)

/** A good certificate that stands nowhere. */
async function issueUnknown(): Promise<Signer> {
  const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: pki.until }
  const { crt, key } = await issue(pki.intermediate, { subject: 'CN=unknown', validity, use: 'signing' })
  return makeSigner(crt, key)
}

function derOf(input: string, { key }: Signer): string {
  if (!(key instanceof KeyObject)) throw new TypeError('a key of another half')
  return sign('sha256', Buffer.from(input), { key, dsaEncoding: 'der' }).toString('base64url')
}

function headerOf(part: string): object {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as object
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

/** The same bits of the bytes, and others where none are. */
function nextTo(character: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return alphabet[alphabet.indexOf(character) + 1] ?? ''
}

function altered(jws: string): string {
  const [protectedHeader = '', payload = '', mark = ''] = jws.split('.')
  return `${protectedHeader}.${encode({ ...headerOf(payload), event: 'ContentHandover' })}.${mark}`
}

function leafOf(pem: string): string {
  const end = '-----END CERTIFICATE-----\n'
  return pem.slice(0, pem.indexOf(end) + end.length)
}
