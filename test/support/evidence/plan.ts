import { constants, createHash, createPrivateKey, type KeyObject, sign, X509Certificate } from 'node:crypto'
import { type Issued, toPem } from '../../../certs-dev/pki.ts'
import { formatNote, checkpointText } from '../../../gateway/protocol/note.ts'
import { type NoteSigner, signCheckpoint } from '../../../gateway/protocol/note-keys.ts'
import { GATEWAY, HOUR, type ListChange, NOW, SCHEMA_SHA256, type World } from './world.ts'

export type Payload = Record<string, unknown>

/** A bundle as the gateway gives it: `erasure` where the message is absent. */
export type BundleDocument = {
  version: number
  message?: string
  receipts: { receipt: string; proof: string }[]
  parties: { entry: string; proof: string }[]
  erasure?: { act: string; proof: string }[]
  certificates: string[]
  crls: string[]
  schema: { id: string; sha256: string }
}

/** What is signed before there is a bundle: change it, and everything is signed anew, as a dishonest party or gateway could. */
export type Plan = {
  message: Statement
  entries: Statement[]
  receipts: Statement[]
  acts: Statement[]
  /** Whether the message is in the bundle. */
  isErased: boolean
  /** The recipient's word, which the last receipt carries. */
  word: Statement | undefined
  list: ListChange
  /** The digest of another list in the receipt than the one in the bundle. */
  namedList: string | undefined
  log: readonly NoteSigner[]
  witnesses: readonly NoteSigner[]
  witnessedAt: Date
  /** What else the gateway puts into the bundle. */
  certificates: string[]
  /** From which receipt on they are in a log that has succeeded the first, and by whom it is signed. */
  succeeded: { readonly from: number; readonly log: readonly NoteSigner[] } | undefined
  /** In which order the leaves stand in the log. */
  order: readonly ('entries' | 'receipts' | 'acts')[]
}
export type Statement = { payload: Payload; signer: Issued }

const CASE = '01a20ea6-f1d3-79e8-87bb-44eefdb7e69f'
const MESSAGE = '01a20ea6-f1d3-7208-81fb-96ee73443308'
const id = (number: number) => `01a20ea6-0000-7000-8000-${String(number).padStart(12, '0')}`
const at = (ms: number): string => new Date(NOW.getTime() + ms).toISOString()

/** What happens to a message that is acknowledged, as the gateway would sign it. */
export function planOf(world: World, events: readonly string[] = USUAL): Plan {
  const { gateway, sender, recipient } = world
  const party = (number: number, who: Payload, ms: number): Statement => ({
    payload: { entryId: id(number), at: at(ms), gateway: GATEWAY, party: who },
    signer: gateway,
  })
  const agency = (name: string, country: string, certificate: Issued) => ({
    id: name,
    country,
    kind: 'ngo',
    roles: ['referrer', 'coordinator'],
    status: 'active',
    certificates: [
      { use: 'tls', thumbprint: thumbprintOf(world.stranger) },
      { use: 'signing', thumbprint: thumbprintOf(certificate) },
    ],
  })
  return {
    message: { payload: envelope(), signer: sender },
    entries: [
      party(1, { id: GATEWAY, certificates: [{ use: 'signing', thumbprint: thumbprintOf(gateway) }] }, -3 * HOUR),
      party(2, agency('fr-rys', 'FR', sender), -2 * HOUR),
      party(3, agency('gb-ctac', 'GB', recipient), -2 * HOUR),
    ],
    receipts: events.map((event, place) => ({
      payload: { receiptId: id(10 + place), event, ...common(), at: at(place * 1_000), attempt: place === 0 ? 0 : 1 },
      signer: gateway,
    })),
    acts: [],
    isErased: false,
    word: events.some(isAnswer)
      ? {
          payload: {
            messageId: MESSAGE,
            messageDigest: '',
            at: at(1_500),
            outcome: events.includes('ContentHandover') ? 'accepted' : 'refused',
            ...(events.includes('ConsignmentRejection') && { reason: { code: 'not-for-us' } }),
          },
          signer: recipient,
        }
      : undefined,
    list: {},
    namedList: undefined,
    log: world.log,
    witnesses: world.witnesses.slice(0, 3),
    witnessedAt: new Date(NOW.getTime() + 20_000),
    certificates: [gateway, sender, recipient].map(({ pem }) => pem).concat(toPem(world.authority.certificate)),
    order: ['entries', 'receipts', 'acts'],
    succeeded: undefined,
  }
}

