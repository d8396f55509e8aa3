import type { CompletedPart } from '@aws-sdk/client-s3'
import type { Part, Parts } from './parts.ts'
import { isAbsence, refuse, type S3Calls } from './s3-calls.ts'
import { type ChunkWriter, type Place, SEALED_CHUNK_BYTES } from './store.ts'

/** A store may refuse parts of less than 5 MiB but the last; so many chunks are a little more. */
const PART_CHUNKS = 20
export const PART_BYTES = PART_CHUNKS * SEALED_CHUNK_BYTES
/** All attempts at putting one part. */
const PART_MS = 120_000

/**
 * Writes the chunks of one object, part by part: while one is on its way the next is gathered. A part is held until the store has it,
 * for it may have to be sent again. What is of one part is put at once.
 */
export function beginUpload(calls: S3Calls, parts: Parts, { name, whose }: Pick<Place, 'name' | 'whose'>): ChunkWriter {
  const object = calls.at(name)
  const cancelled = new AbortController()
  const done: CompletedPart[] = []
  let size = 0
  let gathering: Part | undefined
  let sending = Promise.resolve()
  let UploadId: string | undefined

  const gather = async (): Promise<Part> => {
    const part = await parts(whose)
    if (cancelled.signal.aborted) part.release()
    cancelled.signal.throwIfAborted()
    return part
  }
  const send = async ({ bytes, length, release }: Part, request: (Body: Buffer) => Promise<void>): Promise<void> => {
    try {
      await request(bytes.subarray(0, length))
      release()
    } catch (error) {
      release(true)
      throw error
    }
  }
  const sendPart = async (Body: Buffer): Promise<void> => {
    UploadId ??= (await calls.ask((s3, options) => s3.createMultipartUpload(object, options))).UploadId
    const PartNumber = done.length + 1
    const part = { ...object, UploadId, PartNumber, Body }
    const sent = calls.ask((s3, options) => s3.uploadPart(part, options), PART_MS, cancelled.signal)
    const { ETag } = await sent.catch(refuse)
    done.push({ PartNumber, ETag })
  }
  const sendWhole = async (Body: Buffer): Promise<void> => {
    await calls.ask((s3, options) => s3.putObject({ ...object, Body }, options), PART_MS, cancelled.signal)
  }
  /** An attempt whose answer was lost may have completed it: then there is nothing more to complete, and the object is whole. */
  const complete = async (): Promise<void> => {
    const all = { ...object, UploadId, MultipartUpload: { Parts: done } }
    try {
      await calls.ask((s3, options) => s3.completeMultipartUpload(all, options), PART_MS, cancelled.signal)
    } catch (error) {
      if (!isAbsence(error)) throw error
      const found = await calls.ask((s3, options) => s3.headObject(object, options)).catch(refuse)
      if (found.ContentLength !== size) refuse()
    }
  }

  return {
    async write(_, sealed) {
      gathering ??= await gather()
      gathering.length += sealed.copy(gathering.bytes, gathering.length)
      size += sealed.length
      if (gathering.length < PART_BYTES) return
      const full = gathering
      await sending
      gathering = undefined
      sending = send(full, sendPart)
      // Heard of where it is awaited.
      sending.catch(() => undefined)
    },
    async commit() {
      await sending
      const last = gathering
      gathering = undefined
      if (last !== undefined) await send(last, UploadId === undefined ? sendWhole : sendPart)
      if (UploadId !== undefined) await complete()
    },
    async abort() {
      cancelled.abort()
      gathering?.release()
      await sending.catch(() => undefined)
      if (UploadId === undefined) return
      const upload = { ...object, UploadId }
      // What this does not reach is removed by its name.
      await calls.ask((s3, options) => s3.abortMultipartUpload(upload, options)).catch(() => undefined)
    },
  }
}
