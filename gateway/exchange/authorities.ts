import { type Certificate, isIssuedBy, parseCertificate } from '../identity/identity.ts'
import { authorityCertificates, type Database } from '../record/record.ts'

/** Of the authorities that the record keeps, those that lead upwards from certificates, without the anchors. */
export async function authoritiesAbove(
  database: Database,
  from: readonly Certificate[],
): Promise<readonly Certificate[]> {
  const kept = await authorityCertificates(database)
  const authorities = kept.map((pem) => parseCertificate(pem)).filter(({ selfSigned }) => !selfSigned)
  const found = new Set<Certificate>()
  for (let level = from; level.length > 0; ) {
    level = authorities.filter((one) => !found.has(one) && level.some((below) => isIssuedBy(below, one)))
    for (const one of level) found.add(one)
  }
  return [...found]
}