/** The same, erased afterwards by these; by the retention where nobody is named. */
export function erasedPlan(world: World, operators: readonly string[]): Plan {
  const plan = planOf(world)
  const acts = operators.length === 0 ? [undefined] : operators
  return {
    ...plan,
    isErased: true,
    acts: acts.map((operator, place) => ({
      payload: {
        actId: id(30 + place),
        at: at((place + 1) * HOUR),
        gateway: GATEWAY,
        act: operator === undefined ? 'retention' : 'erase',
        ...(operator !== undefined && { operator }),
        reasonDigest: digestOf('random bytes and a reason'),
        caseId: CASE,
      },
      signer: world.gateway,
    })),
    witnessedAt: new Date(NOW.getTime() + 4 * HOUR),
  }
}

const USUAL = ['SubmissionAcceptance', 'ContentConsignment', 'ContentHandover']
const isAnswer = (event: unknown) => event === 'ContentHandover' || event === 'ConsignmentRejection'
const common = () => ({
  messageId: MESSAGE,
  caseId: CASE,
  type: 'referral',
  from: 'fr-rys',
  to: 'gb-ctac',
  messageDigest: '',
  gateway: GATEWAY,
})

const envelope = (): Payload => ({
  id: MESSAGE,
  type: 'referral',
  schemaVersion: '1.1',
  from: 'fr-rys',
  to: 'gb-ctac',
  caseId: CASE,
  priority: 'urgent',
  body: { child: { name: 'Synthetic' } },
})

/** Signs everything and puts the bundle together. */
export async function build(world: World, plan: Plan): Promise<BundleDocument> {
  const message = jws('safeguarding-message+jws', plan.message, NOW)
  const messageDigest = digestOf(message)
  const crl = await world.list(plan.list)
  const word = plan.word && withDigest(plan.word, messageDigest)
  const receipts = plan.receipts.map(({ payload, signer }) => {
    const { event } = payload
    return jws('delivery-receipt+jws', {
      signer,
      payload: {
        ...payload,
        ...(payload['messageDigest'] === '' && { messageDigest }),
        ...(event === 'ConsignmentRejection' && { reason: { code: 'not-for-us' } }),
        ...(event === 'SubmissionAcceptance' && !('crl' in payload) && { crl: plan.namedList ?? digestOfPem(crl) }),
        ...(isAnswer(event) && word && { acknowledgement: jws('safeguarding-acknowledgement+jws', word, NOW) }),
      },
    })
  })
  const entries = plan.entries.map((one) => jws('registry-entry+jws', one))
  const acts = plan.acts.map((one) => jws('operator-act+jws', one))
  const later = receipts.slice(plan.succeeded?.from ?? receipts.length)
  const groups = { entries, receipts: receipts.slice(0, receipts.length - later.length), acts }
  const logs = [
    {
      leaves: ['foreign leaf', ...plan.order.flatMap((name) => groups[name]), 'another', 'and one more'],
      log: plan.log,
    },
    ...(plan.succeeded ? [{ leaves: ['who was before', ...later], log: plan.succeeded.log }] : []),
  ].map(({ leaves, log }) => ({ leaves, note: signNote({ ...plan, log }, leaves) }))
  const proofOf = (leaf: string) => {
    const found = logs.find(({ leaves }) => leaves.includes(leaf))
    if (found === undefined) throw new Error('it is in no log')
    return proofText(found.leaves, found.leaves.indexOf(leaf), found.note)
  }
  return {
    version: 1,
    ...(!plan.isErased && { message }),
    receipts: receipts.map((receipt) => ({ receipt, proof: proofOf(receipt) })),
    parties: entries.map((entry) => ({ entry, proof: proofOf(entry) })),
    ...(acts.length > 0 && { erasure: acts.map((act) => ({ act, proof: proofOf(act) })) }),
    certificates: plan.certificates,
    crls: [crl],
    schema: { id: 'https://passerelle.example/schemas/1.1/referral.schema.json', sha256: SCHEMA_SHA256 },
  }
}

