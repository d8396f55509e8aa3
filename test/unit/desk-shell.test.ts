import { afterEach, describe, expect, test, vi } from 'vitest'
import { COVER_AFTER_MS, isDue, openSavers, SAVING_MS } from '../../desk/shell/covering.ts'
import { findRoute } from '../../desk/shell/router.ts'

const at = (ms: number): Date => new Date(Date.UTC(2026, 10, 28) + ms)

afterEach(() => void vi.useRealTimers())

describe('the screen is covered', () => {
  test.each([
    [0, false],
    [COVER_AFTER_MS - 1, false],
    [COVER_AFTER_MS, true],
    [24 * 3_600_000, true],
    // A clock that was set back is no reason to leave it open.
    [-1, true],
  ])('%i ms after the last input: %s', (ms, due) => {
    expect(isDue(at(0), at(ms))).toBe(due)
    expect(COVER_AFTER_MS).toBe(300_000)
  })

  test('once all that was typed is kept, and after two seconds in any case', async () => {
    vi.useFakeTimers()
    const savers = openSavers()
    const kept: string[] = []
    const remove = savers.add(async () => void kept.push('a draft'))
    savers.add(async () => void kept.push('another'))
    expect(await savers.saveAll()).toBe(true)
    expect(kept).toEqual(['a draft', 'another'])
    remove()
    savers.add(() => new Promise(() => {}))
    const saving = savers.saveAll()
    await vi.advanceTimersByTimeAsync(SAVING_MS)
    expect(await saving).toBe(false)
    expect(kept).toEqual(['a draft', 'another', 'another'])
  })

  test('also where one of them fails: the others are kept', async () => {
    const savers = openSavers()
    let kept = false
    savers.add(() => Promise.reject(new Error('the disk is full')))
    savers.add(async () => void (kept = true))
    expect(await savers.saveAll()).toBe(false)
    expect(kept).toBe(true)
  })
})

describe('an address', () => {
  const table = [{ path: '/' }, { path: '/write/:id' }, { path: '/write/:id/:question' }, { path: '/keys' }]
  test.each([
    ['', '/', {}],
    ['#/', '/', {}],
    ['#/write/x', '/write/:id', { id: 'x' }],
    ['#/write/x/3', '/write/:id/:question', { id: 'x', question: '3' }],
    ['#/keys', '/keys', {}],
  ])('%s leads to %s', (fragment, path, params) => {
    expect(findRoute(fragment, table)).toEqual({ route: { path }, params })
  })

  test.each(['#/write/', '#/write', '#/keys/', '#/keys/x', '#//', '#javascript:alert(1)', '#/constructor'])(
    '%s leads nowhere',
    (fragment) => {
      expect(findRoute(fragment, table)).toBeUndefined()
    },
  )
})
