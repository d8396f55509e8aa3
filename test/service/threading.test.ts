import { afterEach, expect, test } from 'vitest'
import { openThread, type Thread } from '../../gateway/exchange/checking/threading.ts'

const script = new URL('../support/odd-thread.ts', import.meta.url)
let restarts = 0
let thread: Thread<string, string>

const open = async (looking?: { looks: number; everyMs: number }): Promise<void> => {
  restarts = 0
  const restarted = (): void => {
    restarts += 1
  }
  thread = openThread({ name: 'odd', script, data: undefined, restarted, ...(looking && { looking }) })
  await thread.ready
}
afterEach(() => thread.close())

test('answers come in the order of the questions', async () => {
  await open()
  expect(await Promise.all(['a', 'b', 'c'].map((word) => thread.ask(word, [])))).toEqual(['a', 'b', 'c'])
})

test('where the thread ends, what it owes is rejected, and another takes its place', async () => {
  await open()
  const owed = ['a', 'end', 'b'].map((word) => thread.ask(word, []))
  expect((await Promise.allSettled(owed)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
  await expect.poll(() => restarts).toBe(1)
  expect(await thread.ask('c', [])).toBe('c')
})

test('a thread that says nothing while it owes an answer is ended, and not before', async () => {
  // Longer than a thread takes to start on a busy machine: the next one must not be taken for silent.
  await open({ looks: 3, everyMs: 700 })
  const asked = performance.now()
  await expect(thread.ask('hang', [])).rejects.toThrow('the odd thread has ended')
  expect(performance.now() - asked).toBeGreaterThan(1_400)
  await expect.poll(() => restarts).toBe(1)
  expect(await thread.ask('c', [])).toBe('c')
})

test('a thread that owes nothing may be silent for ever', async () => {
  await open({ looks: 1, everyMs: 1 })
  const since = performance.now()
  await expect.poll(() => performance.now() - since).toBeGreaterThan(100)
  expect(restarts).toBe(0)
})

test('one that ends before it is ready says so', async () => {
  thread = openThread({ name: 'odd', script: new URL('../support/no-such.ts', import.meta.url), data: undefined })
  await expect(thread.ready).rejects.toThrow()
})
