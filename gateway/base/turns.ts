import { OverloadFault } from './batching.ts'
import { createLine } from './line.ts'

/** Does work for somebody; rejects with an OverloadFault where too much waits for the same one already. */
export type Turns = <Result>(whose: string, work: () => Promise<Result>) => Promise<Result>

/**
 * A few pieces of work at a time, by turns: whoever brings a hundred waits for them behind the one of somebody else.
 * @param most how much may wait for one of them; @param places how much is done at a time
 */
export function createTurns(most: number, places = 1): Turns {
  const waiting = createLine<() => Promise<void>>()
  let busy = 0

  async function work(): Promise<void> {
    busy += 1
    for (let [next] = waiting.take(1); next !== undefined; [next] = waiting.take(1)) await next()
    busy -= 1
  }

  return (whose, task) =>
    new Promise((resolve, reject) => {
      if (waiting.size(whose) >= most) throw new OverloadFault('too much waits for one agency')
      waiting.add(whose, () => task().then(resolve, reject))
      if (busy < places) void work()
    })
}
