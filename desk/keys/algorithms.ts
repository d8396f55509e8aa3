import type { Algorithm } from '../../sdk/browser.ts'

/** How WebCrypto names a key of each algorithm of section 3. */
export const parameters = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  ES384: { name: 'ECDSA', namedCurve: 'P-384' },
  EdDSA: { name: 'Ed25519' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
} as const satisfies Record<Algorithm, object>

/** In the order in which a key is tried: it fits one of them. */
export const algorithms = Object.keys(parameters) as readonly Algorithm[]

/** What is signed to see whether two keys are one pair. */
export const signing = {
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
  ES384: { name: 'ECDSA', hash: 'SHA-384' },
  EdDSA: { name: 'Ed25519' },
  PS256: { name: 'RSA-PSS', saltLength: 32 },
} as const satisfies Record<Algorithm, object>
