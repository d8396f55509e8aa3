/** What waits, each piece for somebody. */
export type Line<Item> = {
  /** Puts a piece at the end of what waits for `whose`; what presses goes before all that does not, whosever that is. */
  add(whose: string, item: Item, presses?: boolean): void
  /** Takes up to so many, by turns. */
  take(most: number): Item[]
  /** How much waits; of one alone. */
  size(whose?: string): number
  /** For how many something waits. */
  readonly parties: number
}

/**
 * A line in which those who wait have turns: whoever brings a thousand pieces has one of them taken, and then everybody else has.
 * Of one, what came first goes first.
 */
export function createLine<Item>(): Line<Item> {
  /** Who comes first is next; whoever has had a turn goes to the end. */
  const pressing = new Map<string, Item[]>()
  const patient = new Map<string, Item[]>()
  const counts = new Map<string, number>()
  let all = 0

  function count(whose: string, change: number): void {
    const left = (counts.get(whose) ?? 0) + change
    if (left > 0) counts.set(whose, left)
    else counts.delete(whose)
    all += change
  }

  function takeOne(line: Map<string, Item[]>, taken: Item[]): void {
    for (const [whose, own] of line) {
      line.delete(whose)
      taken.push(...own.splice(0, 1))
      if (own.length > 0) line.set(whose, own)
      return count(whose, -1)
    }
  }

  return {
    add(whose, item, presses = false) {
      const line = presses ? pressing : patient
      const own = line.get(whose)
      if (own === undefined) line.set(whose, [item])
      else own.push(item)
      count(whose, 1)
    },
    take(most) {
      const taken: Item[] = []
      for (let left = Math.min(most, all); left > 0; left--) takeOne(pressing.size > 0 ? pressing : patient, taken)
      return taken
    },
    size: (whose) => (whose === undefined ? all : (counts.get(whose) ?? 0)),
    get parties() {
      return counts.size
    },
  }
}
