import type { Alarm, GatewayKeys, TrustSnapshot } from '../identity/identity.ts'
import type { Log } from '../base/base.ts'

/** How long before a certificate ends its owner is told (protocol section 1). */
export const WARN_BEFORE_MS = 30 * 24 * 3_600_000

/**
 * What an operator has to see to: revocation lists and authorities that end, the gateway's own certificates, and agencies that
 * the registry no longer has though something waits for them.
 */
export function alarmsOf(
  trust: TrustSnapshot,
  keys: GatewayKeys,
  now: Date,
  gone: readonly string[] = [],
): readonly Alarm[] {
  const own = [keys.tls.certificate, keys.signer.certificate]
  const ending = own.filter(({ notAfter }) => notAfter.getTime() - now.getTime() < WARN_BEFORE_MS)
  return [
    ...trust.alarms(now),
    ...gone.map((agency) => ({ code: 'agency-gone', subject: agency })),
    ...ending.map(({ subject, notAfter }) => ({ code: 'own-certificate-expires', subject, since: notAfter })),
  ]
}

/** Gives the look that says in the log which alarms have begun, and which have ended, since the last; `/metrics` shows those that are on. */
export function watchAlarms(look: () => readonly Alarm[], log: Log): () => void {
  let on = new Map<string, Alarm>()
  return () => {
    const now = new Map(look().map((alarm) => [`${alarm.code} ${alarm.subject}`, alarm]))
    for (const [key, alarm] of now)
      if (!on.has(key)) log.warn({ alarm: alarm.code, subject: alarm.subject }, 'an alarm is on')
    for (const [key, alarm] of on)
      if (!now.has(key)) log.info({ alarm: alarm.code, subject: alarm.subject }, 'an alarm is over')
    on = now
  }
}
