import type { WellKnown } from './answers.ts'
import { thumbprintOf } from './keys.ts'

/** Whether whoever shows this certificate to an endpoint is the gateway. */
export type CallerCheck = (certificate: { readonly raw: Uint8Array } | undefined) => Promise<boolean>

/** So long a certificate that the gateway has stopped showing may still count. */
const FRESH_MS = 5 * 60_000
/** A certificate that nobody knows may be the gateway's next one: the document is read again at once, and not at every stranger's call. */
const AGAIN_MS = 10_000

type Known = { readonly thumbprints: ReadonlySet<string>; readonly readAt: number }

/**
 * For agencies that are pushed to (section 7): another agency's certificate comes from the same authority as the gateway's, so
 * that the chain alone does not tell who is calling. Takes how to read the well-known document, such as `client.wellKnown`; gives
 * the check, to be asked at each request with `request.socket.getPeerX509Certificate()`. Close the connection of whoever it is
 * not, without an answer: the gateway tries again after that, and never after a refusal. Rejects as reading the document does.
 */
export function openCallerCheck(
  read: () => Promise<Pick<WellKnown, 'tlsCertificates'>>,
  moment: () => number = () => performance.now(),
): CallerCheck {
  let known: Known | undefined
  let reading: Promise<Known> | undefined
  let againAt = -Infinity

  const readNow = async (): Promise<Known> => {
    const readAt = moment()
    const { tlsCertificates } = await read()
    known = { thumbprints: new Set(tlsCertificates.map(({ thumbprint }) => thumbprint)), readAt }
    return known
  }
  /** One reading at a time, for all who wait. */
  const refresh = (): Promise<Known> => {
    reading ??= readNow().finally(() => (reading = undefined))
    return reading
  }

  return async (certificate) => {
    if (certificate === undefined) return false
    const thumbprint = thumbprintOf(certificate)
    const isFresh = known !== undefined && moment() - known.readAt < FRESH_MS
    if (known === undefined || !isFresh) return (await refresh()).thumbprints.has(thumbprint)
    if (known.thumbprints.has(thumbprint)) return true
    if (reading === undefined) {
      if (moment() - againAt < AGAIN_MS) return false
      againAt = moment()
    }
    return (await refresh()).thumbprints.has(thumbprint)
  }
}
