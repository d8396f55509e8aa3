import { expect, test } from 'vitest'
import { shareAnswer } from '../../gateway/http/agency/shared-answer.ts'

function open(make = async (): Promise<number> => 0) {
  const state = { now: 0, registry: {}, trust: {}, made: 0 }
  const ask = shareAnswer(
    () => [state.registry, state.trust],
    async () => {
      state.made += 1
      return await make()
    },
    () => state.now,
  )
  return { state, ask }
}

test('however many ask, it is made once for each registry and each trust, and each second', async () => {
  const { state, ask } = open()
  await Promise.all(Array.from({ length: 100 }, ask))
  expect(state.made).toBe(1)
  state.registry = {}
  await Promise.all([ask(), ask()])
  expect(state.made).toBe(2)
  state.trust = {}
  await ask()
  expect(state.made).toBe(3)
  state.now = 999
  await ask()
  expect(state.made).toBe(3)
  state.now = 1_000
  await ask()
  expect(state.made, 'a certificate may have ended meanwhile').toBe(4)
})

test('it is sent as it was made', async () => {
  const { ask } = open(async () => 7)
  expect(await ask()).toEqual({ body: 7, json: '7' })
})

test('a failure is told to who waits for it and is not kept', async () => {
  const failing = { yes: true }
  const { state, ask } = open(async () => {
    if (failing.yes) throw new Error('away')
    return 1
  })
  await Promise.all([expect(ask()).rejects.toThrow('away'), expect(ask()).rejects.toThrow('away')])
  expect(state.made).toBe(1)
  failing.yes = false
  expect((await ask()).body).toBe(1)
})
