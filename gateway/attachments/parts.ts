import { createTurns, type Turns } from '../base/base.ts'

/** Memory for some chunks in a row, which its holder fills from the start. */
export type Part = {
  readonly bytes: Buffer
  length: number
  /** Gives it back. @param inUse something may still read it: it is not given to anybody else */
  release(inUse?: boolean): void
}

/** Takes a part for somebody, as soon as one is free. @throws OverloadFault where too much waits for the same one already */
export type Parts = (whose: string) => Promise<Part>

/**
 * A few parts, each held as long as its holder wants: given by turns, and to one of them never more than so many, however slow
 * it is. Their memory is used again.
 * @param all how many there are; @param ofOne how many one may hold; @param most how many of one may wait
 */
export function createParts(size: number, { all, ofOne, most }: Record<'all' | 'ofOne' | 'most', number>): Parts {
  const own = new Map<string, Turns>()
  const shared = createTurns(most, all)
  const spare: Buffer[] = []

  function make(given: () => void): Part {
    const bytes = spare.pop() ?? Buffer.allocUnsafeSlow(size)
    let isHeld = true
    return {
      bytes,
      length: 0,
      release(inUse = false) {
        if (isHeld && !inUse) spare.push(bytes)
        isHeld = false
        given()
      },
    }
  }

  return (whose) => {
    const mine = own.get(whose) ?? createTurns(most, ofOne)
    own.set(whose, mine)
    return new Promise((resolve, reject) => {
      const hold = async (): Promise<void> => {
        const { promise, resolve: given } = Promise.withResolvers<void>()
        resolve(make(given))
        await promise
      }
      mine(whose, () => shared(whose, hold)).catch(reject)
    })
  }
}
