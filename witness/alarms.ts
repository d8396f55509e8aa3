import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '../gateway/base/base.ts'
import { writeOnce } from './files.ts'
import type { Misdeed, Seen } from './judging.ts'
import type { Request } from './request.ts'

/** What a log has done, and when it was seen. The file of that name has the proof: both notes. */
export type Alarm = {
  readonly misdeed: Misdeed
  readonly origin: string
  readonly at: string
  readonly size: number
  readonly seenSize: number
  readonly file: string
}

/** The alarms of one log. They stay, also over a restart, until somebody takes their files away. */
export type Alarms = {
  on(): readonly Alarm[]
  raise(misdeed: Misdeed, request: Request, seen: Seen | undefined): Promise<void>
  /** Looks again which files are there. */
  reload(): Promise<void>
}

/**
 * Of each misdeed of a log: one that has been caught so often needs no further proof. An outsider can have `inconsistent` raised, and
 * must not have the others go unsaid by that.
 */
const MOST_ALARMS = 100
const NAME = /^alarm-([a-z-]+)-\d+-[0-9a-f]{16}\.json$/

/** Opens the alarms of one log: those that were raised before are on. */
export async function openAlarms(
  folder: string,
  origin: string,
  { log, now }: { readonly log: Log; readonly now: () => Date },
): Promise<Alarms> {
  let on: readonly Alarm[] = []
  /** Those whose proof is on the disk. */
  const kept = new Set<string>()
  const reload = async (): Promise<void> => {
    const names = (await readdir(folder)).filter((name) => NAME.test(name)).toSorted()
    const alike = [...Map.groupBy(names, (name) => NAME.exec(name)?.[1]).values()]
    kept.clear()
    for (const name of names) kept.add(name)
    on = await Promise.all(
      alike
        .flatMap((few) => few.slice(0, MOST_ALARMS))
        .map(async (file) => {
          const { misdeed, at, offered, seen } = JSON.parse(await readFile(join(folder, file), 'utf8')) as Proof
          return { misdeed, origin, at, size: offered.size, seenSize: seen?.size ?? 0, file }
        }),
    )
  }
  await reload()
  return {
    on: () => on,
    reload,
    async raise(misdeed, request, seen) {
      const { checkpoint, proof } = request
      const of = createHash('sha256').update(checkpoint.text).digest('hex').slice(0, 16)
      const file = `alarm-${misdeed}-${checkpoint.size}-${of}.json`
      const isOn = on.some((one) => one.file === file)
      if (kept.has(file) || (!isOn && on.filter((one) => one.misdeed === misdeed).length >= MOST_ALARMS)) return
      const at = now().toISOString()
      const seenSize = seen?.checkpoint.size ?? 0
      const document: Proof = {
        misdeed,
        at,
        origin,
        offered: {
          size: checkpoint.size,
          oldSize: request.oldSize,
          proof: proof.map((hash) => hash.toString('base64')),
          note: request.note,
        },
        ...(seen && { seen: { size: seenSize, note: seen.note } }),
      }
      if (!isOn) {
        on = [...on, { misdeed, origin, at, size: checkpoint.size, seenSize, file }]
        log.error(
          { alarm: misdeed, origin, size: checkpoint.size, seenSize, file },
          'ALARM: the log contradicts itself; nothing was cosigned',
        )
      }
      // Where it could not be written the first time, it is when it is offered again.
      await writeOnce(join(folder, file), `${JSON.stringify(document, null, 2)}\n`)
      kept.add(file)
    },
  }
}

type Proof = {
  readonly misdeed: Misdeed
  readonly at: string
  readonly origin: string
  readonly offered: {
    readonly size: number
    readonly oldSize: number
    readonly proof: readonly string[]
    readonly note: string
  }
  readonly seen?: { readonly size: number; readonly note: string }
}
