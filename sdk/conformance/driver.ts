import { setTimeout as delayed } from 'node:timers/promises'
import { newId } from '../sign.ts'
import type { Adapter, Answer, AskedDraft, Command, Done, OpenAdapter, Setup } from './adapter.ts'
import { NotTried, Unmet } from './unmet.ts'
import { bodyOf, type Role } from './roles.ts'

/** Drives a partner's client through its adapter: begins it when it is first needed, and again after a crash. */
export function openDriver(open: OpenAdapter, setup: Setup, role: Role, limitMs: number) {
  let running: Promise<Adapter> | undefined

  const ask = async (command: Command): Promise<Answer> => {
    running ??= open(setup)
    const adapter = await running
    const over = new AbortController()
    const late = delayed(limitMs, undefined, { signal: over.signal }).then(
      () => {
        throw new Unmet({
          en: `The client did not answer “${command.do}” within ${limitMs / 1000} s.`,
          fr: `Le client n’a pas répondu à «\u00a0${command.do}\u00a0» en ${limitMs / 1000}\u00a0s.`,
        })
      },
      () => undefined as never,
    )
    try {
      const answer = await Promise.race([adapter.do(command), late])
      if (answer.unknown !== undefined) throw new NotTried(command.do)
      return answer
    } finally {
      over.abort()
    }
  }

  const draftOf = (over: Partial<AskedDraft> = {}): AskedDraft => ({
    type: role.sends,
    to: role.to,
    caseId: newId(),
    priority: 'urgent',
    body: bodyOf(role.sends),
    ...over,
  })

  /** What the client gives where it does what it is asked. @throws Unmet where it refuses */
  const done = async (command: Command): Promise<Done> => {
    const { done: given, refused } = await ask(command)
    if (given !== undefined) return given
    throw new Unmet({
      en: `The client did not do “${command.do}”: ${refused ?? 'no answer'}.`,
      fr: `Le client n’a pas exécuté «\u00a0${command.do}\u00a0»\u00a0: ${refused ?? 'sans réponse'}.`,
    })
  }

  const crash = async (): Promise<void> => {
    const adapter = await running
    running = undefined
    await adapter?.kill()
  }

  return {
    draftOf,
    /** Asks, and takes a refusal for an answer. */
    ask,
    done,
    /** Sends, which must succeed; gives the id that the client has made. */
    send: async (over: Partial<AskedDraft> = {}): Promise<string> =>
      (await done({ do: 'send', draft: draftOf(over) })).id ?? '',
    /** Sends, which may be refused. */
    trySend: (over: Partial<AskedDraft> = {}): Promise<Answer> => ask({ do: 'send', draft: draftOf(over) }),
    /** Takes what waits; gives what was handed over for the first time. */
    receive: async (acknowledge: 'now' | 'later' = 'now') =>
      (await done({ do: 'receive', acknowledge })).messages ?? [],
    receipts: async () => (await done({ do: 'receipts' })).receipts ?? [],
    /** Its process ends as by a power cut; the next command begins it again, in the same folder. */
    crash,
  }
}
