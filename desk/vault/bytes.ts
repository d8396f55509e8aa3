/** Bytes as WebCrypto and IndexedDB take them. */
export type Bytes = Uint8Array<ArrayBuffer>

/** Takes how many; gives random bytes. */
export const randomBytes = (count: number): Bytes => crypto.getRandomValues(new Uint8Array(count))

/** Gives bytes as base64url without padding (RFC 4648, section 5). */
export const base64url = (bytes: Uint8Array): string =>
  base64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

/** Gives bytes as base64 (RFC 4648, section 4); they are few. */
export const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))

/** Gives the bytes of a text in UTF-8. */
export const utf8 = (text: string): Bytes => new TextEncoder().encode(text)
