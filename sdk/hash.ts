import { base64url } from 'jose'

/** Takes bytes, or a text that stands for its UTF-8; gives their SHA-256 in base64url. By WebCrypto, so in a browser as well. */
export async function sha256(bytes: string | Uint8Array): Promise<string> {
  const input = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : Uint8Array.from(bytes)
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', input))
  return base64url.encode(hash)
}
