import { ConfigurationFault } from '../base/base.ts'
import { type Certificate, parseCertificates } from '../identity/identity.ts'
import { isJsonObject, parseJson, parseJws, parseTime, Problem, verifySignature } from '../protocol/protocol.ts'
import { type Database, type SignedErasure, signingCertificates } from '../record/record.ts'

/** What an erasure's leaf says beside the case: who did it. Nobody where it was the registry's retention. */
export type Said = { readonly act: 'erase' | 'retention'; readonly operator: string | undefined }

/** Holds an erasure to its leaf: signed by the gateway, and saying just this. @throws ConfigurationFault that names the act */
export type Verify = (erasure: SignedErasure) => Promise<Said>

/**
 * Verifies by the signing certificates that the record knows of the gateway, and by the one that it has now.
 * @param origin of the record's log, which begins with the gateway's id; @param current the gateway's signing certificate, in PEM
 */
export async function openVerify(database: Database, origin: string, current: string | undefined): Promise<Verify> {
  const gateway = origin.slice(0, origin.lastIndexOf('/'))
  const pinned = (await signingCertificates(database)).filter(({ party }) => party === gateway).map(({ pem }) => pem)
  const known = new Map<string, Certificate>()
  for (const pem of [...pinned, ...(current === undefined ? [] : [current])]) {
    for (const certificate of parseCertificates(pem)) known.set(certificate.thumbprint, certificate)
  }
  return async (erasure) => {
    const said = await judge(erasure, gateway, known)
    if (typeof said !== 'string') return said
    throw new ConfigurationFault(`the erasure ${erasure.actId} ${said}`)
  }
}

async function judge(
  { actId, caseId, at, jws: text }: SignedErasure,
  gateway: string,
  known: ReadonlyMap<string, Certificate>,
): Promise<Said | string> {
  const jws = parse(text)
  if (jws === undefined) return 'has no leaf of the log with it'
  const certificate = known.get(jws.header.thumbprint)
  if (certificate === undefined)
    return 'was signed by a certificate of the gateway that is not known: set PASSERELLE_SIGNING_CERT'
  if (!(await verifySignature(jws, certificate))) return 'has a signature that does not verify'
  const said = parseJson(jws.payload)
  if (!isJsonObject(said)) return 'has a leaf that says something else'
  const { act, operator } = said
  const isSame =
    said['actId'] === actId &&
    said['caseId'] === caseId &&
    said['gateway'] === gateway &&
    parseTime(said['at'])?.getTime() === at.getTime()
  if (isSame && act === 'erase' && typeof operator === 'string') return { act, operator }
  if (isSame && act === 'retention' && operator === undefined) return { act, operator }
  return 'has a leaf that says something else'
}

function parse(text: string) {
  try {
    return parseJws(Buffer.from(text, 'latin1'), 'operator-act+jws')
  } catch (error) {
    if (error instanceof Problem) return undefined
    throw error
  }
}
