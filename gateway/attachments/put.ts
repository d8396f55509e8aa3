import { createHash } from 'node:crypto'
import { type AttachmentType, MAX_ATTACHMENT_BYTES, Problem, tooLarge } from '../protocol/protocol.ts'
import {
  type Begun,
  beginAttachment,
  type Database,
  dropAttachment,
  finishAttachment,
  renewAttachment,
  type Vault,
} from '../record/record.ts'
import { createSealing } from './chunks.ts'
import { type ContentVerdict, createContentCheck, declaredMediaType } from './content-type.ts'
import type { ChunkStore, ChunkWriter } from './store.ts'

/** Looks for malware in one content after the other; whatever it throws means that nothing can be said. */
export type Scanning = {
  begin(): { write(chunk: Buffer): Promise<void>; end(): Promise<'clean' | 'infected'>; abort(): void }
}

export type Putting = {
  readonly database: Database
  readonly vault: Pick<Vault, 'makeAttachmentKey' | 'reopenAttachmentKey' | 'sealing'>
  /** Where new attachments go. */
  readonly store: ChunkStore
  /** Where those are that were put before. */
  readonly storeOf: (name: string | null) => ChunkStore
  /** Absent where nobody has set one up. */
  readonly scanner?: Scanning | undefined
  /** Bytes of one agency that no message has named. */
  readonly quota: number
  readonly now: () => Date
}

/** An attachment as it comes in. */
export type Incoming = {
  readonly owner: string
  /** What its SHA-256 must turn out to be. */
  readonly digest: Buffer
  /** The request's `Content-Type`. */
  readonly declared: string | undefined
  /** How many bytes are announced, where that is. */
  readonly length: number | undefined
  /** Is read no faster than it can be kept. */
  readonly bytes: AsyncIterable<Buffer>
}

/** What an agency has put; `isNew`: for the first time. */
export type Put = { readonly mediaType: AttachmentType; readonly size: number; readonly isNew: boolean }

/**
 * Takes an attachment as it streams by (protocol section 9): hashed, judged, scanned and sealed at once, and of it no more in memory
 * than two chunks. What is refused, or breaks off, is kept nowhere. What its owner has put before is read and judged again, and not
 * kept a second time; whether anybody else has put it makes no difference.
 * @throws Problem `unsupported-media-type`, `message-too-large`, `attachment-quota`, `attachment-digest-mismatch`, `unavailable`
 */
export async function putAttachment(needs: Putting, incoming: Incoming): Promise<Put> {
  const { owner, digest, declared, length: mostBytes = MAX_ATTACHMENT_BYTES } = incoming
  const mediaType = declaredMediaType(declared ?? '')
  if (mediaType === undefined) throw new Problem('unsupported-media-type')
  if (mostBytes > MAX_ATTACHMENT_BYTES) throw tooLarge(MAX_ATTACHMENT_BYTES)
  if (mostBytes === 0) throw new Problem('unsupported-media-type')

  const name = needs.store.name()
  const { key, begun } = await needs.vault.sealing(async () => {
    const { key, wrapped } = needs.vault.makeAttachmentKey({ owner, digest })
    const about = { owner, digest, mediaType, mostBytes, wrapped, name }
    return { key, begun: await beginAttachment(needs.database, about, needs.now(), needs.quota) }
  })
  if (begun.outcome === 'full') throw new Problem('attachment-quota')
  if (begun.outcome === 'there') return await putAgain(needs, incoming, mediaType, begun)

  const writer = needs.store.begin({ no: begun.no, name, whose: owner })
  let mayBeWhole = false
  try {
    const { size, chunks } = await keep(needs, incoming, mediaType, key, writer)
    mayBeWhole = true
    const outcome = await finishAttachment(needs.database, begun.no, { size, chunks, at: needs.now() })
    if (outcome === 'put') return { mediaType, size, isNew: true }
    mayBeWhole = false
    if (outcome === 'gone') throw new Problem('unavailable', undefined, { retryAfter: RETRY_S })
    await forget(needs, writer, begun.no, false)
    await renew(needs, incoming)
    return { mediaType, size, isNew: false }
  } catch (error) {
    await forget(needs, writer, begun.no, mayBeWhole)
    throw error
  }
}

/** What was deleted while it came in can be put again at once. */
const RETRY_S = 1
/** A scanner that has no answer now may have one then. */
const RETRY_UNSCANNED_S = 5

/**
 * Seals all that comes as it is judged, and writes it; resolves once the store has it durably.
 * @throws Problem as `judge`, or where the store is away
 */
