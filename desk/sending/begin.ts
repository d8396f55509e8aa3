import { type Fault, newId, openValidator, sha256, signEnvelope, untold, type AnyEnvelope } from '../../sdk/browser.ts'
import type { Session } from '../shell/session.ts'
import { release } from '../reading/release.ts'
import { known } from './known.ts'
import { inTurn } from './lock.ts'
import type { Enclosed, Signature, Waiting } from './outbox.ts'
import { envelopeOf, neutralName, type Outgoing, type Picture } from './outgoing.ts'

/** What came of beginning: it is in the outbox, or it cannot go out as it is. */
export type Begun =
  | { readonly is: 'begun'; readonly id: string }
  | { readonly is: 'faulty'; readonly faults: readonly Fault[] }
  | { readonly is: 'no-key' }
  | { readonly is: 'gone' }

/**
 * Puts a draft into the outbox: validated, held to what its recipient may be told, with its id, and signed, before its first byte leaves. Whoever begins a draft twice, in whatever tab,
 * finds the first beginning.
 */
export async function begin(session: Session, id: string): Promise<Begun> {
  return await inTurn(`draft ${id}`, async () => {
    const { vault } = session
    const isThere = async (store: 'outbox' | 'sent') => (await vault.get(store, id)) !== undefined
    if ((await isThere('outbox')) || (await isThere('sent'))) {
      await vault.delete('drafts', id)
      return { is: 'begun', id }
    }
    const draft = await vault.get<Outgoing>('drafts', id)
    if (draft === undefined) return { is: 'gone' }
    if (session.signer === undefined) return { is: 'no-key' }
    const { lost, ...prepared } = await prepare(session, draft)
    const faults = [...lost, ...(await faultsOf(session, prepared.envelope))]
    if (faults.length > 0) return { is: 'faulty', faults }
    const signed = await sign(session, prepared.envelope)
    if (signed === undefined) return { is: 'no-key' }
    const waiting: Waiting = {
      id,
      back: crypto.randomUUID(),
      draft,
      ...prepared,
      put: [],
      signed,
      digests: [signed.digest],
      left: false,
      since: session.now().toISOString(),
      failures: 0,
    }
    await vault.put('outbox', id, waiting)
    await vault.delete('drafts', id)
    return { is: 'begun', id }
  })
}

/** What would go out. */
export type Prepared = {
  readonly envelope: AnyEnvelope
  readonly enclosed: readonly Enclosed[]
  /** Pictures that the draft names and this device no longer has. */
  readonly lost: readonly Fault[]
}

const LOST: Fault = {
  pointer: '/attachments',
  keyword: 'lost',
  message: 'A picture of this draft is no longer on this device: take it out, or take it again',
  messageFr: 'Une image de ce brouillon n’est plus sur cet appareil\u00a0: retirez-la, ou reprenez-la',
}

/** The envelope as it would go out, and what goes with it. */
export async function prepare(
  { agency, vault }: Pick<Session, 'agency' | 'vault'>,
  draft: Outgoing,
): Promise<Prepared> {
  const enclosed: Enclosed[] = []
  const lost: Fault[] = []
  for (const id of draft.attachments) {
    const picture = await vault.get<Picture>('pictures', id)
    if (picture === undefined) {
      lost.push(LOST)
      continue
    }
    const { blob, description = '' } = picture
    const digest = `sha-256:${await sha256(new Uint8Array(await blob.arrayBuffer()))}`
    const attachment = {
      digest,
      mediaType: blob.type,
      size: blob.size,
      name: neutralName(blob.type, digest),
      description: description === '' ? 'Photograph · Photographie' : description,
    }
    if (!enclosed.some((one) => one.attachment.digest === digest)) enclosed.push({ picture: id, attachment })
  }
  const attachments = enclosed.map(({ attachment }) => attachment)
  return { envelope: envelopeOf(draft, agency, attachments, newId), enclosed, lost }
}

/** What the gateway would refuse: the form, and what the recipient is not told. */
export async function faultsOf(session: Session, envelope: AnyEnvelope): Promise<readonly Fault[]> {
  const { validate } = openValidator(await release(envelope.schemaVersion))
  const faults = validate(envelope)
  const published = await known(session)
  return published === undefined ? faults : [...faults, ...untold(envelope, published.rules)]
}

/** Signs an envelope by this device's key, now; nothing where it has none. */
export async function sign(
  { signer, now }: Pick<Session, 'signer' | 'now'>,
  envelope: AnyEnvelope,
): Promise<Signature | undefined> {
  if (signer === undefined) return undefined
  const at = now()
  const message = await signEnvelope(envelope, signer, at)
  return { message, digest: `sha-256:${await sha256(message)}`, at: at.toISOString() }
}
