import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openCursors } from '../../gateway/http/cursor.ts'
import { parseDataKeys } from '../../gateway/identity/own-keys.ts'
import {
  cursorSecretOf,
  isUnder,
  nameDataKey,
  openUnder,
  sealUnder,
  UnknownDataKeyFault,
} from '../../gateway/record/data-key.ts'
import { createRing } from '../support/ring.ts'
import { openBytes, SealFault, sealBytes } from '../../gateway/record/sealing.ts'
import { openVault } from '../../gateway/record/vault.ts'

const place = Buffer.from('case-key\n1')
const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((one) => Buffer.from(one))

describe('sealed under a data key', () => {
  test('it opens under that key wherever it stands among others, and bears its id', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(bytes, { minLength: 1, maxLength: 8, selector: String }),
        fc.nat(7),
        bytes,
        (all, at, plain) => {
          const keys = all.map(nameDataKey)
          const key = keys[at % keys.length] ?? nameDataKey(plain)
          const sealed = sealUnder(key, plain, place)
          expect(openUnder(keys, sealed, place)).toEqual(plain)
          expect(keys.filter((one) => isUnder(one, sealed))).toEqual([key])
        },
      ),
    )
  })

  test('the id says nothing of the key, and is the same in every process', () => {
    expect(nameDataKey(Buffer.alloc(32, 7)).id.toString('hex')).toBe('035929be3d145d08')
    expect(new Set(Array.from({ length: 100 }, () => nameDataKey(randomBytes(32)).id.toString('hex'))).size).toBe(100)
  })

  test('under another key, in another place, or with one bit changed, it does not open', () => {
    const [key, other] = [nameDataKey(randomBytes(32)), nameDataKey(randomBytes(32))]
    const sealed = sealUnder(key, Buffer.from('a key'), place)
    expect(() => openUnder([other], sealed, place)).toThrow(UnknownDataKeyFault)
    expect(() => openUnder([other, key], sealed, Buffer.from('case-key\n2'))).toThrow(SealFault)
    fc.assert(
      fc.property(fc.nat(sealed.length * 8 - 1), (bit) => {
        const changed = Buffer.from(sealed)
        changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
        expect(() => openUnder([key, other], changed, place)).toThrow(SealFault)
      }),
    )
  })

  test('what an earlier release sealed, which bears no id, opens too, under whichever key it was', () => {
    const keys = [randomBytes(32), randomBytes(32)].map(nameDataKey)
    for (const { key } of keys)
      expect(openUnder(keys, sealBytes(key, Buffer.from('a key'), place), place).toString()).toBe('a key')
    expect(() => openUnder(keys, sealBytes(randomBytes(32), Buffer.from('a key'), place), place)).toThrow(SealFault)
  })
})

describe('the file of data keys', () => {
  const [one, two] = [randomBytes(32), randomBytes(32)]
  const [first, second] = [one.toString('base64'), two.toString('base64')]

  test('has lines of 32 bytes, the first one first; blank lines, line ends and spaces around count for nothing', () => {
    for (const text of [`${first}\n${second}\n`, `${first}\r\n\r\n  ${second}`, `\n\n${first}\t\r${second}\r\r`])
      expect(parseDataKeys(text, 'data.key')).toEqual([one, two])
    expect(parseDataKeys(first, 'data.key')).toEqual([one])
  })

  test.each([
    ['nothing', '', 'holds no data key'],
    ['blank lines alone', ' \n\r\n', 'holds no data key'],
    ['a key twice', `${first}\n${second}\n${first}`, 'holds a data key twice'],
    [
      'too many',
      Array.from({ length: 9 }, () => randomBytes(32).toString('base64')).join('\n'),
      'more than 8 data keys',
    ],
    ['one of 31 bytes', `${first}\n${randomBytes(31).toString('base64')}`, 'is not lines of 32 bytes in base64'],
    ['one of 33 bytes', randomBytes(33).toString('base64'), 'is not lines of 32 bytes in base64'],
    ['base64url', Buffer.alloc(32, 0xff).toString('base64url'), 'is not lines of 32 bytes in base64'],
    ['hexadecimal', one.toString('hex'), 'is not lines of 32 bytes in base64'],
    ['two on one line', `${first} ${second}`, 'is not lines of 32 bytes in base64'],
    ['a comment', `# the key of 2026\n${first}`, 'is not lines of 32 bytes in base64'],
    [
      'bits that mean nothing',
      `${Buffer.alloc(32).toString('base64').slice(0, -2)}B=`,
      'is not lines of 32 bytes in base64',
    ],
  ])('%s is refused, and nothing of it told', (_, text, why) => {
    const refused = (() => {
      try {
        return parseDataKeys(text, 'data.key')
      } catch (error) {
        return error as Error
      }
    })()
    expect(refused).toMatchObject({ name: 'ConfigurationFault', message: expect.stringContaining(why) as string })
    for (const line of text.split('\n').filter((one) => one.length > 8)) expect(String(refused)).not.toContain(line)
  })
})

test('cursors are what they were when they were made of the data key itself', () => {
  const key = Buffer.alloc(32, 7)
  const secret = cursorSecretOf(nameDataKey(key))
  expect(openCursors(secret)('fr-rys').format('receipts', { priority: 1, leaf: 4711 })).toBe('h7VhO0v_meVztUbdaVb-mA')
  expect(secret.equals(key)).toBe(false)
})

test('a case’s key that the record does not know yet is made anew where another data key has become current', () => {
  const [before, after] = [createRing([Buffer.alloc(32, 1)]), createRing([Buffer.alloc(32, 2)])]
  let ring = before
  const vault = openVault({ ...before, seal: (...all) => ring.seal(...all), isCurrent: (one) => ring.isCurrent(one) })
  const [known, unknown] = ['0190a000-0000-7000-8000-000000000001', '0190a000-0000-7000-8000-000000000002']
  const [first, second] = [vault.keyOf(known), vault.keyOf(unknown)]
  vault.confirm(known)
  ring = after
  expect(vault.keyOf(known)).toMatchObject({ key: first.key, wrapped: first.wrapped, fresh: false })
  expect(vault.keyOf(unknown).wrapped).not.toEqual(second.wrapped)
  expect(ring.isCurrent(vault.keyOf(unknown).wrapped)).toBe(true)
  expect(
    openBytes(Buffer.alloc(32, 2), vault.keyOf(unknown).wrapped.subarray(8), Buffer.from(`case-key\n${unknown}`)),
  ).toEqual(vault.keyOf(unknown).key)
})
