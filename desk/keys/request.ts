// oxlint-disable-next-line import/no-unassigned-import -- @peculiar/x509 wants it loaded first
import 'reflect-metadata'
import { KeyUsageFlags, KeyUsagesExtension, Pkcs10CertificateRequestGenerator } from '@peculiar/x509'
import { parameters, signing } from './algorithms.ts'

/** Both halves of a key. */
type Pair = { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey }

/**
 * Makes the request (PKCS#10, RFC 2986) for the certificate of a signing key, as the command line's `keys` does.
 * @returns PEM
 */
export async function requestCertificate(agency: string, keys: Pair): Promise<string> {
  const made = await Pkcs10CertificateRequestGenerator.create({
    name: `CN=${agency} signing, O=${agency}, C=${agency.slice(0, 2).toUpperCase()}`,
    keys,
    signingAlgorithm: { ...parameters.ES256, ...signing.ES256 },
    extensions: [new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.nonRepudiation, true)],
  })
  return `${made.toString('pem')}\n`
}
