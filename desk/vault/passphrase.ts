const LEAST_LENGTH = 12
const LEAST_DIFFERENT = 6

/** What is wrong with a new passphrase; nothing where it may be taken. Length is what makes it hard to guess (NIST SP 800-63B, 3.1.1). */
export function faultOf(passphrase: string): 'short' | 'simple' | undefined {
  const letters = Array.from(passphrase.normalize('NFKC'))
  if (letters.length < LEAST_LENGTH) return 'short'
  return new Set(letters).size < LEAST_DIFFERENT ? 'simple' : undefined
}

const FREE_TRIES = 3
const FIRST_WAIT_MS = 2_000
const LONGEST_WAIT_MS = 5 * 60_000

/** How long nobody may try again, once a wrong passphrase was typed so often in a row: 2 s after the third, twice as long after each, 5 min at most. */
export function waitAfter(wrong: number): number {
  if (wrong < FREE_TRIES) return 0
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(wrong - FREE_TRIES, 20))
}
