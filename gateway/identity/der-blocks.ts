/** What a file of certificates or revocation lists holds, PEM (RFC 7468) or DER, before anybody reads it. */

/** A certificate or a CRL that cannot be used as one; the message is for operators and quotes nothing. */
export class CertificateFault extends Error {
  override readonly name = 'CertificateFault'
}

/**
 * The DER of each block of a PEM text, or a DER as it is.
 * @throws CertificateFault for a block that is broken
 */
export function derBlocks(source: string | Buffer, label: string): Buffer[] {
  if (typeof source === 'string') return pemBlocks(source, label)
  return source.includes('-----BEGIN ') ? pemBlocks(source.toString('latin1'), label) : [source]
}

/** Writes DER as a PEM block, 64 characters a line. */
export function toPem(der: Buffer, label: string): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

/** Splits rather than matches: a pattern would take quadratic time over a text of many openings and no end. */
function pemBlocks(text: string, label: string): Buffer[] {
  const [, ...parts] = text.split(`-----BEGIN ${label}-----`)
  return parts.map((part) => {
    const end = part.indexOf(`-----END ${label}-----`)
    const base64 = part.slice(0, Math.max(end, 0)).replaceAll(/\s/g, '')
    if (base64 === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw new CertificateFault('has a broken PEM block')
    return Buffer.from(base64, 'base64')
  })
}
