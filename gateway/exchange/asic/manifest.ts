import { createHash } from 'node:crypto'
import { type File, textFile } from './file.ts'

const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256'

/**
 * ASiCManifest (ETSI EN 319 162-1, A.4): which files the signature is about, by their SHA-256. One line each, so that tools for lines find
 * them. Names and types are the gateway's own, and have nothing in them that XML would have escaped.
 */
export function manifest(name: string, signature: string, files: readonly File[]): File {
  const references = files.map(
    ({ name: file, mediaType, bytes }) =>
      `  <asic:DataObjectReference URI="${file}" MimeType="${mediaType}"><ds:DigestMethod Algorithm="${SHA256}"/>` +
      `<ds:DigestValue>${createHash('sha256').update(bytes).digest('base64')}</ds:DigestValue></asic:DataObjectReference>`,
  )
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">',
    `  <asic:SigReference URI="${signature}" MimeType="application/pkcs7-signature"/>`,
    ...references,
    '</asic:ASiCManifest>',
    '',
  ]
  return textFile(name, 'text/xml', lines.join('\n'))
}
