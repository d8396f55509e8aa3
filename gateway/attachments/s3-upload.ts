import type { CompletedPart } from '@aws-sdk/client-s3'
import type { Places } from './places.ts'
import { isAbsence, type S3Calls } from './s3-calls.ts'
import { type ChunkWriter, type Place, SEALED_CHUNK_BYTES } from './store.ts'

/** A store may refuse parts of less than 5 MiB but the last; so many chunks are a little more. */
const PART_CHUNKS = 20
export const PART_BYTES = PART_CHUNKS * SEALED_CHUNK_BYTES
/** All attempts at putting one part. */
const PART_MS = 120_000

/** Some chunks in a row. They are held until the store has them, for they may have to be sent again. */
type Part = { readonly chunks: Buffer[]; release(): void }

/**
 * Writes the chunks of one object, part by part: while one is on its way the next is gathered. What is of one part is put at once.
 * @param places so many parts are held at a time, of all uploads
 */
export function beginUpload(
  calls: S3Calls,
  places: Places,
  { name, whose }: Pick<Place, 'name' | 'whose'>,
): ChunkWriter {
  const { ask } = calls
  const object = calls.at(name)
  const cancelled = new AbortController()
  const done: CompletedPart[] = []
  let size = 0
  let gathering: Part | undefined
  let sending = Promise.resolve()
  let UploadId: string | undefined

  const gather = async (): Promise<Part> => {
    const release = await places(whose)
    if (cancelled.signal.aborted) release()
    cancelled.signal.throwIfAborted()
    return { chunks: [], release }
  }
  const sendPart = async ({ chunks, release }: Part): Promise<void> => {
    try {
      UploadId ??= (await ask((s3, options) => s3.createMultipartUpload(object, options))).UploadId
      const PartNumber = done.length + 1
      const part = { ...object, UploadId, PartNumber, Body: Buffer.concat(chunks) }
      const { ETag } = await ask((s3, options) => s3.uploadPart(part, options), PART_MS, cancelled.signal)
      done.push({ PartNumber, ETag })
    } finally {
      release()
    }
  }
  const putWhole = async ({ chunks, release }: Part): Promise<void> => {
    try {
      const whole = { ...object, Body: Buffer.concat(chunks) }
      await ask((s3, options) => s3.putObject(whole, options), PART_MS, cancelled.signal)
    } finally {
      release()
    }
  }
  /** An attempt whose answer was lost may have completed it: then there is nothing more to complete, and the object is whole. */
  const complete = async (): Promise<void> => {
    const all = { ...object, UploadId, MultipartUpload: { Parts: done } }
    try {
      await ask((s3, options) => s3.completeMultipartUpload(all, options), PART_MS, cancelled.signal)
    } catch (error) {
      const found = isAbsence(error) ? await ask((s3, options) => s3.headObject(object, options)) : undefined
      if (found?.ContentLength !== size) throw error
    }
  }

  return {
    async write(_, sealed) {
      gathering ??= await gather()
      gathering.chunks.push(sealed)
      size += sealed.length
      if (gathering.chunks.length < PART_CHUNKS) return
      const full = gathering
      await sending
      gathering = undefined
      sending = sendPart(full)
      // Heard of where it is awaited.
      sending.catch(() => undefined)
    },
    async commit() {
      await sending
      const last = gathering
      gathering = undefined
      if (last !== undefined && UploadId === undefined) return await putWhole(last)
      if (last !== undefined) await sendPart(last)
      await complete()
    },
    async abort() {
      cancelled.abort()
      gathering?.release()
      await sending.catch(() => undefined)
      if (UploadId === undefined) return
      const upload = { ...object, UploadId }
      // What this does not reach is removed by its name.
      await ask((s3, options) => s3.abortMultipartUpload(upload, options)).catch(() => undefined)
    },
  }
}
