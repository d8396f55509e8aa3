import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Job, packJobs, unpackJobs } from '../../gateway/exchange/checking/batch.ts'

const keys = [generateKeyPairSync('ed25519').privateKey, generateKeyPairSync('ed25519').publicKey]

const bytes = fc.uint8Array({ maxLength: 300 })
const job: fc.Arbitrary<Job> = fc
  .record(
    {
      alg: fc.constantFrom('ES256', 'ES384', 'PS256', 'EdDSA'),
      key: fc.constantFrom(...keys),
      input: bytes,
    },
    { requiredKeys: ['alg', 'key', 'input'] },
  )
  .chain(
    (signing): fc.Arbitrary<Job> =>
      fc.oneof(
        fc.constant(signing),
        bytes.map((signature) => ({ ...signing, signature })),
        bytes.map((signature) => ({ ...signing, signature, reads: true as const })),
      ),
  )

test('jobs come out as they went in, whatever their bytes', () => {
  fc.assert(
    fc.property(fc.array(job, { maxLength: 12 }), (jobs) => {
      const packed = packJobs(jobs, (key) => keys.indexOf(key))
      const unpacked = unpackJobs(packed, (number) => keys[number] ?? expect.fail('no such key'))
      expect(unpacked.map((one) => ({ ...one, key: keys.indexOf(one.key) }))).toEqual(
        jobs.map((one) => ({ ...one, key: keys.indexOf(one.key) })),
      )
    }),
    { seed: 1, numRuns: 300 },
  )
})
