import { randomUUID } from 'node:crypto'
import type { Alarm } from '../identity/identity.ts'
import type { Channel, Notice } from './alarm-channel.ts'
import { AGAIN_MS, type Announcing, type Telling, tellOn } from './telling.ts'

/** An alarm that this process tells by itself, on one channel. */
type Alone = {
  readonly alarmId: string
  readonly code: string
  readonly subject: string
  readonly began: Date
  ended: Date | undefined
  told: number
  nextAt: number
}

const RETRY_MS = 60_000

/**
 * Tells what keeps the record from being written to: each process does, since none can know of another then. Who is to tell of
 * everything else, the record says when it is back.
 */
export function openAlone(needs: Telling): Announcing {
  const { channels, now } = needs
  const known = new Map(channels.map((channel) => [channel, new Map<string, Alone>()]))
  return {
    async announce(on, stop) {
      for (const [channel, alarms] of known) {
        note(alarms, on, now())
        const due = [...alarms.values()].filter(({ nextAt }) => nextAt <= now().getTime())
        if (due.length > 0) await tell(needs, channel, alarms, due, stop)
      }
    },
  }
}

function note(alarms: Map<string, Alone>, on: readonly Alarm[], at: Date): void {
  const seen = new Map(on.filter(({ code }) => code.startsWith('record-')).map((alarm) => [alarm.code, alarm]))
  for (const { code, subject } of seen.values()) {
    const fresh = { alarmId: randomUUID(), code, subject, began: at, ended: undefined, told: 0, nextAt: at.getTime() }
    if (alarms.get(code)?.ended !== undefined || !alarms.has(code)) alarms.set(code, fresh)
  }
  for (const [code, alarm] of alarms) {
    if (seen.has(code) || alarm.ended !== undefined) continue
    alarm.ended = at
    alarm.nextAt = at.getTime()
    if (alarm.told === 0) alarms.delete(code)
  }
}

async function tell(
  needs: Telling,
  channel: Channel,
  alarms: Map<string, Alone>,
  due: readonly Alone[],
  stop: AbortSignal,
): Promise<void> {
  const notices = new Map(due.map((alarm) => [noticeOf(alarm), alarm]))
  const told = new Set(await tellOn(needs, channel, [...notices.keys()], stop))
  const at = needs.now().getTime()
  for (const [notice, alarm] of notices) {
    alarm.nextAt = at + (told.has(notice) ? AGAIN_MS : RETRY_MS)
    if (told.has(notice)) alarm.told++
    if (notice.what === 'over' && (told.has(notice) || at - notice.since.getTime() > AGAIN_MS))
      alarms.delete(alarm.code)
  }
}

function noticeOf({ alarmId, code, subject, began, ended, told }: Alone): Notice {
  const what = ended !== undefined ? 'over' : told === 0 ? 'on' : 'still-on'
  return {
    id: `${alarmId}.${ended !== undefined ? 'over' : told}`,
    alarmId,
    what,
    code,
    subject,
    since: ended ?? began,
  }
}
