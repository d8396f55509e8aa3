import { parseCertificate, type Registry } from '../identity/identity.ts'
import { CHECKPOINT, type ProofTexts } from '../log/log.ts'
import { isJsonObject, isQuorum, type JsonObject, parseJson, Problem } from '../protocol/protocol.ts'
import {
  type BundleLeaf,
  type Database,
  entriesAround,
  erasingLeaves,
  leavesAbout,
  pinnedCertificates,
  revocationList,
  schemaOf,
  type SealedMessage,
  type Vault,
  type Wakes,
  type Wanted,
} from '../record/record.ts'
import type { Turns } from '../base/base.ts'
import { authoritiesAbove } from './authorities.ts'
import type { Keeping } from './keeping.ts'
import type { Lookup } from './lookup.ts'
import { findSent, openMessage, requireReceived } from './read.ts'

type Needs = {
  readonly database: Database
  readonly vault: Vault
  readonly proofs: ProofTexts
  readonly lookup: Lookup
  readonly wakes: Wakes
  readonly byTurns: Turns
  readonly registry: () => Registry
  readonly keep: Keeping
}

type Proven<Name extends string> = Record<Name | 'proof', string>

/** An evidence bundle (protocol section 10). */
export type Bundle = {
  version: 1
  message?: string
  receipts: Proven<'receipt'>[]
  parties: Proven<'entry'>[]
  /** The acts by which the message's case was erased, where it was. */
  erasure?: Proven<'act'>[]
  certificates: string[]
  crls: string[]
  schema: { id: string; sha256: string }
}

/** A bundle, and where its receipts stand in the record. */
export type Bundled = { readonly bundle: Bundle; readonly receipts: readonly number[] }

/** Evidence bundles for those whose messages they are about. */
export type Evidence = {
  /** @throws Problem `not-found`, `not-yet-published` */
  sent(agency: string, id: string, signal: AbortSignal): Promise<Bundled>
  received(agency: string, from: string, id: string, signal: AbortSignal): Promise<Bundled>
}

/** A receipt is in a checkpoint within 10 s: who asks before that waits. */
const PATIENCE_MS = 12_000
/** And so long for the witnesses' quorum: what they have not cosigned by then is given without them. */
const COSIGNED_MS = 5_000
const LOOK_MS = 1_000
const SOON_S = 2

export function openEvidence(needs: Needs): Evidence {
  const { lookup, byTurns, wakes } = needs
  async function bundle(agency: string, look: () => Promise<SealedMessage>, signal: AbortSignal): Promise<Bundled> {
    // A record from before has no schemas yet.
    await needs.keep([])
    for (const begun = performance.now(); ; ) {
      const message = await look()
      const made = await byTurns(agency, () => makeBundle(needs, message))
      const waited = performance.now() - begun
      if (made !== undefined && (made.isCosigned || waited >= COSIGNED_MS || signal.aborted)) return made
      if (waited >= PATIENCE_MS || signal.aborted)
        throw new Problem('not-yet-published', undefined, { retryAfter: SOON_S })
      await wakes.next(CHECKPOINT, LOOK_MS, signal)
    }
  }
  return {
    async sent(agency, id, signal) {
      const { recipient } = await findSent(needs, agency, id)
      return await bundle(agency, async () => known(await lookup.content(agency, id, recipient)), signal)
    },
    received: (agency, from, id, signal) =>
      bundle(agency, async () => requireReceived(await lookup.content(from, id, agency)), signal),
  }
}

function known(message: SealedMessage | undefined): SealedMessage {
  if (message === undefined) throw new Problem('not-found')
  return message
}

/**
 * Makes the evidence bundle of a message as things stand; undefined where some of it is in no checkpoint yet. Everything is found by an index:
 * it costs the same for a message of any age.
 */
async function makeBundle(
  { database, vault, proofs, registry }: Needs,
  message: SealedMessage,
): Promise<(Bundled & { readonly isCosigned: boolean }) | undefined> {
  const receipts = await leavesAbout(database, message.no)
  const [acceptance] = receipts
  if (acceptance === undefined) throw new Error('an accepted message has no receipt')
  const text = textOf(vault, message)
  const erasure = text === undefined ? await erasingLeaves(database, message.case_id, acceptance.index) : []
  const entries = await entriesOf(database, message, receipts, text)
  const [proven, certificates, crls, schema] = await Promise.all([
    proofs.prove([...receipts, ...entries, ...erasure].map(({ index }) => index)),
    certificatesOf(database, [...receipts, ...entries, ...erasure], text),
    listsOf(database, acceptance),
    schemaOf(database, message.no),
  ])
  if (proven === undefined) return undefined
  if (schema === undefined) throw new Error('the record does not have the schema that a message was judged by')
  const proofOf = ({ index }: BundleLeaf): string => proven.texts.get(index) ?? ''
  const { witnesses } = registry()
  const isCosigned = witnesses === undefined || isQuorum(witnesses, ({ key }) => proven.witnesses.includes(key.name))
  const bundle: Bundle = {
    version: 1,
    ...(text !== undefined && { message: text }),
    receipts: receipts.map((leaf) => ({ receipt: leaf.jws, proof: proofOf(leaf) })),
    parties: entries.map((leaf) => ({ entry: leaf.jws, proof: proofOf(leaf) })),
    ...(text === undefined && { erasure: erasure.map((leaf) => ({ act: leaf.jws, proof: proofOf(leaf) })) }),
    certificates,
    crls,
    schema,
  }
  return { bundle, receipts: receipts.map(({ index }) => index), isCosigned }
}

