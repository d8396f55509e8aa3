import { createHash } from 'node:crypto'
import type { Algorithm } from './jws.ts'
import { SdkFault } from './problem.ts'

/** Below this, RSA is refused (section 1). */
const LEAST_RSA_BITS = 2048

/** Takes the bytes of a message as signed; gives their digest as receipts and acknowledgements write it (section 6). */
export function digestOf(bytes: string | Uint8Array): string {
  return `sha-256:${createHash('sha256').update(bytes).digest('base64url')}`
}

/** Takes a certificate; gives its `x5t#S256`. */
export function thumbprintOf(certificate: { readonly raw: Uint8Array }): string {
  return createHash('sha256').update(certificate.raw).digest('base64url')
}

/** What is asked of a key: Node's KeyObject has it. Named by its form, so that the declarations need no types of Node. */
type Key = {
  readonly asymmetricKeyType?: string | undefined
  readonly asymmetricKeyDetails?:
    | { readonly namedCurve?: string | undefined; readonly modulusLength?: number | undefined }
    | undefined
}

/** Takes a key, public or private; gives the one algorithm of section 3 that fits it. Throws SdkFault `key-not-supported`. */
export function algorithmOf(key: Key): Algorithm {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {}
  if (key.asymmetricKeyType === 'ed25519') return 'EdDSA'
  if (key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1') return 'ES256'
  if (key.asymmetricKeyType === 'ec' && namedCurve === 'secp384r1') return 'ES384'
  if (key.asymmetricKeyType === 'rsa' && (modulusLength ?? 0) >= LEAST_RSA_BITS) return 'PS256'
  throw new SdkFault('key-not-supported')
}
