import { randomUUID } from 'node:crypto'
import type { Config, Log } from '../base/base.ts'
import { createParts } from './parts.ts'
import { isAbsence, openS3Calls, type S3Calls } from './s3-calls.ts'
import { beginUpload, PART_BYTES } from './s3-upload.ts'
import { type ChunkStore, type Place, SEALED_CHUNK_BYTES, sealedBytes } from './store.ts'

/**
 * Parts held at a time: 30 MiB of all uploads and 15 of one agency's, however many they are and however slowly they come. Fewer of one
 * agency are under way than may wait (`http/admission/kinds.ts`), each with two parts at most.
 */
const PARTS = { all: 6, ofOne: 3, most: 128 }
/** Read in one go: whoever fetches slowly holds no connection of the store. */
const READ_CHUNKS = 4
/** A read that breaks off is begun again so often. */
const READS = 3
/** One request deletes so many (S3's own bound). */
const DELETED_AT_ONCE = 1000

/** A store in S3, and whether it can be reached. */
export type S3Store = ChunkStore & Pick<S3Calls, 'reach' | 'close'>

/**
 * Keeps sealed chunks in a store that speaks S3, those of an attachment as one object.
 * @param url `PASSERELLE_ATTACHMENTS_URL`
 * @throws ConfigurationFault where the credentials cannot be used, or the store refuses them or has no such bucket
 */
export async function openS3Store(
  url: string,
  config: Pick<Config, 'attachmentsCredentialsFile'>,
  log: Log,
): Promise<S3Store> {
  const calls = await openS3Calls(url, config, log)
  const parts = createParts(PART_BYTES, PARTS)
  return {
    reach: calls.reach,
    close: calls.close,
    name: () => randomUUID(),
    begin: (place) => beginUpload(calls, parts, place),
    has: async ({ name }, size) => (await lengthOf(calls, name)) === sealedBytes(size),
    async *read({ name }, first, last) {
      for (let from = first; from <= last; from += READ_CHUNKS) {
        const to = Math.min(last, from + READ_CHUNKS - 1)
        const bytes = await readRange(calls, name, from * SEALED_CHUNK_BYTES, (to + 1) * SEALED_CHUNK_BYTES - 1)
        for (let at = 0; at < bytes.length; at += SEALED_CHUNK_BYTES) yield bytes.subarray(at, at + SEALED_CHUNK_BYTES)
        if (bytes.length < (to + 1 - from) * SEALED_CHUNK_BYTES) return
      }
    },
    async remove(names) {
      for (let at = 0; at < names.length; at += DELETED_AT_ONCE) {
        const some = names.slice(at, at + DELETED_AT_ONCE)
        for (const name of some) await abandonUploads(calls, name)
        await deleteObjects(calls, some)
      }
    },
  }
}

/** How long an object is; undefined where it is not there. */
async function lengthOf({ at, ask }: S3Calls, name: Place['name']): Promise<number | undefined> {
  try {
    return (await ask((s3, options) => s3.headObject(at(name), options))).ContentLength
  } catch (error) {
    unlessAbsent(error)
    return undefined
  }
}

/** Some bytes of an object; none where they, or it, are not there. */
async function readRange({ at, ask }: S3Calls, name: Place['name'], first: number, last: number): Promise<Buffer> {
  const range = { ...at(name), Range: `bytes=${first}-${last}` }
  for (let left = READS; ; left -= 1) {
    try {
      return await ask(async (s3, options) => {
        const { Body } = await s3.getObject(range, options)
        const { buffer, byteOffset, byteLength } = (await Body?.transformToByteArray()) ?? Buffer.alloc(0)
        return Buffer.from(buffer, byteOffset, byteLength)
      })
    } catch (error) {
      if (isAbsence(error)) return Buffer.alloc(0)
      if (left === 1) throw error
    }
  }
}

/** Abandons the uploads that would become this object. Some stores list only those of one object. */
async function abandonUploads({ ask, at, bucket }: S3Calls, name: string): Promise<void> {
  const { Key } = at(name)
  const listed = await ask((s3, options) => s3.listMultipartUploads({ Bucket: bucket, Prefix: Key }, options))
  for (const { UploadId } of listed.Uploads ?? []) {
    await ask((s3, options) => s3.abortMultipartUpload({ Bucket: bucket, Key, UploadId }, options)).catch(unlessAbsent)
  }
}

async function deleteObjects({ ask, at, bucket }: S3Calls, names: readonly string[]): Promise<void> {
  const Objects = names.map((name) => ({ Key: at(name).Key }))
  await ask(async (s3, options) => {
    const { Errors = [] } = await s3.deleteObjects({ Bucket: bucket, Delete: { Objects, Quiet: true } }, options)
    const failed = Errors.find(({ Code }) => Code !== 'NoSuchKey')
    if (failed !== undefined) throw Object.assign(new Error('not all was deleted'), { code: failed.Code })
  })
}

function unlessAbsent(error: unknown): void {
  if (!isAbsence(error)) throw error
}
