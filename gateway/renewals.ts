import { type Config, ConfigurationFault, type Log, openRenewal, settingName } from './base/base.ts'
import { type Alarm, type GatewayKeys, loadGatewayKeys, readDataKeys } from './identity/identity.ts'
import type { OpenRecord } from './record/record.ts'

type Needs = {
  readonly config: Config
  readonly log: Log
  /** The gateway's id, which stays for as long as its record. */
  readonly id: string
  readonly dataKeys: OpenRecord['dataKeys']
  /** Publishes certificates and keys, and goes over to them. */
  readonly use: (next: GatewayKeys) => Promise<void>
}

/** The gateway's own certificates and keys, and its data keys, as SIGHUP reads them again: each by itself. */
export type Renewals = {
  renew(): Promise<readonly boolean[]>
  /** What was read last and could not be taken, and a data key that this process was not told of. */
  refused(): readonly Alarm[]
}

export function openRenewals({ config, log, id, dataKeys, use }: Needs): Renewals {
  const takeCertificates = async (): Promise<void> => {
    const next = await loadGatewayKeys(config, new Date())
    if (next.id !== id)
      throw new ConfigurationFault(
        `${settingName('signingCert')}: its common name is ${next.id}, and the gateway's id stays ${id}`,
      )
    await use(next)
  }
  const certificates = openRenewal('own certificates', takeCertificates, log)
  const lines = openRenewal('data keys', async () => dataKeys.change(await readDataKeys(config)), log)
  return {
    renew: () => Promise.all([certificates.renew(), lines.renew()]),
    refused: () => [
      ...(certificates.isRefused() ? [{ code: 'own-certificates-refused', subject: id }] : []),
      ...(lines.isRefused() ? [{ code: 'data-keys-refused', subject: id }] : []),
      ...(dataKeys.isBehind() ? [{ code: 'data-key-unknown', subject: id }] : []),
    ],
  }
}
