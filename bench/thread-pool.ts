import { sign, verify } from 'node:crypto'
import type { Algorithm } from '../gateway/protocol/jws.ts'
import type { SignatureWork } from '../gateway/protocol/signature.ts'

/** ES256 on libuv's thread pool, one hand-over for each: the floor has no thread of its own for signatures, as the gateway has. */
export const onThreadPool: SignatureWork = {
  sign: ({ alg, key, input }) =>
    new Promise((resolve, reject) => {
      sign(hashOf(alg), input, { key, dsaEncoding: 'ieee-p1363' }, (error, made) => {
        if (error === null) resolve(made)
        else reject(error)
      })
    }),
  verify: ({ alg, key, input, signature }) =>
    new Promise((resolve) => {
      verify(hashOf(alg), input, { key, dsaEncoding: 'ieee-p1363' }, signature, (error, good) => {
        resolve(error === null && good)
      })
    }),
}

/** Throws an Error for what the benchmark's agencies do not sign with. */
function hashOf(alg: Algorithm): string {
  if (alg !== 'ES256') throw new Error(`the benchmark signs by ES256, not by ${alg}`)
  return 'sha256'
}
