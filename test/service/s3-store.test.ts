import { hash, randomBytes } from 'node:crypto'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openS3Store, type S3Store } from '../../gateway/attachments/s3-store.ts'
import { SEALED_CHUNK_BYTES } from '../../gateway/attachments/store.ts'
import { temporaryFolder } from '../support/folder.ts'
import { freePort } from '../support/port.ts'
import { quiet } from '../support/quiet.ts'
import { BUCKET, startS3, type TestS3 } from '../support/s3.ts'

let s3: TestS3
let store: S3Store
beforeAll(async () => {
  s3 = await startS3()
  store = await open()
})
afterAll(async () => {
  await store.close()
  await s3[Symbol.asyncDispose]()
})

const open = (url = s3.url, attachmentsCredentialsFile = s3.credentialsFile) =>
  openS3Store(url, { attachmentsCredentialsFile }, quiet)

/** Sealed chunks as they come: all of one length but the last. */
const chunksOf = (count: number, last = 1000): readonly Buffer[] =>
  [...Array(count).keys()].map((at) => randomBytes(at === count - 1 ? last : SEALED_CHUNK_BYTES))

async function put(chunks: readonly Buffer[], whose = 'fr-rys'): Promise<string> {
  const name = store.name() ?? ''
  const writer = store.begin({ no: 1, name, whose })
  for (const [at, chunk] of chunks.entries()) await writer.write(at, chunk)
  await writer.commit()
  return name
}

async function get(name: string, first: number, last: number): Promise<readonly Buffer[]> {
  return await Array.fromAsync(store.read({ no: 1, name, whose: 'gb-ctac' }, first, last))
}

/** Each chunk as its digest: two of 25 MiB are soon compared. */
const digests = (chunks: readonly Buffer[]) => chunks.map((chunk) => hash('sha256', chunk))

const objects = async () => (await s3.client.listObjectsV2({ Bucket: BUCKET })).Contents ?? []
const uploads = async () => (await s3.client.listMultipartUploads({ Bucket: BUCKET })).Uploads ?? []

describe('chunks', () => {
  test.each([1, 19, 20, 21, 40, 100])('%i of them come back as they were, all and some', async (count) => {
    const chunks = chunksOf(count)
    const name = await put(chunks)
    expect(digests(await get(name, 0, count - 1))).toEqual(digests(chunks))
    for (const [first, last] of [
      [0, 0],
      [count - 1, count - 1],
      [Math.floor(count / 3), Math.floor((2 * count) / 3)],
    ] as const) {
      expect(digests(await get(name, first, last))).toEqual(digests(chunks.slice(first, last + 1)))
    }
    expect(await uploads()).toEqual([])
    await store.remove([name])
  })

  test('of which fewer are there than asked for are those that are there', async () => {
    const chunks = chunksOf(6)
    const name = await put(chunks)
    expect(digests(await get(name, 4, 30))).toEqual(digests(chunks.slice(4)))
    expect(await get(name, 6, 9)).toEqual([])
    expect(await get(store.name() ?? '', 0, 3)).toEqual([])
  })

  test('lie below the prefix, under a name that says nothing', async () => {
    const name = await put(chunksOf(1))
    expect(name).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    expect((await objects()).map(({ Key }) => Key)).toContain(`passerelle/${name}`)
  })

  test('whose reading is given up hold nothing', async () => {
    const name = await put(chunksOf(9))
    for (let time = 0; time < 70; time += 1) {
      for await (const chunk of store.read({ no: 1, name, whose: 'gb-ctac' }, 0, 8)) {
        expect(chunk.length).toBe(SEALED_CHUNK_BYTES)
        break
      }
    }
  })
})