/** The message as its sender signed it; undefined where its case was erased. */
function textOf(vault: Vault, message: SealedMessage): string | undefined {
  try {
    return openMessage({ vault }, message).toString('latin1')
  } catch (error) {
    if (error instanceof Problem && error.code === 'erased') return undefined
    throw error
  }
}

/**
 * The entries by which the certificates that signed were pinned: the sender's, the recipient's and the gateway's at acceptance, the recipient's
 * when it acknowledged, the gateway's where it signed with another later.
 */
async function entriesOf(
  database: Database,
  { sender, recipient }: SealedMessage,
  receipts: readonly BundleLeaf[],
  text: string | undefined,
): Promise<readonly BundleLeaf[]> {
  const [first] = receipts
  const before = first?.index ?? 0
  const said = first && partOf(first.jws, 1)
  const gateway = typeof said?.['gateway'] === 'string' ? said['gateway'] : ''
  const words = receipts.flatMap(({ index, jws }) => {
    const word = wordIn(jws)
    return word === undefined ? [] : [{ party: recipient, before: index, signer: signerOf(word) }]
  })
  const wanted: readonly (Wanted & { readonly signer: string | undefined })[] = [
    { party: gateway, before, signer: first && signerOf(first.jws) },
    { party: sender, before, signer: text === undefined ? undefined : signerOf(text) },
    { party: recipient, before, signer: undefined },
    ...words,
    ...receipts.slice(1).map(({ index, jws }) => ({ party: gateway, before: index, signer: signerOf(jws) })),
  ]
  const distinct = [...new Map(wanted.toReversed().map((one) => [`${one.party} ${one.signer}`, one])).values()]
  const around = await entriesAround(database, distinct)
  const chosen = distinct.flatMap(({ signer }, at) => choose(around[at] ?? [], signer) ?? [])
  return [...new Map(chosen.map((leaf) => [leaf.index, leaf])).values()].toSorted((a, b) => a.index - b.index)
}

/** The newest that pins the signer; where nobody knows who that was, the newest. */
function choose(entries: readonly BundleLeaf[], signer: string | undefined): BundleLeaf | undefined {
  const pinning = entries.find(({ jws }) => signer !== undefined && pinnedIn(jws).includes(signer))
  return pinning ?? entries[0]
}

/** The signing certificates that an entry names. */
function pinnedIn(jws: string): readonly string[] {
  const { party } = partOf(jws, 1)
  const certificates = isJsonObject(party) && Array.isArray(party['certificates']) ? party['certificates'] : []
  return certificates.flatMap((one) =>
    isJsonObject(one) && one['use'] === 'signing' && typeof one['thumbprint'] === 'string' ? [one['thumbprint']] : [],
  )
}

/** The certificates of all who signed, and of whom the entries name; and the authorities between these and the anchors. */
async function certificatesOf(
  database: Database,
  leaves: readonly BundleLeaf[],
  text: string | undefined,
): Promise<string[]> {
  const signed = [...leaves.map(({ jws }) => jws), ...leaves.flatMap(({ jws }) => wordIn(jws) ?? []), text ?? []].flat()
  const thumbprints = new Set([...signed.map(signerOf), ...leaves.flatMap(({ jws }) => pinnedIn(jws))])
  const pinned = await pinnedCertificates(database, [...thumbprints])
  const leafCertificates = pinned.map((pem) => parseCertificate(pem))
  return [...leafCertificates, ...(await authoritiesAbove(database, leafCertificates))].map(({ pem }) => pem)
}

/** The list that the receipt names, as PEM (RFC 7468 section 6); none where it was too large to be kept. */
async function listsOf(database: Database, acceptance: BundleLeaf): Promise<string[]> {
  const { crl } = partOf(acceptance.jws, 1)
  if (typeof crl !== 'string') return []
  const der = await revocationList(database, Buffer.from(crl.slice('sha-256:'.length), 'base64url'))
  if (der === undefined) return []
  const lines = der.toString('base64').replaceAll(/.{64}(?=.)/g, '$&\n')
  return [`-----BEGIN X509 CRL-----\n${lines}\n-----END X509 CRL-----\n`]
}

/** The recipient's word that a receipt carries. */
function wordIn(jws: string): string | undefined {
  const { acknowledgement } = partOf(jws, 1)
  return typeof acknowledgement === 'string' ? acknowledgement : undefined
}

/** The thumbprint of the certificate that signed. */
function signerOf(jws: string): string {
  const thumbprint = partOf(jws, 0)['x5t#S256']
  if (typeof thumbprint !== 'string') throw new Error('what was signed does not say by whom')
  return thumbprint
}

/** Header (0) or payload (1) of what was verified before it was recorded. */
function partOf(jws: string, part: 0 | 1): JsonObject {
  const value = parseJson(Buffer.from(jws.split('.', 2)[part] ?? '', 'base64url'))
  if (!isJsonObject(value)) throw new Error('what is in the record is no JWS')
  return value
}
