import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Description, formatDescription, parseDescription } from '../../gateway/backup/description.ts'
import { compareSums, formatSums, isSafePath, parseSums } from '../../gateway/backup/sums.ts'
import { compareManifest } from '../../gateway/backup/take.ts'
import { inUnits } from '../../gateway/commands/units.ts'

const path = fc.stringMatching(/^[a-z0-9_]{1,9}(?:\/[A-Za-z0-9_-]{1,9}(?:\.[a-z]{1,4})?){0,3}$/)
const sum = fc.stringMatching(/^[0-9a-f]{64}$/)
const sums = fc
  .uniqueArray(fc.tuple(path, sum), { minLength: 1, selector: ([name]) => name })
  .map((all) => new Map(all))

describe('SHA256SUMS', () => {
  test('says again what was written', () => {
    fc.assert(
      fc.property(sums, (all) => {
        expect(parseSums(formatSums(all))).toEqual(all)
      }),
    )
  })

  test('is refused where it is cut off, wherever', () => {
    fc.assert(
      fc.property(sums, fc.nat(), (all, at) => {
        const text = formatSums(all)
        const cut = text.slice(0, at % text.length)
        // At the end of a line it is whole in form: what is missing then is found as a file too many.
        if (cut.endsWith('\n')) expect(() => compareSums(all, parseSums(cut))).toThrow('does not belong')
        else expect(() => parseSums(cut)).toThrow()
      }),
    )
  })

  const line = `${'0'.repeat(64)}  record/base`
  test.each([
    ['', 'is cut off'],
    [`${line}\n${line}\n`, 'line 2'],
    [`${'A'.repeat(64)}  record/base\n`, 'line 1'],
    [`${'0'.repeat(64)} *record/base\n`, 'line 1'],
    [`${'0'.repeat(63)}  record/base\n`, 'line 1'],
    [`${'0'.repeat(64)}  ../base\n`, 'line 1'],
    [`${'0'.repeat(64)}  /base\n`, 'line 1'],
    [`${line}\r\n`, 'line 1'],
    [`\n`, 'line 1'],
  ])('is refused as %j', (text, why) => {
    expect(() => parseSums(text)).toThrow(why)
  })

  test.each(['..', '.', 'a/..', 'a/../b', './a', '/a', 'a//b', 'a/', '', 'a b', 'a\\b', 'é', 'a\0', 'a'.repeat(201)])(
    'no file of a backup is named %j',
    (name) => expect(isSafePath(name)).toBe(false),
  )

  test.each(['record/base/1/2601_vm', 'record/pg_wal/000000010000000000000002', 'a..b', '.a', 'record/pg_wal/1.done'])(
    'a file of a backup may be named %j',
    (name) => expect(isSafePath(name)).toBe(true),
  )
})

describe('the manifest of PostgreSQL', () => {
  const written = new Map([
    ['record/PG_VERSION', 'ab'],
    ['record/pg_wal/1', 'cd'],
  ])
  const compare = (manifest: unknown) => () => compareManifest(Buffer.from(JSON.stringify(manifest)), written)

  test('is met by what arrived as it was sent', () => {
    expect(compare({ Files: [{ Path: 'PG_VERSION', Checksum: 'ab' }] })).not.toThrow()
  })

  test.each([
    [{ Files: [{ Path: 'PG_VERSION', Checksum: 'ac' }] }, 'PG_VERSION of the backup did not arrive'],
    [{ Files: [{ Path: 'base/1', Checksum: 'ab' }] }, 'base/1 of the backup did not arrive'],
    [{ Files: [{ Path: 'base/1' }] }, 'base/1 of the backup did not arrive'],
    [{ Files: [{ 'Encoded-Path': '00', Checksum: 'ab' }] }, 'as no backup foresees'],
    [{ Files: [] }, 'has sent no manifest'],
    [[], 'has sent no manifest'],
  ])('is not met where it is %j', (manifest, why) => {
    expect(compare(manifest)).toThrow(why)
  })
})

describe('backup.json', () => {
  const last = '01a22172-33a1-746f-a7dd-a6f488c3db12'
  const about: Description = {
    at: new Date('2026-11-28T09:17:57.653Z'),
    log: { origin: 'passerelle/783a2232', size: 11, last },
    folders: ['record/pg_notify', 'record/pg_wal/summaries'],
  }
  const written = (change: object = {}): Buffer =>
    Buffer.from(JSON.stringify({ ...(JSON.parse(formatDescription(about)) as object), ...change }))

  test('says again what was written, of an empty log too', () => {
    expect(parseDescription(Buffer.from(formatDescription(about)))).toEqual(about)
    const empty = { ...about, log: { origin: 'a/b', size: 0, last: undefined } }
    expect(parseDescription(Buffer.from(formatDescription(empty)))).toEqual(empty)
  })

  test.each([
    [{ form: 'passerelle-backup/2' }, 'is not of the form passerelle-backup/1'],
    [{ at: '2026-02-30T00:00:00Z' }, 'is not one of a backup'],
    [{ log: { origin: 'a/b', size: 1 } }, 'is not one of a backup'],
    [{ log: { origin: 'a/b', size: 0, last } }, 'is not one of a backup'],
    [{ log: { origin: 'a/b', size: 1.5, last } }, 'is not one of a backup'],
    [{ log: { origin: 'a/b', size: 1, last: 'x' } }, 'is not one of a backup'],
    [{ folders: ['record/../../etc'] }, 'is not one of a backup'],
    [{ folders: 'record' }, 'is not one of a backup'],
  ])('is refused with %j', (change, why) => {
    expect(() => parseDescription(written(change))).toThrow(why)
  })

  test.each(['', '{', '[]', '{"form":"passerelle-backup/1","form":"passerelle-backup/1"}'])(
    'is refused as %j',
    (text) => {
      expect(() => parseDescription(Buffer.from(text))).toThrow('backup.json')
    },
  )
})

test.each([
  [0, '0 bytes'],
  [1023, '1023 bytes'],
  [1024, '1.0 KiB'],
  [48_879_163, '46.6 MiB'],
  [3 * 1024 ** 4, '3.0 TiB'],
])('%d bytes are read as %s', (bytes, text) => expect(inUnits(bytes)).toBe(text))
