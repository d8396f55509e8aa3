import { createHash } from 'node:crypto'
import { type Checkpoint, judge, parseVerifierKey } from '../tlog/note.ts'
import { alarm, CannotLook, type Finding } from './finding.ts'
import { readCheckpoint, type Shown } from './following.ts'
import type { Http } from './http.ts'
import type { WatchedWitness } from './options.ts'

/** What the witnesses say of a log, each by its own key. */
export type Said = { readonly shown: readonly Shown[]; readonly cosigned: ReadonlyMap<string, number> }

/** Asks each witness itself for the last checkpoint that it cosigned; one that cannot be asked has said nothing. */
export async function askWitnesses(
  http: Http,
  witnesses: readonly WatchedWitness[],
  origin: string,
  verifierKeys: readonly string[],
): Promise<Said> {
  const path = `${createHash('sha256').update(origin).digest('hex')}/checkpoint`
  const shown: Shown[] = []
  const cosigned = new Map<string, number>()
  for (const { name, key, url } of witnesses) {
    const checkpoint = await read(http, `${url}/${path}`)
    if (checkpoint?.origin !== origin) continue
    const verdict = judge(checkpoint, key)
    // Without the log's own signature it is the witness's word against the log's.
    const isTheLogs = verifierKeys.some((vkey) => judge(checkpoint, parseVerifierKey(vkey)).is === 'good')
    if (verdict.is !== 'good' || !isTheLogs) continue
    shown.push({ by: name, size: checkpoint.size, root: checkpoint.root })
    cosigned.set(key.name, verdict.at ?? 0)
  }
  return { shown, cosigned }
}

async function read(http: Http, url: string): Promise<Checkpoint | undefined> {
  try {
    const { status, body } = await http.get(url)
    return status === 200 ? readCheckpoint(body.toString()) : undefined
  } catch (error) {
    if (error instanceof CannotLook) return undefined
    throw error
  }
}

/** A witness whose last word is older is silent. The gateway offers at least each 20 s. */
const SILENT_SECONDS = 600

/** Whether enough witnesses have cosigned of late, by what they say themselves and by what the gateway serves. */
export function quorumFault(
  checkpoint: Checkpoint,
  witnesses: readonly WatchedWitness[],
  { quorum, cosigned, now }: { readonly quorum: number; readonly cosigned: Said['cosigned']; readonly now: Date },
): readonly Finding[] {
  const since = now.getTime() / 1000 - SILENT_SECONDS
  const silent = witnesses.filter(({ key }) => {
    const verdict = judge(checkpoint, key)
    const at = Math.max(cosigned.get(key.name) ?? 0, verdict.is === 'good' ? (verdict.at ?? 0) : 0)
    return at < since
  })
  const heard = witnesses.length - silent.length
  if (heard >= quorum) return []
  const names = silent.map(({ name }) => name)
  return [
    alarm(
      'not-cosigned',
      {
        en: `Only ${heard} of ${quorum} witnesses that are wanted have cosigned the log in the last ten minutes; silent: ${names.join(', ')}.`,
        fr: `Seuls ${heard} des ${quorum} témoins voulus ont cosigné le journal dans les dix dernières minutes ; silencieux : ${names.join(', ')}.`,
      },
      { heard, quorum, silent: names },
    ),
  ]
}
