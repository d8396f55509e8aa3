import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { DevelopmentPki } from '../../certs-dev/tree.ts'
import { type Envelope, digestOf, readIdentity, signEnvelope } from '../../sdk/index.ts'
import { signAcknowledgement } from '../../sdk/sign.ts'
import { makeEnvelope } from './agency.ts'
import type { TestParts } from './parts.ts'

export type Said = { readonly envelope: Envelope; readonly bytes: Buffer; readonly receipt: string }

/** An agency of the registry. */
export const agencyOf = (parts: TestParts, id: string) => {
  const agency = parts.registry().agencies.get(id)
  if (agency === undefined) throw new Error(`${id} is not in the registry`)
  return agency
}

const signerOf = async (pki: DevelopmentPki, id: string) =>
  (await readIdentity(join(pki.folder, 'agencies', id))).signer

/** Signs a message and submits it through the exchange, with all its checks. */
export async function say(
  pki: DevelopmentPki,
  parts: TestParts,
  type: string,
  { from, to, ...more }: { from: string; to: string } & Partial<Envelope>,
): Promise<Said> {
  const envelope = makeEnvelope(type, from, to, more)
  const bytes = Buffer.from(await signEnvelope(envelope, await signerOf(pki, from), parts.now()))
  return { envelope, bytes, receipt: (await resubmit(parts, from, bytes)).receipt }
}

/** Submits bytes that an agency has signed. */
export async function resubmit(parts: TestParts, from: string, bytes: Buffer) {
  const agency = agencyOf(parts, from)
  const [pin] = agency.certificates
  if (pin === undefined) throw new Error(`${from} has no certificate`)
  return await parts.submit({ agency, certificate: pin.certificate }, bytes, randomUUID())
}

/** Has the recipient acknowledge what was said to it. */
export async function acknowledge(pki: DevelopmentPki, parts: TestParts, { envelope, bytes }: Said) {
  const { id, from, to } = envelope
  const word = {
    messageId: id,
    messageDigest: digestOf(bytes.toString()),
    at: parts.now().toISOString(),
    outcome: 'accepted' as const,
  }
  const signed = await signAcknowledgement(word, await signerOf(pki, to), parts.now())
  return await parts.acknowledge(agencyOf(parts, to), from, id, Buffer.from(signed))
}

/** Has the recipient read what was said to it. */
export const read = (parts: TestParts, { envelope: { id, from, to } }: Said): Promise<Buffer> =>
  parts.read(agencyOf(parts, to), from, id)
