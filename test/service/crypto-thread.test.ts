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

const pairs = {
  ES256: pair,
  ES384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  PS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  EdDSA: generateKeyPairSync('ed25519'),
} as const

test.each(['ES256', 'ES384', 'PS256', 'EdDSA'] as const)(
  '%s: what it signs verifies here, and it verifies what is signed here',
  async (alg) => {
    const { privateKey, publicKey } = pairs[alg]
    const signature = await thread.sign({ alg, key: privateKey, input })
    expect(checkSignature({ alg, key: publicKey, input, signature })).toBe(true)
    const ours = makeSignature({ alg, key: privateKey, input })
    expect(await thread.verify({ alg, key: publicKey, input, signature: ours })).toBe(true)
    ours.writeUInt8(ours.readUInt8(9) ^ 1, 9)
    expect(await thread.verify({ alg, key: publicKey, input, signature: ours })).toBe(false)
  },
)

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

test.each(['ES256', 'ES384'] as const)('%s: a key that cannot sign fails its own job alone', async (alg) => {
  const bad = thread.sign({ alg, key: pairs[alg].publicKey, input })
  const good = thread.sign({ alg, key: pairs[alg].privateKey, input })
  await expect(bad).rejects.toThrow()
  expect(checkSignature({ alg, key: pairs[alg].publicKey, input, signature: await good })).toBe(true)
})