export function signNote(
  { log, witnesses, witnessedAt }: Pick<Plan, 'log' | 'witnesses' | 'witnessedAt'>,
  leaves: readonly string[],
): string {
  const [first] = log
  const text = checkpointText({ origin: first?.name ?? '', size: leaves.length, root: rootOf(leaves) })
  return formatNote(
    text,
    [...log, ...witnesses].map((signer) => signCheckpoint(signer, text, witnessedAt)),
  )
}

function withDigest({ payload, signer }: Statement, messageDigest: string): Statement {
  return { signer, payload: { ...payload, ...(payload['messageDigest'] === '' && { messageDigest }) } }
}

export const proofText = (leaves: readonly string[], index: number, note: string): string =>
  [
    'c2sp.org/tlog-proof@v1',
    `index ${index}`,
    ...pathOf(leaves, index).map((hash) => hash.toString('base64')),
    '',
    note,
  ].join('\n')

const sha256 = (...parts: readonly (string | Uint8Array)[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()

/** RFC 6962 2.1 and 2.1.1, as they are written there. */
const cut = (length: number): number => 2 ** (Math.ceil(Math.log2(length)) - 1)
export function rootOf(leaves: readonly string[]): Buffer {
  if (leaves.length === 1) return sha256(Buffer.of(0), leaves[0] ?? '')
  const k = cut(leaves.length)
  return sha256(Buffer.of(1), rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)))
}
function pathOf(leaves: readonly string[], index: number): readonly Buffer[] {
  if (leaves.length <= 1) return []
  const k = cut(leaves.length)
  return index < k
    ? [...pathOf(leaves.slice(0, k), index), rootOf(leaves.slice(k))]
    : [...pathOf(leaves.slice(k), index - k), rootOf(leaves.slice(0, k))]
}

export const digestOf = (bytes: string | Uint8Array): string => `sha-256:${sha256(bytes).toString('base64url')}`
const digestOfPem = (pem: string): string => digestOf(Buffer.from(pem.split('\n').slice(1, -2).join(''), 'base64'))
export const thumbprintOf = ({ pem }: Issued): string => sha256(new X509Certificate(pem).raw).toString('base64url')

const signed = new Map<string, string>()
/** Signs, and gives the same bytes again for the same statement. */
export function jws(typ: string, { payload, signer }: Statement, time?: Date): string {
  const key = JSON.stringify([
    typ,
    payload,
    thumbprintOf(signer),
    createHash('sha256').update(signer.key).digest('hex'),
    time,
  ])
  const made = signed.get(key) ?? makeJws(typ, { payload, signer }, time)
  signed.set(key, made)
  return made
}

/** Signs as section 3 says, by whatever key it is. */
function makeJws(typ: string, { payload, signer }: Statement, time?: Date): string {
  const key = createPrivateKey(signer.key)
  const { alg, make } = algorithmOf(key)
  const said = payload['at']
  const iat = Math.floor((time ?? new Date(typeof said === 'string' ? said : 0)).getTime() / 1000)
  const header = { alg, typ, cty: 'json', iat, 'x5t#S256': thumbprintOf(signer) }
  const signed = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${signed}.${make(Buffer.from(signed)).toString('base64url')}`
}

function algorithmOf(key: KeyObject): { alg: string; make: (data: Buffer) => Buffer } {
  if (key.asymmetricKeyType === 'ed25519') return { alg: 'EdDSA', make: (data) => sign(null, data, key) }
  if (key.asymmetricKeyType === 'rsa') {
    const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    return { alg: 'PS256', make: (data) => sign('sha256', data, { key, ...pss }) }
  }
  const is256 = key.asymmetricKeyDetails?.namedCurve === 'prime256v1'
  const make = (data: Buffer) => sign(is256 ? 'sha256' : 'sha384', data, { key, dsaEncoding: 'ieee-p1363' })
  return { alg: is256 ? 'ES256' : 'ES384', make }
}