async function keep(
  needs: Putting,
  { digest, bytes }: Incoming,
  mediaType: AttachmentType,
  key: Buffer,
  writer: ChunkWriter,
): Promise<{ readonly size: number; readonly chunks: number }> {
  const sealing = createSealing(key, digest)
  let written = Promise.resolve()
  /** While one chunk is being kept the next is gathered. */
  const write = async (sealed: Buffer): Promise<void> => {
    const chunkNo = sealing.chunks - 1
    await written
    written = writer.write(chunkNo, sealed)
    // Heard of where it is awaited.
    written.catch(() => undefined)
  }
  try {
    const size = await judge(needs, bytes, { digest, mediaType }, async (some) => {
      for (const sealed of sealing.take(some)) await write(sealed)
    })
    await write(sealing.end())
    await written
    await writer.commit()
    return { size, chunks: sealing.chunks }
  } finally {
    await written.catch(() => undefined)
  }
}

/**
 * The owner has put it before. What a store outside the record has lost since is kept anew, under the key and name that it had, so that
 * the messages that name it have it again.
 */
async function putAgain(
  needs: Putting,
  incoming: Incoming,
  mediaType: AttachmentType,
  { no, name, size, wrapped }: Extract<Begun, { outcome: 'there' }>,
): Promise<Put> {
  const { owner, digest, bytes } = incoming
  const place = { no, name, whose: owner }
  const store = needs.storeOf(name)
  if (await store.has(place, size)) {
    await judge(needs, bytes, { digest, mediaType })
    await renew(needs, incoming)
  } else {
    const writer = store.begin(place)
    try {
      await keep(needs, incoming, mediaType, needs.vault.reopenAttachmentKey({ owner, digest }, wrapped), writer)
      await renew(needs, incoming)
    } catch (error) {
      await writer.abort()
      throw error
    }
  }
  return { mediaType, size, isNew: false }
}

/** Counts what is there as put now. @throws Problem `unavailable` where it was deleted meanwhile */
async function renew({ database, now }: Putting, { owner, digest }: Incoming): Promise<void> {
  if (!(await renewAttachment(database, { owner, digest }, now())))
    throw new Problem('unavailable', undefined, { retryAfter: RETRY_S })
}

/**
 * Leaves nothing behind. What cannot be forgotten now is, once it is too old to be still under way (`forget.ts`).
 * @param mayBeWhole nobody has heard whether the record shows it: then its chunks go only where the record says that it does not
 */
async function forget({ database }: Putting, writer: ChunkWriter, no: number, mayBeWhole: boolean): Promise<void> {
  const isDropped = await dropAttachment(database, no).catch(() => false)
  if (isDropped || !mayBeWhole) await writer.abort()
}

const UNSCANNED = {
  en: 'Attachments cannot be scanned for malware just now; nothing was kept.',
  fr: 'Les pièces jointes ne peuvent être analysées pour l’instant ; rien n’a été conservé.',
}

/** Nothing is kept unscanned. */
function unscanned(cause: unknown): never {
  throw Object.assign(new Problem('unavailable', UNSCANNED, { retryAfter: RETRY_UNSCANNED_S }), { cause })
}

const refusals: Readonly<Record<Exclude<ContentVerdict, 'ok'>, Problem['detail']>> = {
  'not-allowed': {
    en: 'The content is neither PDF, JPEG, PNG, HEIC, plain text in UTF-8 nor DOCX.',
    fr: 'Le contenu n’est ni PDF, ni JPEG, ni PNG, ni HEIC, ni texte brut en UTF-8, ni DOCX.',
  },
  disagrees: {
    en: 'The content is of another type than `Content-Type` declares.',
    fr: 'Le contenu est d’un autre type que celui que déclare `Content-Type`.',
  },
}

/**
 * Reads all that comes and hands it on; gives its size once it is found to be what it should be.
 * @throws Problem `message-too-large`, `attachment-digest-mismatch`, `unsupported-media-type`, `attachment-infected`
 */
async function judge(
  { scanner }: Pick<Putting, 'scanner'>,
  bytes: AsyncIterable<Buffer>,
  { digest, mediaType }: { readonly digest: Buffer; readonly mediaType: AttachmentType },
  keep: (some: Buffer) => Promise<void> = async () => undefined,
): Promise<number> {
  const hash = createHash('sha256')
  const content = createContentCheck(mediaType)
  const scan = scanner?.begin()
  let size = 0
  try {
    for await (const some of bytes) {
      size += some.length
      if (size > MAX_ATTACHMENT_BYTES) throw tooLarge(MAX_ATTACHMENT_BYTES)
      hash.update(some)
      content.take(some)
      await scan?.write(some).catch(unscanned)
      await keep(some)
    }
    if (!hash.digest().equals(digest)) throw new Problem('attachment-digest-mismatch')
    const verdict = size === 0 ? 'not-allowed' : await content.end()
    if (verdict !== 'ok') throw new Problem('unsupported-media-type', refusals[verdict])
    if ((await scan?.end().catch(unscanned)) === 'infected') throw new Problem('attachment-infected')
    return size
  } catch (error) {
    scan?.abort()
    throw error
  }
}
