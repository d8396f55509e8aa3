/** Which revocation list of each issuer is in force: the newest that is genuine, and never one older than before. */
import type { Certificate } from './certificate.ts'
import { checkCrl, type Crl, isCrlOf } from './crl.ts'
import { type CrlMark, isNewer, issuerKey, markOf, wentBack } from './crl-marks.ts'

export type InForce = {
  readonly issuer: Certificate
  readonly crl: Crl
  /** Newer ones have been seen, here or by another process: it goes on revoking, and no longer says that anything else is good. */
  readonly behind: boolean
  /** A genuine list of a later date has a lower number. */
  readonly wentBack: boolean
}

/** Where several processes read copies of one folder, one may have the new list a little later: so long its own still counts. */
const LAG_MS = 5_000

export type CrlKeeper = {
  /** What is in force now, by issuer. @param moment a clock that only goes on, in ms */
  choose(
    issuers: readonly Certificate[],
    crls: readonly Crl[],
    marks: ReadonlyMap<string, CrlMark>,
    at: Date,
    moment: number,
  ): Promise<ReadonlyMap<string, InForce>>
}

/** Makes what keeps them. A list that was in force stays so until a newer one comes, also where its file has gone. */
export function keepCrls(): CrlKeeper {
  const held = new Map<string, InForce>()
  const behindSince = new Map<string, number>()

  return {
    async choose(issuers, crls, marks, at, moment) {
      for (const issuer of issuers) {
        const key = issuerKey(issuer)
        const before = held.get(key)
        await checkAside(issuer, crls)
        const found = newest(issuer, before ? [before.crl, ...crls] : crls, at)
        if (!found) continue
        const mark = marks.get(key)
        const isOld = mark !== undefined && isNewer(mark, found)
        if (!isOld) behindSince.delete(key)
        // At the start nothing has counted yet, and an old list never does.
        else if (!behindSince.has(key))
          behindSince.set(key, before && !before.behind ? moment : Number.NEGATIVE_INFINITY)
        const behind = isOld && moment - (behindSince.get(key) ?? 0) > LAG_MS
        const highest = mark && isOld ? mark : markOf(found, mark)
        const later = crls.some((crl) => crl.thisUpdate <= at && wentBack(crl, highest) && isGenuine(crl, issuer))
        held.set(key, { issuer, crl: found, behind, wentBack: later })
      }
      return new Map(held)
    },
  }
}

/** The newest CRL of an issuer, its signature checked; one from the future waits. The earlier in the list wins a tie. */
export function newest(issuer: Certificate, crls: readonly Crl[], at: Date): Crl | undefined {
  return crls
    .filter((crl) => crl.issuer === issuer.subjectName && crl.thisUpdate <= at && isGenuine(crl, issuer))
    .reduce<Crl | undefined>((best, crl) => (best && !isNewer(crl, best) ? best : crl), undefined)
}

/** Each CRL's signature is checked once for each key: the folder is looked at every second. */
const checked = new WeakMap<Crl, Map<string, boolean>>()

function verdictsOf(crl: Crl): Map<string, boolean> {
  const verdicts = checked.get(crl) ?? new Map<string, boolean>()
  checked.set(crl, verdicts)
  return verdicts
}

async function checkAside(issuer: Certificate, crls: readonly Crl[]): Promise<void> {
  for (const crl of crls) {
    const verdicts = verdictsOf(crl)
    if (crl.issuer !== issuer.subjectName || verdicts.has(issuer.thumbprint)) continue
    verdicts.set(issuer.thumbprint, await checkCrl(crl, issuer))
  }
}

/** Of an issuer that is not in the folder it is checked here and now. */
function isGenuine(crl: Crl, issuer: Certificate): boolean {
  const verdicts = verdictsOf(crl)
  const known = verdicts.get(issuer.thumbprint) ?? isCrlOf(crl, issuer)
  verdicts.set(issuer.thumbprint, known)
  return known
}
