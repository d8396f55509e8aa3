import type { Directory, Rules, WellKnown } from '../../sdk/browser.ts'
import type { Session } from '../shell/session.ts'

/** What the gateway publishes, as it was when this device last saw it: who there is, who may be told what, and which keys sign. */
export type Known = {
  readonly wellKnown: WellKnown
  readonly directory: Directory
  readonly rules: Rules
  readonly at: string
}

const KEPT = 'published'
const LOG_KEYS = 'log-keys'
const FRESH_MS = 5 * 60_000
const PATIENCE_MS = 20_000

type Source = Pick<Session, 'vault' | 'client' | 'now'>

/** Gives what is known: asked for anew where that is more than five minutes ago and there is a line, else as it was. Nothing where the gateway was never reached. */
export async function known(source: Source): Promise<Known | undefined> {
  const kept = await source.vault.get<Known>('settings', KEPT)
  const age = kept === undefined ? Infinity : source.now().getTime() - new Date(kept.at).getTime()
  if (kept !== undefined && age >= 0 && age < FRESH_MS) return kept
  return (await renewKnown(source)) ?? kept
}

/** Asks for it now; gives nothing where there is no answer. */
export async function renewKnown({ vault, client, now }: Source): Promise<Known | undefined> {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS)
    const [wellKnown, rules, directory] = await Promise.all([
      client.wellKnown({ signal }),
      client.rules({ signal }),
      client.directory({ signal }),
    ])
    const fresh: Known = { wellKnown, rules, directory, at: now().toISOString() }
    await vault.put('settings', KEPT, fresh)
    const logKeys = (wellKnown.logs ?? []).flatMap(({ verifierKeys }) => verifierKeys)
    const noted = (await vault.get<readonly string[]>('settings', LOG_KEYS)) ?? []
    // What was seen once stays: a log whose keys are no longer published still has to answer for what it said.
    await vault.put('settings', LOG_KEYS, [...new Set([...noted, ...logKeys])])
    return fresh
  } catch (fault) {
    if (fault instanceof Error && fault.name === 'VaultLocked') throw fault
    return undefined
  }
}

/** The keys of all logs that this device has seen published. */
export const notedLogKeys = async ({ vault }: Pick<Session, 'vault'>): Promise<readonly string[]> =>
  (await vault.get<readonly string[]>('settings', LOG_KEYS)) ?? []
