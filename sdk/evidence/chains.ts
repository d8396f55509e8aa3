/** Whether a certificate was good at a time: path validation (RFC 5280 6) by given anchors and by the lists in the bundle. */
import { type Certificate, isSameName, isStrong } from './certificate.ts'
import { type Crl, isNamedBy, isSignedBy, revokedSince } from './crl.ts'
import { type EvidenceCode, EvidenceFault, demand } from './faults.ts'
import type { Verify } from './public-key.ts'

export type Chains = {
  readonly byThumbprint: ReadonlyMap<string, Certificate>
  /**
   * Gives the path from a certificate to an anchor by which it was good at a time, both included. Throws EvidenceFault `signer-…`, at `where`.
   */
  judge(certificate: Certificate, at: Date, where: string): Promise<readonly Certificate[]>
}

type Path = readonly Certificate[] | undefined
type Demands = { readonly validity: boolean; readonly unrevoked: boolean }

const LONGEST_PATH = 8
/** Of certificates that all vouch for each other the ways are beyond counting: who needs more steps has no path. */
const MOST_STEPS = 2_000
/** What a certificate lacks where there is a path only under fewer demands. */
const lacking: readonly (readonly [Demands, EvidenceCode])[] = [
  [{ validity: true, unrevoked: false }, 'signer-revoked'],
  [{ validity: false, unrevoked: false }, 'signer-not-in-validity'],
]

/** Takes the certificates and lists of a bundle, and the anchors that the verifier trusts. */
export function openChains(
  certificates: readonly Certificate[],
  anchors: readonly Certificate[],
  crls: readonly Crl[],
  verify: Verify,
): Chains {
  const trusted = new Set(anchors.map(({ thumbprint }) => thumbprint))
  const authorities = [...anchors, ...certificates].filter((one) => one.maySignCertificates && one.isUnderstood)
  const issued = remember(
    async (certificate: Certificate, issuer: Certificate) =>
      isSameName(certificate.issuer, issuer.subject) && (await isMadeBy(certificate, issuer, verify)),
  )
  const listed = remember((crl: Crl, issuer: Certificate) => isSignedBy(crl, issuer, verify))

  const isRevoked = async (certificate: Certificate, issuer: Certificate, at: Date): Promise<boolean> => {
    for (const crl of crls) {
      const since = isNamedBy(crl, issuer) ? revokedSince(crl, certificate.serial) : undefined
      if (since !== undefined && since <= at && (await listed(crl, issuer))) return true
    }
    return false
  }

  const climb = async (
    path: readonly Certificate[],
    at: Date,
    demands: Demands,
    budget: { steps: number },
  ): Promise<Path> => {
    const top = path.at(-1)
    if (top === undefined || --budget.steps < 0) return undefined
    if (demands.validity && (at < top.notBefore || at > top.notAfter)) return undefined
    if (trusted.has(top.thumbprint)) return path
    if (path.length > LONGEST_PATH) return undefined
    for (const issuer of authorities) {
      // The authorities between the leaf and this one, that are not self-issued (RFC 5280 6.1.4 l).
      const below = path.slice(1).filter((one) => !isSameName(one.subject, one.issuer)).length
      if (path.includes(issuer) || below > issuer.pathLength || !(await issued(top, issuer))) continue
      if (demands.unrevoked && (await isRevoked(top, issuer, at))) continue
      const found = await climb([...path, issuer], at, demands, budget)
      if (found !== undefined) return found
    }
    return undefined
  }

  return {
    byThumbprint: new Map(certificates.map((one) => [one.thumbprint, one])),
    async judge(certificate, at, where) {
      demand(isStrong(certificate), 'signer-weak', where)
      demand(certificate.maySign && certificate.isUnderstood, 'signer-unchained', where)
      const find = (demands: Demands) => climb([certificate], at, demands, { steps: MOST_STEPS })
      const path = await find({ validity: true, unrevoked: true })
      if (path !== undefined) return path
      for (const [demands, code] of lacking) {
        if ((await find(demands)) !== undefined) throw new EvidenceFault(code, where)
      }
      throw new EvidenceFault('signer-unchained', where)
    },
  }
}

/** Signatures do not change: each pair is checked once. */
function remember<A extends object, B extends object>(
  check: (a: A, b: B) => Promise<boolean>,
): (a: A, b: B) => Promise<boolean> {
  const known = new Map<A, Map<B, Promise<boolean>>>()
  return (a, b) => {
    const row = known.get(a) ?? new Map<B, Promise<boolean>>()
    known.set(a, row)
    const verdict = row.get(b) ?? check(a, b)
    row.set(b, verdict)
    return verdict
  }
}

async function isMadeBy(
  { algorithm, signed, signature }: Certificate,
  { publicKey }: Certificate,
  verify: Verify,
): Promise<boolean> {
  return algorithm !== undefined && (await verify({ ...algorithm, isDer: true }, publicKey, signed, signature))
}
