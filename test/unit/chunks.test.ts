import { createHash, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSealing, openChunk, type SealedWhole } from '../../gateway/attachments/chunks.ts'
import { CHUNK_BYTES, chunksOf, MOST_CHUNKS, SEALED_CHUNK_BYTES } from '../../gateway/attachments/store.ts'
import { SealFault } from '../../gateway/record/sealing.ts'
import { runs } from '../support/runs.ts'

/** Seals bytes that come in pieces of these lengths. */
function seal(bytes: Buffer, lengths: readonly number[] = []): { whole: SealedWhole; chunks: Buffer[] } {
  const key = randomBytes(32)
  const digest = createHash('sha256').update(bytes).digest()
  const sealing = createSealing(key, digest)
  const chunks: Buffer[] = []
  let at = 0
  for (const length of [...lengths, bytes.length]) {
    chunks.push(...sealing.take(bytes.subarray(at, at + length)))
    at += length
  }
  chunks.push(sealing.end())
  expect(sealing.chunks).toBe(chunks.length)
  return { whole: { key, digest, size: bytes.length }, chunks }
}

const openAll = (whole: SealedWhole, chunks: readonly Buffer[]): Buffer =>
  Buffer.concat(
    Array.from({ length: chunksOf(whole.size) }, (_, no) => openChunk(whole, no, chunks[no] ?? Buffer.alloc(0))),
  )

const bytes = randomBytes(4 * CHUNK_BYTES)

test('in whatever pieces it comes, it is sealed into chunks of one length, which open to it again', () => {
  const pieces = fc.array(fc.oneof(fc.nat(100), fc.nat(2 * CHUNK_BYTES)), { maxLength: 12 })
  const sizes = fc.oneof(
    fc.integer({ min: 1, max: bytes.length }),
    fc.constantFrom(1, 2, 3, 4).map((n) => n * CHUNK_BYTES),
  )
  fc.assert(
    fc.property(sizes, pieces, (size, lengths) => {
      const some = bytes.subarray(0, size)
      const { whole, chunks } = seal(some, lengths)
      expect(chunks).toHaveLength(chunksOf(size))
      for (const chunk of chunks.slice(0, -1)) expect(chunk).toHaveLength(SEALED_CHUNK_BYTES)
      expect(openAll(whole, chunks).equals(some)).toBe(true)
    }),
    { numRuns: 40 },
  )
  expect(MOST_CHUNKS).toBe(100)
})

test('whatever is done to the chunks, they open to what was sealed or not at all', () => {
  const { whole, chunks } = seal(bytes.subarray(0, 3 * CHUNK_BYTES + 1_000))
  const foreign = seal(bytes).chunks
  const any = fc.nat(chunks.length - 1)
  const change = fc.oneof(
    fc.record({ do: fc.constant('flip' as const), which: any, at: fc.nat(SEALED_CHUNK_BYTES - 1), bit: fc.nat(7) }),
    fc.record({ do: fc.constant('cut' as const), which: any, from: fc.nat(100), to: fc.nat(SEALED_CHUNK_BYTES) }),
    fc.record({ do: fc.constant('put' as const), which: any, other: any }),
    fc.record({ do: fc.constant('swap' as const), which: any, other: any }),
    fc.record({ do: fc.constant('move' as const), which: any, other: any }),
    fc.record({ do: fc.constant('drop' as const), which: any }),
    fc.record({ do: fc.constant('resize' as const), size: fc.integer({ min: 1, max: 6 * CHUNK_BYTES }) }),
  )
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const list = [...chunks]
      let { size } = whole
      for (const one of changes) {
        const { [one.do === 'resize' ? 0 : one.which]: chunk = Buffer.alloc(0) } = list
        if (one.do === 'flip') {
          const flipped = Buffer.from(chunk)
          if (one.at < flipped.length) flipped[one.at] = (flipped[one.at] ?? 0) ^ (1 << one.bit)
          list[one.which] = flipped
        } else if (one.do === 'cut') list[one.which] = chunk.subarray(one.from, one.to)
        else if (one.do === 'put') list[one.which] = list[one.other] ?? chunk
        else if (one.do === 'swap') [list[one.which], list[one.other]] = [list[one.other] ?? chunk, chunk]
        else if (one.do === 'move') list[one.which] = foreign[one.other] ?? chunk
        else if (one.do === 'drop') list.splice(one.which, 1)
        else size = one.size
      }
      const isAsBefore = size === whole.size && chunks.every((chunk, no) => list[no]?.equals(chunk) === true)
      if (isAsBefore) expect(openAll({ ...whole, size }, list).equals(bytes.subarray(0, whole.size))).toBe(true)
      else expect(() => openAll({ ...whole, size }, list)).toThrow(SealFault)
    }),
    { numRuns: runs(300) },
  )
})

test('no chunk opens as the last that is not, nor the last as another, nor under another attachment’s name or key', () => {
  const { whole, chunks } = seal(bytes)
  const [first = Buffer.alloc(0), , , last = Buffer.alloc(0)] = chunks
  expect(openChunk(whole, 0, first)).toHaveLength(CHUNK_BYTES)
  const fails = (other: Partial<SealedWhole>, no: number, sealed: Buffer) =>
    expect(() => openChunk({ ...whole, ...other }, no, sealed)).toThrow(SealFault)
  fails({ size: CHUNK_BYTES }, 0, first)
  fails({ size: 5 * CHUNK_BYTES }, 3, last)
  fails({ digest: randomBytes(32) }, 0, first)
  fails({ key: randomBytes(32) }, 0, first)
})
