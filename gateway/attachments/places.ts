import { createTurns, type Turns } from '../base/base.ts'

/** Takes a place for somebody, as soon as one is free; gives the call that frees it again. @throws OverloadFault */
export type Places = (whose: string) => Promise<() => void>

/**
 * A few places, each held as long as its holder wants: given by turns, and to one of them never more than so many, however slow
 * it is.
 * @param all how many there are; @param ofOne how many one may hold; @param most how many of one may wait
 */
export function createPlaces(all: number, ofOne: number, most: number): Places {
  const own = new Map<string, Turns>()
  const shared = createTurns(most, all)
  return (whose) => {
    const mine = own.get(whose) ?? createTurns(most, ofOne)
    own.set(whose, mine)
    return new Promise((resolve, reject) => {
      const held = Promise.withResolvers<void>()
      const hold = async (): Promise<void> => {
        resolve(held.resolve)
        await held.promise
      }
      mine(whose, () => shared(whose, hold)).catch(reject)
    })
  }
}
