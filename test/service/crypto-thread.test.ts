import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkSignature, makeSignature } from '../../gateway/core/signature.ts'
import { openCryptoThread } from '../../gateway/crypto/thread.ts'

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const input = Buffer.from('what is signed')

let thread: ReturnType<typeof openCryptoThread>

beforeAll(() => {
  thread = openCryptoThread()
})
afterAll(() => thread.close())

test('what it signs verifies here, and it verifies what is signed here', async () => {
  const signature = await thread.sign({ alg: 'ES256', key: pair.privateKey, input })
  expect(checkSignature({ alg: 'ES256', key: pair.publicKey, input, signature })).toBe(true)
  const ours = makeSignature({ alg: 'ES256', key: pair.privateKey, input })
  expect(await thread.verify({ alg: 'ES256', key: pair.publicKey, input, signature: ours })).toBe(true)
})

test('many at once, good and bad mixed, each have their own answer', async () => {
  const answers = await Promise.all(
    Array.from({ length: 100 }, async (_, at) => {
      const own = Buffer.from(`message ${at}`)
      const signature = await thread.sign({ alg: 'ES256', key: pair.privateKey, input: own })
      const other = at % 2 === 0 ? own : Buffer.from('something else')
      return await thread.verify({ alg: 'ES256', key: pair.publicKey, input: other, signature })
    }),
  )
  expect(answers).toEqual(answers.map((_, at) => at % 2 === 0))
})

test('a key that cannot sign fails its own job alone', async () => {
  const bad = thread.sign({ alg: 'ES256', key: pair.publicKey, input })
  const good = thread.sign({ alg: 'ES256', key: pair.privateKey, input })
  await expect(bad).rejects.toThrow()
  expect((await good).length).toBe(64)
})
