/** The verification of an evidence bundle (protocol section 10): no network, and no trust in whoever made it. */
import type { Receipt } from '../message.ts'
import { type Bundle, type Leaf, type Message, openAcknowledgement, openBundle } from './bundle.ts'
import { type Certificate, readCertificate } from './certificate.ts'
import { type Chains, openChains } from './chains.ts'
import { type Crl, isNamedBy, isSignedBy, revokedSince } from './crl.ts'
import { checkErasure } from './erasure.ts'
import { acceptanceOf, checkOrder, checkSameMessage } from './events.ts'
import { demand, EvidenceFault } from './faults.ts'
import { openLog, type Seen, type Witness } from './log.ts'
import { readVerifierKey } from './note.ts'
import { openParties, type Parties } from './parties.ts'
import type { EvidenceTrust, Proven, ProvenEvent, SignedBy } from './proven.ts'
import type { Verify } from './public-key.ts'
import { checkGatewaySigned, checkSigned, signerOf } from './signatures.ts'
import { digestOf, type Opened } from './signed.ts'

const DAY_MS = 24 * 3_600_000

/** What all checks are made with. */
type Court = {
  readonly trust: EvidenceTrust
  readonly chains: Chains
  readonly verify: Verify
  readonly parties: Parties
  readonly acceptance: Leaf<Receipt>
  readonly said: Receipt & {
    readonly from: string
    readonly to: string
    readonly type: string
    readonly caseId: string
  }
}

/**
 * Verifies a bundle. The checks and their order are those of docs/evidence.md: the first that fails decides.
 * @throws EvidenceFault
 */
export async function prove(source: unknown, trust: EvidenceTrust, verify: Verify): Promise<Proven> {
  const anchors = await Promise.all(trust.anchors.map((pem) => readCertificate(pem)))
  const log = openLog(await policyOf(trust), verify)
  const bundle = await openBundle(source, trust.crls ?? [])
  const { receipts, parties: entries, erasure } = bundle
  checkSameMessage(receipts, [...entries, ...erasure])
  const acceptance = acceptanceOf(receipts)
  const { gateway } = acceptance.jws.payload
  const chains = openChains(bundle.certificates, anchors, bundle.crls, verify)
  const leaves = [
    ...receipts.map((leaf) => ({ leaf, kind: 'receipt' as const })),
    ...entries.map((leaf) => ({ leaf, kind: 'entry' as const })),
    ...erasure.map((leaf) => ({ leaf, kind: 'act' as const })),
  ]
  for (const { leaf, kind } of leaves) await checkGatewaySigned({ chains, verify }, leaf, kind, gateway)
  const seen = new Set<Seen>()
  for (const { leaf, kind } of leaves) seen.add(await log.prove(leaf, kind, gateway))
  checkOrder(receipts)
  const parties = openParties(bundle, acceptance)
  for (const { where, jws, at } of receipts) {
    demand(parties.isPinned(gateway, jws.thumbprint, at), 'signer-not-pinned', `${where}/receipt`)
  }
  const { from = '', to = '', type = '', caseId = '' } = acceptance.jws.payload
  const said = { ...acceptance.jws.payload, from, to, type, caseId }
  const court: Court = { trust, chains, verify, parties, acceptance, said }
  const sender = bundle.message && (await checkSender(court, bundle.message))
  const crl = await checkList(court, bundle, sender)
  const events: ProvenEvent[] = []
  for (const leaf of receipts) events.push(await toEvent(court, leaf))
  const schema = checkSchema(court, bundle)
  return {
    gateway,
    messageId: said.messageId ?? '',
    caseId,
    type,
    from,
    to,
    messageDigest: said.messageDigest,
    message: sender && bundle.message && toMessage(bundle.message, sender),
    erased: checkErasure(acceptance, bundle),
    events,
    checkpoints: [...seen],
    crl,
    schema,
  }
}

async function policyOf({ logKeys, witnesses = [], quorum }: EvidenceTrust) {
  const named = await Promise.all(
    witnesses.map(
      async ({ name, vkey, country }): Promise<Witness> => ({ name, key: await readVerifierKey(vkey), country }),
    ),
  )
  return {
    keys: await Promise.all(logKeys.map((vkey) => readVerifierKey(vkey))),
    witnesses: named,
    quorum: quorum ?? new Set(named.map(({ name }) => name)).size,
  }
}

/** That the sender signed the message of which the receipts speak; gives the path by which its certificate was good. */
async function checkSender(court: Court, message: Opened<Message>): Promise<readonly Certificate[]> {
  const { chains, parties, acceptance, said } = court
  demand((await digestOf(message.bytes)) === said.messageDigest, 'message-digest', '/message')
  const { id, from, to, caseId, type } = message.payload
  const isSame =
    id === said.messageId && from === said.from && to === said.to && caseId === said.caseId && type === said.type
  demand(isSame, 'message-says-otherwise', '/message')
  const certificate = signerOf(chains, message, '/message')
  demand(parties.isPinned(from, message.thumbprint, acceptance.at), 'signer-not-pinned', '/message')
  return await checkSigned(court, message, certificate, acceptance.at, 'message-signature', '/message')
}

