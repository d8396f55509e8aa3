import { createLine } from './line.ts'

/** Where nothing is written any more, what comes is refused before it fills the memory; who has less than a like share of it is not. */
const MOST_WAITING = 2_000

/** More waits than there is any hope for. */
export class OverloadFault extends Error {}

/** Does something to items that come together with one call: one commit, one query, one hand-over to a thread. */
export type Group<Item, Result> = { add(item: Item): Promise<Result> }

/** A batch of a stream: it begins when it holds so many, or so long after the one before it began. */
export type Gathering = { readonly enough: number; readonly forMs: number }

/** Where many come, a batch of few costs as much as one of eight, whatever it is that is done with it. */
export const SMALL: Gathering = { enough: 8, forMs: 4 }
/** A recipient's system goes through many messages in turn: ample batches gain it more than each of them waits. */
export const AMPLE: Gathering = { enough: 16, forMs: 10 }

type Options<Item> = {
  /** Items in one batch at most. */
  readonly largest: number
  /** Batches under way at once. */
  readonly atOnce: number
  /** How long the items of a stream wait for each other; without it none waits where a batch may begin. */
  readonly gather?: Gathering
  /** Whether a failure is one of whatever does the work and not of an item, so that trying each alone is useless; none is, unless told. */
  readonly isOutage?: (error: unknown) => boolean
  /** For whom an item is: batches are filled by turns between them. */
  readonly whose?: (item: Item) => string
  /** Whether an item goes before those of all others. */
  readonly presses?: (item: Item) => boolean
}

type Waiting<Item, Result> = {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

/**
 * Makes a group: while batches are under way, what arrives gathers; as soon as there is room, all that has gathered goes out at
 * once. Alone, an item waits for nobody; under load the batches grow by themselves.
 * Where a batch of several fails and it is no outage, each is done alone: one bad item takes no other with it.
 * An item beyond what may wait is refused with an OverloadFault. Nobody's many items keep another's out of a batch.
 * @param work does a batch and gives one result an item, in order
 */
export function createGroup<Item, Result>(
  work: (items: readonly Item[]) => Promise<readonly Result[]>,
  { largest, atOnce, gather, isOutage = () => false, whose = () => '', presses }: Options<Item>,
): Group<Item, Result> {
  const waiting = createLine<Waiting<Item, Result>>()
  const stream = createStream(gather)
  let underWay = 0

  /** Begins as many batches as there is room for. Called when something has come, is done, or has waited long enough. */
  function begin(): void {
    while (underWay < atOnce && waiting.size() > 0) {
      const earlyMs = stream.earlyMs(waiting.size())
      if (earlyMs > 0) return stream.again(begin, earlyMs)
      stream.began()
      void run(waiting.take(largest))
    }
  }

  async function run(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    underWay += 1
    const outcomes = await settle(batch.map(({ item }) => item))
    underWay -= 1
    if (underWay === 0 && waiting.size() === 0) stream.ended()
    batch.forEach(({ resolve, reject }, at) => {
      const outcome = outcomes[at]
      if (outcome?.status === 'fulfilled') resolve(outcome.value)
      else reject(outcome?.reason)
    })
    begin()
  }

  /** What became of each item of a batch. */
  async function settle(items: readonly Item[]): Promise<readonly PromiseSettledResult<Result>[]> {
    try {
      const results = await work(items)
      return items.map((_, at) => ({ status: 'fulfilled', value: results[at] as Result }))
    } catch (reason) {
      if (items.length === 1 || isOutage(reason)) return items.map(() => ({ status: 'rejected', reason }))
      const alone: PromiseSettledResult<Result>[] = []
      for (const item of items) alone.push(...(await settle([item])))
      return alone
    }
  }

  return {
    add: (item) =>
      new Promise<Result>((resolve, reject) => {
        const own = whose(item)
        if (waiting.size() >= MOST_WAITING && waiting.size(own) >= MOST_WAITING / waiting.parties)
          throw new OverloadFault('too much waits to be done')
        if (underWay > 0) stream.goesOn()
        waiting.add(own, { item, resolve, reject }, presses?.(item))
        // What the same turn of the event loop brings joins the same batch.
        if (waiting.size() === 1 || waiting.size() === gather?.enough) setImmediate(begin)
      }),
  }
}

/** Whether items come faster than they are done, and if so when the next batch may begin. */
function createStream(gather: Gathering | undefined) {
  let isStream = false
  let last = -Infinity
  let timer: NodeJS.Timeout | undefined
  return {
    goesOn: () => void (isStream = true),
    ended: () => void (isStream = false),
    began: () => void (last = performance.now()),
    /** How much too early it is for a batch of so many; who comes alone waits for nobody. */
    earlyMs(count: number): number {
      return gather && isStream && count < gather.enough ? last + gather.forMs - performance.now() : 0
    },
    again(begin: () => void, afterMs: number): void {
      timer ??= setTimeout(() => {
        timer = undefined
        begin()
      }, afterMs)
    },
  }
}
