/** What an authority and whoever keeps the registry do about a request: for the development PKI, in one step. */
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseCertificate } from '../gateway/identity/identity.ts'
import { certifyRequest, readIssuer } from './pki.ts'

const YEAR_MS = 365 * 24 * 3_600_000
const HOUR_MS = 3_600_000
const SHOWN = 8

type Wanted = { readonly folder: string; readonly agency: string; readonly request: string; readonly now: Date }

/**
 * Signs a request (PKCS#10, PEM) for an agency's signing key by the development authority, puts the certificate beside the agency's others, and pins it in
 * `agencies.json`, which a gateway reads again on SIGHUP.
 * @returns the certificate's file @throws where the registry has no such agency, or the request is none or is not signed by its own key
 */
export async function signRequest({ folder, agency, request, now }: Wanted): Promise<string> {
  const file = join(folder, 'agencies.json')
  const registry = JSON.parse(await readFile(file, 'utf8')) as {
    agencies: { id: string; country: string; certificates: { use: string; pem: string }[] }[]
  }
  const entry = registry.agencies.find(({ id }) => id === agency)
  if (entry === undefined) throw new Error(`no agency ${agency} in ${file}`)
  const [certificate, key] = await Promise.all(
    ['crt', 'key'].map((ending) => readFile(join(folder, `authority/intermediate.${ending}`), 'utf8')),
  )
  const issuer = await readIssuer(certificate ?? '', key ?? '')
  const subject = `C=${entry.country}, O=${agency}, CN=${agency} signing`
  const validity = { notBefore: new Date(now.getTime() - HOUR_MS), notAfter: new Date(now.getTime() + YEAR_MS) }
  const { crt, pem } = await certifyRequest(issuer, { subject, validity, use: 'signing' }, request)
  const path = join(folder, 'agencies', agency, `signing-${parseCertificate(pem).thumbprint.slice(0, SHOWN)}.crt`)
  await writeFile(path, crt)
  entry.certificates.push({ use: 'signing', pem })
  await writeFile(`${file}.draft`, `${JSON.stringify(registry, null, 2)}\n`)
  await rename(`${file}.draft`, file)
  return path
}
