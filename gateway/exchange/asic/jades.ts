import { createHash } from 'node:crypto'
import { type File, textFile } from './file.ts'
import type { Signing } from './signing.ts'

/**
 * A detached JAdES signature of level B-B (ETSI TS 119 182-1 V1.2.1, 6.3) over files, by their digests: `iat` and `x5t#S256` are signed,
 * `x5c` has the certificates, `sigD` the files (5.2.8.3.3). Its payload is empty, and with `b64: false` (RFC 7797) the digests are of the
 * files' own bytes.
 */
export async function signFiles(name: string, files: readonly File[], signing: Signing): Promise<File> {
  const { signer, above, work, at } = signing
  const header = {
    alg: signer.alg,
    typ: 'jose',
    iat: Math.floor(at.getTime() / 1000),
    'x5t#S256': signer.certificate.thumbprint,
    x5c: [signer.certificate, ...above].map(({ der }) => der.toString('base64')),
    b64: false,
    sigD: {
      mId: 'http://uri.etsi.org/19182/ObjectIdByURIHash',
      pars: files.map((file) => file.name),
      hashM: 'S256',
      hashV: files.map(({ bytes }) => createHash('sha256').update(bytes).digest('base64url')),
      ctys: files.map(({ mediaType }) => mediaType),
    },
    crit: ['b64', 'sigD'],
  }
  const input = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.`
  const signature = await work.sign({ alg: signer.alg, key: signer.key, input: Buffer.from(input) })
  return textFile(name, 'application/jose', `${input}.${Buffer.from(signature).toString('base64url')}`)
}
