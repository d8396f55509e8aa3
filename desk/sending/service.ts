import type { Session } from '../shell/session.ts'
import type { Vault } from '../vault/vault.ts'
import { take } from './feed.ts'
import { unlessTaken } from './lock.ts'
import { afterStep, before, hurried, inOrder, type Next, stepOf, type Waiting } from './outbox.ts'
import { sentOf } from './outgoing.ts'
import { perform, type Performed } from './perform.ts'

/** What sends and looks while the desk is open, whatever screen is shown. */
export type Service = {
  /** Has `tell` called after each change of what is kept: an outbox that has moved, receipts that have come. Gives what ends that. */
  onChange(tell: () => void): () => void
  /** Sends at once what waits, and looks for receipts. */
  hurry(): void
}

/** So often receipts are looked for while the desk is seen. */
const LOOK_MS = 20_000
/** Just after something was sent, somebody waits for its receipts: so often for so long. */
const LIVELY_LOOK_MS = 3_000
const LIVELY_MS = 60_000
const RETRY_MS = 2_000
const services = new WeakMap<Vault, { readonly session: Session; readonly service: Service; end(): void }>()

/** The one service of an open vault; it ends when that is locked, and makes place for another when a key has come. */
export function serviceOf(session: Session): Service {
  const found = services.get(session.vault)
  if (found?.session === session) return found.service
  found?.end()
  const made = openService(session)
  services.set(session.vault, { session, ...made })
  return made.service
}

function openService(session: Session): { readonly service: Service; end(): void } {
  const listeners = new Set<() => void>()
  const ending = new AbortController()
  /** Other tabs of this desk show what this one has done; it says nothing but that something has changed. */
  const others = new BroadcastChannel('passerelle changed')
  const tellHere = (): void => {
    for (const listener of listeners) listener()
  }
  const tell = (): void => {
    tellHere()
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel has its own origin alone
    if (!ending.signal.aborted) others.postMessage('')
  }
  others.addEventListener('message', tellHere)
  let timer: ReturnType<typeof setTimeout> | undefined
  let due = Infinity
  let livelyUntil = 0

  const end = (): void => {
    ending.abort()
    clearTimeout(timer)
    listeners.clear()
    others.close()
  }
  const survive = (fault: unknown): void => {
    if (fault instanceof Error && fault.name === 'VaultLocked') end()
    else wakeAt(session.now().getTime() + RETRY_MS)
  }
  const wakeAt = (at: number): void => {
    if (ending.signal.aborted || at >= due) return
    due = at
    clearTimeout(timer)
    timer = setTimeout(() => turn(false), Math.max(0, at - session.now().getTime()))
  }
  /** Each message by itself: one that takes long holds up no other. Whichever tab has begun with it goes on. */
  const send = async (isHurried: boolean): Promise<void> => {
    const all = await session.vault.list<Waiting>('outbox')
    for (const { id } of inOrder(all.map(({ value }) => value))) {
      void unlessTaken(`outbox ${id}`, () => sendOne(session, id, isHurried, tell))
        .then((until) => until && wakeAt(until.getTime()))
        .catch(survive)
    }
  }
  let looking = false
  let lookAgain = false
  const look = async (): Promise<void> => {
    lookAgain = looking
    if (looking || document.visibilityState !== 'visible' || !navigator.onLine) return
    looking = true
    try {
      if ((await unlessTaken('feed', () => take(session))) === true) tell()
    } finally {
      looking = false
    }
    if (lookAgain) await look()
  }
  const turn = (isHurried: boolean): void => {
    const now = session.now().getTime()
    if (isHurried) livelyUntil = now + LIVELY_MS
    due = Infinity
    wakeAt(now + (now < livelyUntil ? LIVELY_LOOK_MS : LOOK_MS))
    send(isHurried).catch(survive)
    look().catch(survive)
  }

  addEventListener('online', () => turn(true), { signal: ending.signal })
  document.addEventListener('visibilitychange', () => turn(false), { signal: ending.signal })
  const forget = session.onCover(async () => end())
  ending.signal.addEventListener('abort', forget)
  turn(true)
  const service: Service = {
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    hurry: () => turn(true),
  }
  return { service, end }
}

/** Gives when it is to be tried again; nothing where it is done with. */
async function sendOne(session: Session, id: string, isHurried: boolean, tell: () => void): Promise<Date | undefined> {
  const { vault, now } = session
  const found = await vault.get<Waiting>('outbox', id)
  if (found === undefined) return undefined
  if ((await vault.get('sent', id)) !== undefined) {
    // It was kept as sent, and the tab ended there.
    await vault.delete('outbox', id)
    return undefined
  }
  let waiting = isHurried ? hurried(found) : found
  for (;;) {
    const step = stepOf(waiting, now())
    if (step.do === 'wait') return step.until
    waiting = before(waiting, step)
    // Kept before anything leaves.
    await vault.put('outbox', id, waiting)
    const performed = await perform(session, waiting, step)
    const next = afterStep(waiting, step, performed.outcome, now())
    if (next.is === 'waiting') {
      waiting = next.waiting
      await vault.put('outbox', id, waiting)
      tell()
    } else {
      await finish(session, waiting, next, performed)
      tell()
      return undefined
    }
  }
}

/** What is kept of a message that came back: why, and the draft that it has become. */
export type Refused = {
  readonly back: string
  readonly title: string
  readonly code: string
  readonly faults: readonly { readonly pointer: string; readonly message: string; readonly messageFr: string }[]
}

async function finish({ vault, now }: Session, waiting: Waiting, next: Next, performed: Performed): Promise<void> {
  const { id, back, draft, enclosed } = waiting
  if (next.is === 'done') {
    await vault.put('sent', id, { ...sentOf(waiting, now()), ...performed.answer })
    await vault.delete('outbox', id)
    for (const { picture } of enclosed) await vault.delete('pictures', picture)
    return
  }
  const { outcome, problem } = performed
  const code = outcome.is === 'refused' ? outcome.code : 'id-conflict'
  const refused: Refused = { back, code, title: problem?.title ?? code, faults: problem?.errors ?? [] }
  // The draft gets another id when it is sent again: this one is the refused message's.
  await vault.put('drafts', back, draft)
  for (const each of [id, back]) await vault.put('settings', refusedKey(each), refused)
  await vault.delete('outbox', id)
}

/** Where it is kept: by the id that it had in the outbox, and by that of the draft that it has become. */
export const refusedKey = (id: string): string => `refused ${id}`
