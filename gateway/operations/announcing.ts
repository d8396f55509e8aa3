import { type DueNotice, noteAlarms, noteTold, takeNotices, transaction } from '../record/record.ts'
import type { Notice } from './alarm-channel.ts'
import { openAlone } from './announcing-alone.ts'
import { AGAIN_MS, type Announcing, type Telling, tellOn } from './telling.ts'

/** So many alarms at most are noted by one process: a folder may hold a thousand files that are none. */
const MOST_ALARMS = 1_000
/** And so many told at once on one channel; the others with the next look. */
const MOST_NOTICES = 20

/** Opens the telling. Where the record is away, this process tells by itself what keeps it so. */
export function openAnnouncing(needs: Telling): Announcing {
  const { database, channels, now, log } = needs
  const alone = openAlone(needs)
  return {
    async announce(on, stop) {
      try {
        await transaction(database, async (tx) => ({ result: await noteAlarms(tx, on.slice(0, MOST_ALARMS), now()) }))
      } catch (error) {
        await alone.announce(on, stop)
        throw error
      }
      await alone.announce([], stop)
      await Promise.all(
        channels.map(async (channel) => {
          const due = await transaction(database, async (tx) => ({
            result: await takeNotices(tx, channel.name, now(), MOST_NOTICES),
          }))
          if (due.length === 0) return
          const notices = new Map(due.map((one) => [noticeOf(one), one]))
          const told = await tellOn(needs, channel, [...notices.keys()], stop)
          const done = told.flatMap((notice) => notices.get(notice) ?? [])
          if (done.length === 0) return
          const againAt = new Date(now().getTime() + AGAIN_MS)
          await transaction(database, async (tx) => ({ result: await noteTold(tx, channel.name, done, againAt) }))
        }),
      ).catch((error: unknown) => log.warn({ err: error }, 'alarms could not be told; it is tried again'))
    },
  }
}

function noticeOf({ id, code, subject, began, ended, told }: DueNotice): Notice {
  const what = ended !== null ? 'over' : told === 0 ? 'on' : 'still-on'
  return { id: `${id}.${what === 'over' ? 'over' : told}`, alarmId: id, what, code, subject, since: ended ?? began }
}