describe('an upload', () => {
  beforeEach(async () => store.remove((await objects()).map(({ Key = '' }) => Key.replace('passerelle/', ''))))

  test('that is given up leaves nothing, whenever', async () => {
    for (const count of [0, 1, 20, 30, 45]) {
      const writer = store.begin({ no: 1, name: store.name(), whose: 'fr-rys' })
      for (const [at, chunk] of chunksOf(count).entries()) await writer.write(at, chunk)
      await writer.abort()
    }
    expect(await uploads()).toEqual([])
    expect(await objects()).toEqual([])
  })

  test('that is not finished is removed by its name, and so is what is', async () => {
    const names = [store.name() ?? '', await put(chunksOf(1)), await put(chunksOf(25)), store.name() ?? '']
    const kept = await put(chunksOf(1))
    for (const name of [names[0] ?? '', 'another']) {
      await s3.client.createMultipartUpload({ Bucket: BUCKET, Key: `passerelle/${name}` })
    }
    await store.remove(names)
    await store.remove(names)
    expect((await objects()).map(({ Key }) => Key)).toEqual([`passerelle/${kept}`])
    expect((await uploads()).map(({ Key }) => Key)).toEqual(['passerelle/another'])
    await store.remove(['another'])
    expect(await uploads()).toEqual([])
  })

  test('that is slow holds up nobody but its own agency, whose others come after', async () => {
    const slow = await Promise.all(
      [...Array(3).keys()].map(async () => {
        const writer = store.begin({ no: 1, name: store.name(), whose: 'gb-slow' })
        await writer.write(0, randomBytes(SEALED_CHUNK_BYTES))
        return writer
      }),
    )
    let isPut = false
    const waiting = put(chunksOf(1), 'gb-slow').then(() => (isPut = true))
    await Promise.all([...Array(12).keys()].map((at) => put(chunksOf(21), `fr-${at}`)))
    expect(isPut).toBe(false)
    const given = store.begin({ no: 1, name: store.name(), whose: 'gb-slow' })
    const late = given.write(0, randomBytes(SEALED_CHUNK_BYTES))
    const lateFails = expect(late).rejects.toThrow()
    await given.abort()
    for (const writer of slow) await writer.abort()
    await waiting
    await lateFails
    expect(isPut).toBe(true)
    await put(chunksOf(1), 'gb-slow')
  })
})

describe('a store that is away', () => {
  test('is told as such, and what can be asked again is', async () => {
    const name = await put(chunksOf(30))
    const writer = store.begin({ no: 1, name: store.name(), whose: 'fr-rys' })
    for (const [at, chunk] of chunksOf(21, SEALED_CHUNK_BYTES).entries()) await writer.write(at, chunk)
    await s3.stop()
    await expect(get(name, 0, 3)).rejects.toMatchObject({ code: 'unavailable', retryAfter: 5 })
    await expect(writer.commit()).rejects.toMatchObject({ code: 'unavailable' })
    await expect(store.remove([name])).rejects.toMatchObject({ code: 'unavailable' })
    await writer.abort()
    expect(store.reach.isAway).toBe(true)
    await s3.start()
    expect(await get(name, 29, 29)).toHaveLength(1)
    expect(store.reach.isAway).toBe(false)
  })

  test('is waited for where the gateway starts', async () => {
    const other = await open(`http://127.0.0.1:${await freePort()}/${BUCKET}`)
    expect(other.reach.isAway).toBe(true)
    await other.close()
  })
})

describe('a store that cannot be used ends the start', () => {
  test('where it has no such bucket', async () => {
    await expect(open(s3.url.replace(BUCKET, 'no-such-bucket'))).rejects.toThrow(
      'PASSERELLE_ATTACHMENTS_URL: the store answers 404 for its bucket',
    )
  })

  test('where it refuses the credentials, or their file cannot be used', async () => {
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'credentials')
    const about = (text: string) => `PASSERELLE_ATTACHMENTS_CREDENTIALS: ${file} ${text}`
    await writeFile(file, 'test:gateway\nanother-secret\n', { mode: 0o600 })
    await expect(open(s3.url, file)).rejects.toThrow('PASSERELLE_ATTACHMENTS_URL: the store answers 403 for its bucket')
    for (const content of ['', 'test:gateway\n', 'a\nb\nc\n', '\n\nsecret']) {
      await writeFile(file, content)
      await expect(open(s3.url, file)).rejects.toThrow(about('must have two lines'))
    }
    await chmod(file, 0o644)
    await expect(open(s3.url, file)).rejects.toThrow(about('is open to others'))
    await expect(openS3Store(s3.url, { attachmentsCredentialsFile: undefined }, quiet)).rejects.toThrow(
      'PASSERELLE_ATTACHMENTS_URL needs PASSERELLE_ATTACHMENTS_CREDENTIALS',
    )
  })
})
