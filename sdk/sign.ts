import { CompactSign, type CryptoKey, type KeyObject } from 'jose'
import type { Algorithm, MediaType } from './jws.ts'
import type { Acknowledgement, AnyEnvelope, Message } from './message.ts'

/** Who signs: a private key and the certificate that the registry has pinned for it. */
export type Signer = { readonly alg: Algorithm; readonly key: CryptoKey | KeyObject; readonly thumbprint: string }

/** Gives a new UUIDv7 (RFC 9562), for a message or a case. */
export function newId(): string {
  const time = Date.now().toString(16).padStart(12, '0')
  const random = crypto.randomUUID()
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`
}

/**
 * Takes a message, who signs it and the time; gives it as a compact JWS with exactly section 3's header. Keep the result: a
 * repetition sends these very bytes, for signing anew makes another message of the same `id`.
 */
export function signMessage(message: Message, signer: Signer, now: Date): Promise<string> {
  return signEnvelope(message, signer, now)
}

/** The same for an envelope whose form the compiler does not know, such as one that was read from a file. */
export function signEnvelope(envelope: AnyEnvelope, signer: Signer, now: Date): Promise<string> {
  return sign('safeguarding-message+jws', envelope, signer, now)
}

/** Takes the acknowledgement of a message, the recipient's signer and the time; gives it as a compact JWS (section 7). */
export function signAcknowledgement(payload: Acknowledgement, signer: Signer, now: Date): Promise<string> {
  return sign('safeguarding-acknowledgement+jws', payload, signer, now)
}

function sign(typ: MediaType, payload: object, signer: Signer, now: Date): Promise<string> {
  const iat = Math.floor(now.getTime() / 1000)
  return new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: signer.alg, typ, cty: 'json', iat, 'x5t#S256': signer.thumbprint })
    .sign(signer.key)
}