/**
 * The list that the receipt names: it was current, and the sender's certificate is not on it. Which certificate that was is not known any
 * more where the message is gone: then one of those that were pinned must have been good.
 */
async function checkList(
  court: Court,
  { crls }: Bundle,
  path: readonly Certificate[] | undefined,
): Promise<Proven['crl']> {
  const { trust, acceptance, said } = court
  const crl = crls.find(({ digest }) => digest === said.crl)
  demand(crl !== undefined, 'crl-missing', '/crls')
  const issuer = path ? await checkUnrevoked(court, crl, path) : await checkAnyOf(court, crl)
  demand(crl.thisUpdate <= acceptance.at, 'crl-not-yet-issued', '/crls')
  const end = crl.nextUpdate.getTime() + (trust.crlGraceMs ?? DAY_MS)
  demand(end >= acceptance.at.getTime(), 'crl-stale', '/crls')
  return { digest: crl.digest, issuer: issuer.subject, thisUpdate: crl.thisUpdate, nextUpdate: crl.nextUpdate }
}

async function checkAnyOf(court: Court, crl: Crl): Promise<Certificate> {
  const { chains, parties, acceptance, said } = court
  const pinned = parties.pinned(said.from, acceptance.at).flatMap((one) => chains.byThumbprint.get(one) ?? [])
  let fault: unknown = new EvidenceFault('signer-unknown', '/parties')
  for (const certificate of pinned) {
    try {
      return await checkUnrevoked(court, crl, await chains.judge(certificate, acceptance.at, '/parties'))
    } catch (error) {
      fault = error
    }
  }
  throw fault
}

/** The list is of the issuer of the certificate, which is not on it; gives the issuer. */
async function checkUnrevoked(
  { verify }: Court,
  crl: Crl,
  [certificate, issuer = certificate]: readonly Certificate[],
): Promise<Certificate> {
  demand(certificate !== undefined && issuer !== undefined, 'signer-unchained', '/crls')
  demand(isNamedBy(crl, issuer), 'crl-of-another-issuer', '/crls')
  demand(await isSignedBy(crl, issuer, verify), 'crl-signature', '/crls')
  demand(revokedSince(crl, certificate.serial) === undefined, 'signer-revoked', '/crls')
  return issuer
}

async function toEvent(court: Court, { where, at, jws: { payload }, proof }: Leaf<Receipt>): Promise<ProvenEvent> {
  const { event, attempt = 0, desk, reason, acknowledgement } = payload
  return {
    event,
    at,
    attempt,
    leafIndex: proof.index,
    ...(desk !== undefined && { desk }),
    ...(reason && { code: reason.code }),
    ...(acknowledgement !== undefined && {
      acknowledgement: await checkWord(court, payload, acknowledgement, at, `${where}/receipt`),
    }),
  }
}

/** The recipient's own word about the message, which the receipt carries. */
async function checkWord(court: Court, receipt: Receipt, compact: string, at: Date, where: string) {
  const { chains, parties, said } = court
  const jws = await openAcknowledgement(compact, where)
  const { messageId, messageDigest, outcome, reason, at: saidAt } = jws.payload
  const isAbout = messageId === said.messageId && messageDigest === said.messageDigest
  demand(isAbout, 'acknowledgement-of-another-message', where)
  const isSame = receipt.event === (outcome === 'accepted' ? 'ContentHandover' : 'ConsignmentRejection')
  demand(isSame && receipt.reason?.code === reason?.code, 'acknowledgement-outcome', where)
  const certificate = signerOf(chains, jws, where)
  demand(parties.isPinned(said.to, jws.thumbprint, at), 'signer-not-pinned', where)
  await checkSigned(court, jws, certificate, at, 'acknowledgement-signature', where)
  return { ...toSigner(jws, certificate), at: saidAt, outcome }
}

function checkSchema({ trust, said }: Court, { schema, message }: Bundle): Proven['schema'] {
  const [version, file] = schema.id.split('/').slice(-2)
  const isOfType = file === `${said.type}.schema.json`
  const isOfRelease = message === undefined || version === message.payload.schemaVersion
  demand(isOfType && isOfRelease, 'schema-of-another-type', '/schema/id')
  const { schemas } = trust
  demand(schemas === undefined || schemas[schema.id] === schema.sha256, 'schema-digest', '/schema/sha256')
  return { ...schema, isCompared: schemas !== undefined }
}

function toMessage(message: Opened<Message>, [certificate]: readonly Certificate[]): Proven['message'] {
  return certificate && { ...toSigner(message, certificate), signedAt: message.signedAt, envelope: message.payload }
}

const toSigner = ({ alg, thumbprint }: Opened<unknown>, { subject }: Certificate): SignedBy => ({
  subject,
  thumbprint,
  alg,
})
