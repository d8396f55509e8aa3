import type { Attachments } from '../attachments/attachments.ts'
import { type Config, ConfigurationFault, every, type Log, type Metrics, settingName } from '../base/base.ts'
import { UNCOSIGNED_MS } from '../protocol/protocol.ts'
import { openMailer } from '../delivery/delivery.ts'
import type { Alarm, GatewayKeys, Registry, TrustSnapshot } from '../identity/identity.ts'
import { type Cosigning, cosignedState, isStampLate, type Tree } from '../log/log.ts'
import {
  type BackupAge,
  type Database,
  type Disk,
  silences,
  type StandingAlarm,
  standingAlarms,
  troubles,
  unaccounted,
  waitingForOthers,
} from '../record/record.ts'
import type { Channel } from './alarm-channel.ts'
import { openAlarmMail } from './alarm-mail.ts'
import { openAlarmWebhook, readWebhookSecrets } from './alarm-webhook.ts'
import { alarmsOf, type Looked, overdueSince, type RaisedAlarm, unreachableSince, watchAlarms } from './alarms.ts'
import { openAnnouncing } from './announcing.ts'
import type { Health } from './health.ts'

export type Watching = {
  readonly config: Pick<
    Config,
    | 'alarmEmail'
    | 'alarmWebhook'
    | 'alarmWebhookSecretFile'
    | 'smtpUrl'
    | 'environment'
    | 'tsaUrl'
    | 'tsaAnchorsFile'
    | 'tsaIntervalMs'
  >
  readonly log: Log
  readonly metrics: Metrics
  readonly database: Database
  /** Its own certificates and keys now. */
  readonly keys: () => GatewayKeys
  readonly registry: () => Registry
  readonly trust: () => Pick<TrustSnapshot, 'alarms'>
  readonly onTrustChange: (listener: () => void) => void
  readonly disk: Pick<Disk, 'state'>
  readonly attachments: Pick<Attachments, 'away'>
  readonly backup: Pick<BackupAge, 'isOverdue'>
  readonly cosigning: Pick<Cosigning, 'contradicted'>
  readonly tree: Pick<Tree, 'state'>
  readonly health: Health
  /** Alarms of what was read again and could not be taken. */
  readonly refused: () => readonly Alarm[]
  /** Hears of each alarm that begins or ends. */
  readonly tell?: (alarm: Alarm, on: boolean) => void
  /** The record's time. */
  readonly now: () => Date
  /** This machine's. */
  readonly machineNow?: () => Date
}

/** The alarms, watched. */
export type Alarms = AsyncDisposable & {
  /** Those that this process sees. */
  on(): readonly RaisedAlarm[]
  /** Those of all processes, and who sees to them. @throws what the record does */
  standing(): Promise<readonly StandingAlarm[]>
}

/** What a clock alone brings about: a list that ends, a folder that could not be read for 10 s. */
const LOOK_MS = 5_000

/** So long a process has run before it says that nothing was time-stamped. */
const STAMPING_MS = 5 * 60_000

/** What was last read from the record; it stays while that is away. */
type Read = Pick<Looked, 'silent' | 'troubles' | 'gone' | 'unaccounted' | 'reasons' | 'isUncosigned' | 'isStampLate'>

const NOTHING_READ: Read = {
  silent: [],
  troubles: [],
  gone: [],
  unaccounted: 0,
  reasons: [],
  isUncosigned: false,
  isStampLate: false,
}

/**
 * Opens the alarms: looks every few seconds, says in the log what has begun and ended, and tells whom the configuration names.
 * @throws ConfigurationFault for an address without a mail server, and a webhook without a secret
 */
