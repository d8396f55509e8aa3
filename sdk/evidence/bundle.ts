/** The form of an evidence bundle (protocol section 10), and what is signed in it, opened. */
import { acknowledgement, envelope, receipt, type Receipt } from '../message.ts'
import { exactly, isObject, listOf, oneOf, optional, type Reader, record, ShapeFault, text } from '../shape.ts'
import { utf8 } from './bytes.ts'
import { type Certificate, readCertificate } from './certificate.ts'
import { type Crl, readCrl } from './crl.ts'
import { EvidenceFault, type EvidenceCode, faultedAs } from './faults.ts'
import { type Proof, readProof } from './proof.ts'
import { type MediaType, open, type Opened } from './signed.ts'
import { parseStrict } from './strict-json.ts'

/** A leaf of the log in the bundle: what was signed, its proof, and where it stands (a JSON Pointer). */
export type Leaf<T> = { readonly where: string; readonly jws: Opened<T>; readonly proof: Proof; readonly at: Date }

export type Bundle = {
  readonly message: Opened<Message> | undefined
  readonly receipts: readonly Leaf<Receipt>[]
  readonly parties: readonly Leaf<Entry>[]
  readonly erasure: readonly Leaf<Act>[]
  readonly certificates: readonly Certificate[]
  readonly crls: readonly Crl[]
  readonly schema: { readonly id: string; readonly sha256: string }
}
export type Message = ReturnType<typeof envelope>

const entry = exactly({
  entryId: text,
  at: text,
  gateway: text,
  party: exactly({
    id: text,
    country: optional(oneOf('FR', 'GB')),
    kind: optional(text),
    roles: optional(listOf(text)),
    status: optional(oneOf('active', 'suspended')),
    certificates: listOf(exactly({ use: oneOf('tls', 'signing'), thumbprint: text })),
  }),
})
export type Entry = ReturnType<typeof entry>

/** Acts have more members than one of erasure: they are read, and then judged. */
const act = record({
  actId: text,
  at: text,
  gateway: text,
  act: text,
  operator: optional(text),
  caseId: optional(text),
})
export type Act = ReturnType<typeof act>

const MOST_ITEMS = 2_000
/** A list of one kind of item. What is longer no gateway makes, and takes a verifier long. */
const bounded =
  <T>(item: Reader<T>): Reader<readonly T[]> =>
  (value, pointer) => {
    const items = listOf(item)(value, pointer)
    if (items.length > MOST_ITEMS) throw new ShapeFault(pointer, `a list of at most ${MOST_ITEMS}`)
    return items
  }

const form = exactly({
  version: (value: unknown) => value,
  message: optional(text),
  receipts: bounded(exactly({ receipt: text, proof: text })),
  parties: bounded(exactly({ entry: text, proof: text })),
  erasure: optional(bounded(exactly({ act: text, proof: text }))),
  certificates: bounded(text),
  crls: bounded(text),
  schema: exactly({ id: text, sha256: text }),
})

const VERSION = 1
const LARGEST_BUNDLE = 64 * 1024 * 1024

/**
 * Takes a bundle, as text, bytes or parsed JSON, and revocation lists that are not in it; gives it opened, and nothing of it verified.
 * Throws EvidenceFault.
 */
export async function openBundle(source: unknown, lists: readonly string[]): Promise<Bundle> {
  const { message, receipts, parties, erasure = [], certificates, crls, schema } = await readForm(source)
  const readCertificates = await inTurn(certificates, (pem, at) =>
    faultedAs('certificate-malformed', `/certificates/${at}`, () => readCertificate(pem)),
  )
  const readCrls = await inTurn([...crls, ...lists], (pem, at) =>
    faultedAs('crl-malformed', `/crls/${at}`, () => readCrl(pem)),
  )
  return {
    receipts: await inTurn(receipts, ({ receipt: jws, proof }, at) =>
      openLeaf('receipt', `/receipts/${at}`, jws, 'delivery-receipt+jws', wholeReceipt, proof),
    ),
    parties: await inTurn(parties, ({ entry: jws, proof }, at) =>
      openLeaf('entry', `/parties/${at}`, jws, 'registry-entry+jws', entry, proof),
    ),
    erasure: await inTurn(erasure, ({ act: jws, proof }, at) =>
      openLeaf('act', `/erasure/${at}`, jws, 'operator-act+jws', act, proof),
    ),
    message:
      message === undefined
        ? undefined
        : await faultedAs('message-malformed', '/message', () => open(message, 'safeguarding-message+jws', envelope)),
    certificates: readCertificates,
    crls: readCrls,
    schema,
  }
}

/** One behind the other: the first fault decides. */
async function inTurn<Item, Made>(
  items: readonly Item[],
  make: (item: Item, at: number) => Promise<Made>,
): Promise<readonly Made[]> {
  const made: Made[] = []
  for (const [at, item] of items.entries()) made.push(await make(item, at))
  return made
}

async function readForm(source: unknown) {
  const value = await faultedAs('bundle-malformed', '', () => parse(source))
  if (isObject(value) && value['version'] !== VERSION) throw new EvidenceFault('bundle-version', '/version')
  return await faultedAs('bundle-malformed', '', () => form(value, ''))
}

function parse(source: unknown): unknown {
  if (typeof source !== 'string' && !(source instanceof Uint8Array)) return source
  if (source.length > LARGEST_BUNDLE) throw new ShapeFault('', 'small enough')
  return parseStrict(typeof source === 'string' ? utf8(source) : source)
}

async function openLeaf<T extends { readonly at: string }>(
  kind: 'receipt' | 'entry' | 'act',
  where: string,
  compact: string,
  typ: MediaType,
  payloadOf: Reader<T>,
  proof: string,
): Promise<Leaf<T>> {
  const malformed: EvidenceCode = `${kind}-malformed`
  const jws = await faultedAs(malformed, `${where}/${kind}`, () => open(compact, typ, payloadOf))
  const at = new Date(jws.payload.at)
  if (Number.isNaN(at.getTime())) throw new EvidenceFault(malformed, `${where}/${kind}`)
  return { where, jws, at, proof: await faultedAs('proof-malformed', `${where}/proof`, () => readProof(proof)) }
}

/** A receipt of an accepted message, with the members that section 6 gives its event. */
const wholeReceipt: Reader<Receipt> = (value, pointer) => {
  const read = receipt(value, pointer)
  const { event, messageId, caseId, type, from, to, attempt } = read
  const isWhole = [messageId, caseId, type, from, to, attempt].every((member) => member !== undefined)
  const isAnswer = event === 'ContentHandover' || event === 'ConsignmentRejection'
  const isAcceptance = event === 'SubmissionAcceptance'
  if (!isWhole || isAnswer !== (read.acknowledgement !== undefined) || isAcceptance !== (read.crl !== undefined))
    throw new ShapeFault(pointer, `a receipt of ${event}`)
  return read
}

/** Opens the acknowledgement that a receipt carries. Throws EvidenceFault. */
export function openAcknowledgement(compact: string, where: string) {
  return faultedAs('acknowledgement-malformed', where, () =>
    open(compact, 'safeguarding-acknowledgement+jws', acknowledgement),
  )
}
