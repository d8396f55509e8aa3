const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,40})-----((?:(?!-----)[^])*)-----END \1-----/g
const LINE = 64

/** A block of a PEM text, written as OpenSSL reads it. */
export type PemBlock = { readonly label: string; readonly pem: string; readonly isEncrypted: boolean }

/**
 * Gives the blocks of a PEM text in order, whatever its line ends, indents and line lengths are (RFC 7468 section 2: parsers
 * should ignore whitespace); OpenSSL itself reads neither bare carriage returns nor long lines. What stands between is left out.
 */
export function readPem(text: string): readonly PemBlock[] {
  return [...text.matchAll(BLOCK)].map(([whole, label = '', content = '']) => {
    const isEncrypted = label.startsWith('ENCRYPTED ') || /^\s*Proc-Type:/.test(content)
    const lines = content.replaceAll(/\s/g, '').match(new RegExp(`.{1,${LINE}}`, 'g')) ?? []
    const pem = isEncrypted ? whole : `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
    return { label, pem, isEncrypted }
  })
}
