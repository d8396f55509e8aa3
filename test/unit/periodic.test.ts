import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { every } from '../../gateway/base/periodic.ts'

test('work is done at once and again, goes on after a failure, and is over when the call that stops it resolves', async () => {
  let turns = 0
  const failures: unknown[] = []
  const thrice = Promise.withResolvers<void>()
  const stop = every(
    1,
    async () => {
      turns += 1
      if (turns === 3) thrice.resolve()
      await Promise.resolve()
      throw new Error(`turn ${turns}`)
    },
    (error) => void failures.push(error),
  )
  await thrice.promise
  await stop()
  const done = turns
  expect(done).toBeGreaterThanOrEqual(3)
  expect(failures).toHaveLength(done)
})

test('what is under way when it is stopped is told so, and waited for', async () => {
  const begun = Promise.withResolvers<void>()
  let ended = false
  const stop = every(
    1,
    async (signal) => {
      begun.resolve()
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      ended = true
    },
    () => undefined,
  )
  await begun.promise
  await stop()
  expect(ended).toBe(true)
})

test('whatever the gateway begins so is kept to be stopped: no call of it stands for itself', () => {
  const root = join(import.meta.dirname, '../../gateway')
  const files = globSync('**/*.ts', { cwd: root }).map(
    (path) => [path, readFileSync(join(root, path), 'utf8')] as const,
  )
  expect(files.filter(([, code]) => /(?:[=(] |[=(])every\(/.test(code)).length).toBeGreaterThan(2)
  expect(files.filter(([, code]) => /^\s*(?:void )?every\(/m.test(code)).map(([path]) => path)).toEqual([])
})
