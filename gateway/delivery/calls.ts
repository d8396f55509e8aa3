import { within } from '../base/base.ts'
import type { Lane } from '../protocol/protocol.ts'
import { nameOf } from './lanes.ts'

/** A call to drain a lane; of two with one id that nobody has answered the second is none. */
export type Call = { readonly lane: Lane; readonly id: string; readonly delayMs?: number }

/** What calls to lanes go out by. None of it throws or waits: a lost call is made good by the sweep. */
export type Calls = {
  /** As soon as it may be: what is called meanwhile goes together, one call a lane. */
  soon(lane: Lane): void
  /** Each by itself; where too much is on its way already, not at all. */
  each(calls: readonly Call[]): void
  /** From now on nothing gathers. Resolves when all that is on its way has been answered. */
  close(): Promise<void>
}

/** Calls gather this long, so that a burst costs one round trip; an immediate message waits for nobody. */
const GATHER_MS = 20
/** Where calls keep coming, for workers of other processes perhaps: each costs the queue some milliseconds, however many lanes it calls. */
const GATHER_MORE_MS = 100
/** A queue that is out of reach holds calls until it is back: beyond a bound they are left to the sweep. */
const MOST_SENDING = 200
/** An answer that takes longer than this is none. */
const ANSWER_MS = 2_000

type State =
  | { readonly is: 'resting' }
  /** What has gathered goes out when the time is over. */
  | { readonly is: 'gathering'; readonly timer: NodeJS.Timeout }
  /** One call at a time: what comes meanwhile gathers, and goes out next. */
  | { readonly is: 'calling' }
  /** What comes goes out at once. */
  | { readonly is: 'closed' }

/** Opens the calls; `send` puts them into the queue, `onError` hears of what it did not take. */
export function openCalls(
  send: (calls: readonly Call[]) => Promise<unknown>,
  onError: (error: unknown) => void,
): Calls {
  const gathered = new Map<string, Lane>()
  const sending = new Set<Promise<unknown>>()
  let state: State = { is: 'resting' }

  function dispatch(calls: readonly Call[]): Promise<unknown> {
    const sent = send(calls)
      .catch(onError)
      .finally(() => sending.delete(sent))
    sending.add(sent)
    return sent
  }

  function takeGathered(): readonly Call[] {
    const calls = [...gathered].map(([id, lane]) => ({ id, lane }))
    gathered.clear()
    return calls
  }

  async function callNow(): Promise<void> {
    state = { is: 'calling' }
    await within(ANSWER_MS, dispatch(takeGathered()))
    if (state.is !== 'calling') return
    state = { is: 'resting' }
    if (gathered.size > 0) gather(GATHER_MORE_MS)
  }

  function gather(forMs: number): void {
    const isPressing = gathered.values().some(({ priority }) => priority === 0)
    if (state.is === 'closed') void dispatch(takeGathered())
    else if (state.is === 'gathering' && isPressing) {
      clearTimeout(state.timer)
      void callNow()
    } else if (state.is === 'resting') {
      if (isPressing) void callNow()
      else state = { is: 'gathering', timer: setTimeout(() => void callNow(), forMs) }
    }
  }

  return {
    soon(lane) {
      gathered.set(nameOf(lane), lane)
      gather(GATHER_MS)
    },
    each(calls) {
      if (sending.size < MOST_SENDING) void dispatch(calls)
    },
    async close() {
      if (state.is === 'gathering') clearTimeout(state.timer)
      state = { is: 'closed' }
      if (gathered.size > 0) void dispatch(takeGathered())
      while (sending.size > 0) await Promise.all(sending)
    },
  }
}
