import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createRing } from '../support/ring.ts'
import { openVault } from '../../gateway/record/vault.ts'

const CASE = '0190a000-0000-7000-8000-000000000001'
const message = { sender: 'fr-rys', id: '0190a000-0000-7000-8000-000000000002', case_id: CASE }

test('what one process seals another opens, by the wrapped key of its case alone', () => {
  const dataKey = randomBytes(32)
  const here = openVault(createRing([dataKey]))
  const key = here.keyOf(CASE)
  expect(here.keyOf(CASE)).toBe(key)
  const sealed = here.seal(key, message.sender, message.id, Buffer.from('a child’s name'))
  expect(
    openVault(createRing([dataKey]))
      .open(message, sealed, key.wrapped)
      .toString(),
  ).toBe('a child’s name')
})

test('a key that is remembered holds no memory but its own, wherever it came from', () => {
  const vault = openVault(createRing([randomBytes(32)]))
  const made = vault.keyOf(CASE)
  const sealed = vault.seal(made, message.sender, message.id, Buffer.from('x'))
  expect([made.key, made.wrapped].map(({ buffer }) => buffer.byteLength)).toEqual([100, 100])
  vault.settle(CASE, undefined)
  // as a database client gives it: a slice of all that it has just read
  const read = Buffer.concat([Buffer.alloc(60_000), made.wrapped]).subarray(60_000)
  vault.open(message, sealed, read)
  const known = vault.keyOf(CASE)
  expect([known.key, known.wrapped].map(({ buffer }) => buffer.byteLength)).toEqual([100, 100])
  expect(known.wrapped).toEqual(made.wrapped)
})

test('what is forgotten is known again by its wrapped key, and by nothing else', () => {
  const vault = openVault(createRing([randomBytes(32)]))
  const made = vault.keyOf(CASE)
  vault.settle(CASE, undefined)
  expect(vault.keyOf(CASE).key.equals(made.key)).toBe(false)
  vault.settle(CASE, made.wrapped)
  expect(vault.keyOf(CASE)).toEqual({ ...made, fresh: false })
})
