import { base64, type Bytes } from '../vault/bytes.ts'

const CERTIFICATE = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g

/** Gives DER as PEM (RFC 7468). */
export function toPem(label: string, der: Uint8Array): string {
  const lines = base64(der).replaceAll(/.{64}(?=.)/g, '$&\n')
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`
}

/** Gives the DER of each certificate of a text in PEM, in its order; of what is none, nothing. */
export function certificatesOf(text: string): readonly Bytes[] {
  return [...text.matchAll(CERTIFICATE)].flatMap(([, body = '']) => {
    try {
      return [Uint8Array.from(atob(body.replaceAll(/\s/g, '')), (letter) => letter.codePointAt(0) ?? 0)]
    } catch {
      return []
    }
  })
}
