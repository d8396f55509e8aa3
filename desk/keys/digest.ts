/**
 * Gives the SHA-256 of a public key, hex in fours, as `passerelle keys` prints it: read on the telephone, it shows that nobody has changed the
 * request on its way.
 */
export async function digestOfKey(publicKey: CryptoKey): Promise<string> {
  const spki = await crypto.subtle.exportKey('spki', publicKey)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', spki))
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return (hex.match(/.{4}/g) ?? []).join(' ')
}
