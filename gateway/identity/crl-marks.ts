/** How new the list of each issuer has been: no older one ever counts again (protocol section 1). */
import type { Certificate } from './certificate.ts'
import type { Crl } from './crl.ts'

/** The highest number that an issuer's lists have had, and the date of the newest of them. */
export type CrlMark = { readonly number?: bigint; readonly thisUpdate: Date }

/** The record of them, over all processes and restarts. The keys are those of `issuerKey`. */
export type CrlMarks = {
  read(): Promise<ReadonlyMap<string, CrlMark>>
  /** Raises each that is lower; what is as high already stays. */
  raise(marks: ReadonlyMap<string, CrlMark & { readonly subject: string }>): Promise<void>
}

/** Name and key: two authorities of one name do not revoke each other's certificates. */
export function issuerKey({ subjectName, keyThumbprint }: Certificate): string {
  return `${keyThumbprint} ${subjectName}`
}

/** Whether a list is newer than another: by CRL number (RFC 5280 5.2.3), else by thisUpdate. */
export function isNewer(crl: CrlMark, than: CrlMark): boolean {
  if (crl.number !== undefined && than.number !== undefined && crl.number !== than.number)
    return crl.number > than.number
  return crl.thisUpdate > than.thisUpdate
}

/** Whether an issuer has given a later list a lower number: one of the two is a mistake, or no list of this issuer's at all. */
export function wentBack(crl: CrlMark, mark: CrlMark): boolean {
  return (
    crl.number !== undefined &&
    mark.number !== undefined &&
    crl.number < mark.number &&
    crl.thisUpdate > mark.thisUpdate
  )
}

/** The mark that a list leaves behind: a number is never forgotten, also where a newer list has none. */
export function markOf(
  { number, thisUpdate }: Pick<Crl, 'number' | 'thisUpdate'>,
  before: CrlMark | undefined,
): CrlMark {
  const highest = number ?? before?.number
  return { ...(highest === undefined ? {} : { number: highest }), thisUpdate }
}
