import { createLine } from '../base/base.ts'
import { isOutage, OverloadFault } from './database.ts'

/** Where the database is silent, what comes is refused before it fills the memory; who has less than a like share of it is not. */
const MOST_WAITING = 2_000

/** Writes items that arrive together with one call, so that they share one commit. */
export type Group<Item, Result> = { add(item: Item): Promise<Result> }

/** Where many come, a batch of few costs as much as one of eight, whatever it is that is done with it. */
export const SMALL = { below: 8, intervalMs: 4 }
/** A recipient's system goes through many messages in turn: larger batches gain it more than each of them waits. */
export const PATIENT = { below: 16, intervalMs: 10 }

type Options<Item> = {
  /** Items in one batch. */
  readonly largest: number
  /** Batches under way at once. */
  readonly writers: number
  /** Where items come while others are written, a batch of fewer than `below` begins no sooner than `intervalMs` after the last. */
  readonly small?: { readonly below: number; readonly intervalMs: number }
  /** For whom an item is: batches are filled by turns between them. */
  readonly whose?: (item: Item) => string
  /** Whether an item goes before those of all others. */
  readonly presses?: (item: Item) => boolean
}

/**
 * Makes a group commit: while a write is under way, what arrives gathers; as soon as a writer is free, all that has gathered is
 * written at once. Alone, an item waits for nobody; under load the batches grow by themselves.
 * Where a write of several fails and the database is there, each is written alone: one bad item takes no other with it.
 * An item beyond what may wait is refused with an OverloadFault. Nobody's many items keep another's out of a batch.
 * @param write writes a batch and gives one result an item, in order
 */
export function createGroup<Item, Result>(
  write: (items: readonly Item[]) => Promise<readonly Result[]>,
  { largest, writers, small, whose = () => '', presses }: Options<Item>,
): Group<Item, Result> {
  type Waiting = { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void }
  const waiting = createLine<Waiting>()
  let busy = 0
  let began = -Infinity
  /** Whether items come faster than they are written; who comes alone waits for nobody. */
  let isStream = false
  let timer: NodeJS.Timeout | undefined

  /** Writes a batch; gives the call that answers all whose items it holds. */
  async function writeBatch(batch: readonly Waiting[]): Promise<() => void> {
    try {
      const results = await write(batch.map(({ item }) => item))
      return () => batch.forEach(({ resolve }, at) => resolve(results[at] as Result))
    } catch (error) {
      if (batch.length === 1 || isOutage(error)) return () => batch.forEach(({ reject }) => reject(error))
      const answers: (() => void)[] = []
      for (const one of batch) answers.push(await writeBatch([one]))
      return () => answers.forEach((answer) => answer())
    }
  }

  function start(): void {
    while (busy < writers && waiting.size() > 0) {
      const early = small && isStream && waiting.size() < small.below ? began + small.intervalMs - performance.now() : 0
      if (early > 0) {
        timer ??= setTimeout(() => {
          timer = undefined
          start()
        }, early)
        return
      }
      began = performance.now()
      void writeNext(waiting.take(largest))
    }
  }

  async function writeNext(batch: readonly Waiting[]): Promise<void> {
    busy += 1
    const answer = await writeBatch(batch)
    busy -= 1
    if (busy === 0 && waiting.size() === 0) isStream = false
    answer()
    start()
  }

  return {
    add: (item) =>
      new Promise<Result>((resolve, reject) => {
        const own = whose(item)
        if (waiting.size() >= MOST_WAITING && waiting.size(own) >= MOST_WAITING / waiting.parties)
          throw new OverloadFault('too much waits to be written')
        if (busy > 0) isStream = true
        waiting.add(own, { item, resolve, reject }, presses?.(item))
        // What the same turn of the event loop brings joins the same batch.
        if (waiting.size() === 1 || waiting.size() === small?.below) setImmediate(start)
      }),
  }
}
