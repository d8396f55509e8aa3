import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Bound, openFormTokens } from '../../gateway/http/console/token.ts'

const KEY = Buffer.alloc(32, 7)
const NOW = new Date('2026-11-28T03:12:00Z')
const HOUR_MS = 3_600_000
const bound: Bound = { operator: 'duty', certificate: 'thumbprint', act: 'retry', path: '/messages/gb-ctac/1/retry' }
const { give, read } = openFormTokens(KEY)

test('a token is read by every process on the same data key, and names one act', () => {
  const token = give(bound, NOW)
  const found = openFormTokens(KEY).read(bound, token, NOW)
  expect(found).toEqual({ id: token.slice(0, 36), isOver: false })
  expect(read(bound, give(bound, NOW), NOW)?.id).not.toBe(found?.id)
  expect(openFormTokens(Buffer.alloc(32, 8)).read(bound, token, NOW)).toBeUndefined()
})

test.each(Object.keys(bound) as (keyof Bound)[])('a token of another %s is none', (member) => {
  expect(read({ ...bound, [member]: 'another' }, give(bound, NOW), NOW)).toBeUndefined()
})

test('its time is over after an hour, and the form that is shown again asks for the same act', () => {
  const token = give(bound, NOW)
  const later = new Date(NOW.getTime() + HOUR_MS)
  expect(read(bound, token, new Date(later.getTime() - 1))?.isOver).toBe(false)
  const over = read(bound, token, later)
  expect(over?.isOver).toBe(true)
  expect(read(bound, give(bound, later, over?.id), later)).toEqual({ id: over?.id, isOver: false })
})

test('whatever is changed in a token, it is none', () => {
  const token = give(bound, NOW)
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.constantFrom('0', 'a', 'A', '.', '-', '_'), (place, character) => {
      const changed = token.slice(0, place) + character + token.slice(place + 1)
      expect(read(bound, changed, NOW) === undefined || changed === token).toBe(true)
    }),
  )
  // The last character of base64url has bits that say nothing.
  for (const last of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
    const changed = token.slice(0, -1) + last
    expect(read(bound, changed, NOW) === undefined || changed === token).toBe(true)
  }
  fc.assert(fc.property(fc.string(), (text) => read(bound, text, NOW) === undefined))
})
