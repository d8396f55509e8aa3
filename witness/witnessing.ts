import type { Log } from '../gateway/base/base.ts'
import { cosign } from '../tlog/note.ts'
import { type Alarm, openAlarms } from './alarms.ts'
import { judgeRequest, type Misdeed, type Refused, type Seen } from './judging.ts'
import type { WitnessKey } from './keys.ts'
import type { WatchedLog } from './logs.ts'
import type { Request } from './request.ts'
import { openStore, type Store } from './store.ts'

/** What `add-checkpoint` is answered (C2SP tlog-witness). */
export type Answer = { readonly status: 200 | 503 | Refused; readonly body: string }

/** One log, as this witness has seen it. */
export type Witnessed = {
  readonly origin: string
  add(request: Request): Promise<Answer>
  /** The last checkpoint with the witness's cosignatures; nothing before the first. */
  checkpoint(): string | undefined
  state(): { readonly size: number; readonly root: string; readonly cosignedAt: Date | undefined } | undefined
  alarms(): readonly Alarm[]
  /** Goes by the keys of the file of logs as it is now, and by the files of alarms. */
  reload(log: WatchedLog): Promise<void>
}

type Needs = {
  readonly data: string
  readonly keys: readonly WitnessKey[]
  readonly log: Log
  readonly now: () => Date
}

/** An honest log has one request under way; more than these are somebody who floods. */
const MOST_WAITING = 64

/**
 * Opens one log: requests about it are judged, kept and signed one after the other, so that of two that come together the second
 * is judged by what the first left (tlog-witness: «performed atomically»).
 * @throws ConfigurationFault where what was kept is damaged
 */
export async function openWitnessed(watched: WatchedLog, needs: Needs): Promise<Witnessed> {
  const { origin } = watched
  const store = await openStore(needs.data, origin)
  const alarms = await openAlarms(store.folder, origin, needs)
  let { keys } = watched
  let cosignedAt: Date | undefined
  let turn: Promise<unknown> = Promise.resolve()
  let waiting = 0

  async function sign(seen: Seen): Promise<string> {
    const at = needs.now()
    const seconds = Math.floor(at.getTime() / 1000)
    const lines = needs.keys.map(({ key, verifier }) => `${cosign(seen.checkpoint, verifier, key, seconds)}\n`).join('')
    await store.publish(`${seen.note}${lines}`)
    cosignedAt = at
    return lines
  }

  async function addNext(request: Request): Promise<Answer> {
    const { seen } = store
    const judgement = judgeRequest(request, keys, seen)
    if (judgement.status === 200) {
      const { offered } = judgement
      if (isNews(offered, seen)) await store.keep(offered)
      return { status: 200, body: await sign(offered) }
    }
    const { status, misdeed } = judgement
    if (misdeed !== undefined) await alarms.raise(misdeed, request, seen)
    return refusal(status, seen, misdeed)
  }

  // What was kept and not yet signed when the process ended.
  if (store.seen !== undefined && store.cosigned === undefined) await sign(store.seen)
  return {
    origin,
    async add(request) {
      if (waiting >= MOST_WAITING) return { status: 503, body: 'too many requests\n' }
      waiting += 1
      const next = turn.then(() => addNext(request)).finally(() => (waiting -= 1))
      turn = next.catch(() => undefined)
      return await next
    },
    checkpoint: () => store.cosigned,
    state: () => store.seen && stateOf(store, cosignedAt),
    alarms: alarms.on,
    async reload(next) {
      keys = next.keys
      await alarms.reload()
    },
  }
}

/** The same tree again is signed anew and needs no disk, unless the log has signed it later than what is kept says. */
function isNews(next: Seen, seen: Seen | undefined): boolean {
  return next.checkpoint.text !== seen?.checkpoint.text || (next.signedAt ?? 0) > (seen.signedAt ?? 0)
}

function stateOf({ seen }: Store, cosignedAt: Date | undefined) {
  if (seen === undefined) return undefined
  const { size, root } = seen.checkpoint
  return { size, root: root.toString('base64'), cosignedAt }
}

const reasons = {
  400: 'the old size is larger than the checkpoint',
  403: 'no trusted key of this log has signed it, or a signature is wrong',
  422: 'it does not continue what was cosigned',
} as const

/** tlog-witness: of a conflict the body is the size, and nothing else. */
function refusal(status: Refused, seen: Seen | undefined, misdeed: Misdeed | undefined): Answer {
  if (status === 409) return { status, body: `${seen?.checkpoint.size ?? 0}\n` }
  return { status, body: `${reasons[status]}${misdeed === undefined ? '' : ` (${misdeed})`}\n` }
}