export async function openAlarms(needs: Watching): Promise<Alarms> {
  const { database, log, now, metrics, machineNow = () => new Date() } = needs
  const channels = await openChannels(needs)
  const openedAt = now()
  const announcing = openAnnouncing({ log, metrics, database, channels, now })
  let read: Read = { ...NOTHING_READ }
  const watch = watchAlarms(() => {
    const { trust, keys, registry, disk, attachments, backup, refused } = needs
    const clockOffsetMs = machineNow().getTime() - now().getTime()
    metrics.clockOffset.set(clockOffsetMs / 1000)
    const own = { trust: trust(), keys: keys(), registry: registry(), disk: disk.state(), away: attachments.away() }
    const contradicted = needs.cosigning.contradicted()
    return alarmsOf(
      { ...own, ...read, backup, contradicted, tree: needs.tree.state(), clockOffsetMs, refused: refused() },
      now(),
    )
  }, needs)
  needs.onTrustChange(watch.look)
  const look = async (): Promise<void> => {
    // The others are looked for also while the record is away.
    read = { ...read, reasons: await needs.health.reasons() }
    watch.look()
    read = { ...read, ...(await readRecord(needs)) }
    read = { ...read, isUncosigned: await isUncosigned(needs, openedAt), isStampLate: await isLate(needs, openedAt) }
    watch.look()
    // It writes down how far it has come, which a standby refuses.
    read = { ...read, unaccounted: await unaccounted(database, now()) }
    metrics.unaccounted.set(read.unaccounted)
    watch.look()
  }
  const stopLooking = every(LOOK_MS, look, (error) => log.error({ err: error }, 'alarms could not be looked for'))
  // By itself: a mail server that hangs must keep nobody from looking.
  const stopTelling = every(
    LOOK_MS,
    (stop) => announcing.announce(watch.on(), stop),
    (error) => log.error({ err: error }, 'alarms could not be noted in the record'),
  )
  return {
    on: watch.on,
    standing: () => standingAlarms(database),
    async [Symbol.asyncDispose]() {
      await Promise.all([stopLooking(), stopTelling()])
      await Promise.all(channels.map((channel) => channel.close()))
    },
  }
}

async function readRecord({ database, registry, now }: Watching): Promise<Pick<Read, 'silent' | 'troubles' | 'gone'>> {
  const agencies = [...registry().agencies.keys()]
  const at = now()
  const [silent, found, gone] = await Promise.all([
    silences(database, overdueSince(at)),
    troubles(database, agencies, unreachableSince(at)),
    waitingForOthers(database, agencies),
  ])
  return { silent, troubles: found, gone }
}

/** A process that has just started, after a night perhaps, has not had the time to ask. */
async function isUncosigned({ database, registry, now, metrics }: Watching, openedAt: Date): Promise<boolean> {
  const at = now()
  const state = await cosignedState(database, registry(), at)
  metrics.witnessAge.reset()
  for (const { key, ageSeconds } of state?.witnesses ?? [])
    if (ageSeconds !== undefined) metrics.witnessAge.set({ witness: key }, ageSeconds)
  return state?.isUncosigned === true && at.getTime() - openedAt.getTime() >= UNCOSIGNED_MS
}

/** Nor has one that has just been told of an authority. */
async function isLate(needs: Watching, openedAt: Date): Promise<boolean> {
  const at = needs.now()
  return (await isStampLate(needs, at)) && at.getTime() - openedAt.getTime() >= STAMPING_MS
}

/** Whom the configuration names: each channel that is set. */
async function openChannels({ config, log, keys, now }: Watching): Promise<readonly Channel[]> {
  const { alarmEmail: to, alarmWebhook: url, smtpUrl, environment } = config
  if (to !== undefined && smtpUrl === undefined)
    throw new ConfigurationFault(`${settingName('alarmEmail')} needs ${settingName('smtpUrl')}`)
  const secrets = url === undefined ? undefined : await readWebhookSecrets(config)
  return [
    ...(to && smtpUrl ? [openAlarmMail({ mailer: openMailer(smtpUrl, log), to, environment })] : []),
    ...(url && secrets ? [openAlarmWebhook({ url, secrets, gateway: () => keys().id, environment, now })] : []),
  ]
}
