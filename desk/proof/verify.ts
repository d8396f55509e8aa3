import {
  type Directory,
  type Evidence,
  EvidenceFault,
  type EvidenceTrust,
  type MlDsa,
  type Receipt,
  SdkFault,
  type Text,
  verifyBundle,
  verifyReceipt,
  type WellKnown,
} from '../../sdk/browser.ts'
import { directory, wellKnown } from '../../sdk/answers.ts'
import { trustFile } from '../../sdk/evidence/trust.ts'
import { isObject, parseJson, record } from '../../sdk/shape.ts'

/** Proof without a line: what a file is, whom to believe, and what comes of it. */

/** What the gateway publishes, as this device noted it or a file holds it. */
export type Published = { readonly wellKnown: WellKnown; readonly directory: Directory }

/** What somebody has brought to believe by: never taken from what is to be proven. */
export type Brought = {
  readonly anchors: readonly string[]
  readonly logKeys: readonly string[]
  readonly witnesses?: EvidenceTrust['witnesses']
  readonly quorum?: number
  readonly crls?: readonly string[]
  readonly published?: Published
}

export type Verdict =
  | { readonly is: 'bundle'; readonly evidence: Evidence }
  | { readonly is: 'receipt'; readonly receipt: Receipt }
  /** It proves nothing, and why. */
  | { readonly is: 'refused'; readonly code: string; readonly text: Text; readonly where: string }
  | { readonly is: 'neither' | 'no-anchors' | 'nothing-known' | 'too-large' }

/** What a verifier reads at most (as in `sdk/evidence/`). */
const LARGEST = 64 * 1024 * 1024
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/

/** Takes a file and whom to believe; gives what it proves. It asks nobody. */
export async function verifyFile(file: Blob, brought: Brought): Promise<Verdict> {
  if (file.size > LARGEST) return { is: 'too-large' }
  const bytes = new Uint8Array(await file.arrayBuffer())
  const text = new TextDecoder().decode(bytes).trim()
  const compact = COMPACT.test(text) ? text : receiptIn(bytes)
  if (compact !== undefined) return await verifyOne(compact, brought)
  if (!text.startsWith('{')) return { is: 'neither' }
  return await verifyWhole(bytes, brought)
}

/** The receipt in an answer that was saved whole, such as that to a submission. */
function receiptIn(bytes: Uint8Array): string | undefined {
  try {
    const value = parseJson(bytes)
    const held = isObject(value) && !Object.hasOwn(value, 'receipts') ? value['receipt'] : undefined
    return typeof held === 'string' && COMPACT.test(held) ? held : undefined
  } catch {
    return undefined
  }
}

async function verifyOne(compact: string, { published }: Brought): Promise<Verdict> {
  if (published === undefined) return { is: 'nothing-known' }
  try {
    return { is: 'receipt', receipt: await verifyReceipt(compact, published.wellKnown, published.directory) }
  } catch (fault) {
    if (fault instanceof SdkFault) return { is: 'refused', code: fault.code, text: fault.text, where: '' }
    throw fault
  }
}

async function verifyWhole(bytes: Uint8Array, brought: Brought): Promise<Verdict> {
  const { anchors, logKeys, witnesses, quorum, crls } = brought
  if (anchors.length === 0) return { is: 'no-anchors' }
  const trust: EvidenceTrust = {
    anchors,
    logKeys,
    ...(witnesses !== undefined && { witnesses }),
    ...(quorum !== undefined && { quorum }),
    ...(crls !== undefined && { crls }),
  }
  try {
    return { is: 'bundle', evidence: await verifyBundle(bytes, trust, mlDsa) }
  } catch (fault) {
    if (!(fault instanceof EvidenceFault)) throw fault
    return { is: 'refused', code: fault.code, text: fault.text, where: fault.where }
  }
}

/** A library's, loaded where a log has such a key: not every browser verifies ML-DSA by itself. */
const mlDsa: MlDsa = async (kind, { raw }, signed, signature) => {
  const found = await import('@noble/post-quantum/ml-dsa.js')
  const known = { 'ML-DSA-44': found.ml_dsa44, 'ML-DSA-65': found.ml_dsa65, 'ML-DSA-87': found.ml_dsa87 }
  return known[kind].verify(signature, signed, raw)
}

/** What a certificate's file, `passerelle published` or a file of trust adds to what is believed; nothing where a file is none of these. */
export function readTrust(text: string): Partial<Brought> | undefined {
  const anchors = text.match(CERTIFICATE)
  if (anchors !== null && !text.trimStart().startsWith('{')) return { anchors: [...anchors] }
  const bytes = new TextEncoder().encode(text)
  for (const read of [readPublished, readTrustFile]) {
    try {
      return read(parseJson(bytes))
    } catch {
      // It may be the other.
    }
  }
  return undefined
}

const publishedForm = record({ wellKnown, directory })

function readPublished(value: unknown): Partial<Brought> {
  const published = publishedForm(value, '')
  return { published, logKeys: (published.wellKnown.logs ?? []).flatMap(({ verifierKeys }) => verifierKeys) }
}

function readTrustFile(value: unknown): Partial<Brought> {
  const { crlGraceMs: _, ...trust } = trustFile(value, '')
  return trust
}

/** Adds what a file says to what is believed already. */
export function withTrust(brought: Brought, more: Partial<Brought>): Brought {
  const both = (name: 'anchors' | 'logKeys'): readonly string[] => [
    ...new Set([...brought[name], ...(more[name] ?? [])]),
  ]
  return { ...brought, ...more, anchors: both('anchors'), logKeys: both('logKeys') }
}
