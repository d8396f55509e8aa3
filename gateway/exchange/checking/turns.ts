import { OverloadFault } from '../../base/base.ts'

/** Does work for somebody; rejects with an OverloadFault where too much waits for the same one already. */
export type Turns = <Result>(whose: string, work: () => Promise<Result>) => Promise<Result>

/**
 * One piece of work at a time, by turns: whoever brings a hundred waits for them behind the one of somebody else.
 * @param most how much may wait for one of them
 */
export function createTurns(most: number): Turns {
  /** Who comes first is next; whoever has had a turn goes to the end. */
  const waiting = new Map<string, (() => Promise<void>)[]>()
  let isBusy = false

  async function work(): Promise<void> {
    isBusy = true
    for (let next = waiting.entries().next(); !next.done; next = waiting.entries().next()) {
      const [whose, own] = next.value
      const first = own.shift()
      waiting.delete(whose)
      if (own.length > 0) waiting.set(whose, own)
      await first?.()
    }
    isBusy = false
  }

  return (whose, task) =>
    new Promise((resolve, reject) => {
      const own = waiting.get(whose) ?? []
      if (own.length >= most) throw new OverloadFault('too much waits for one agency')
      own.push(() => task().then(resolve, reject))
      waiting.set(whose, own)
      if (!isBusy) void work()
    })
}
