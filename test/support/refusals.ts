import { Problem } from '../../gateway/protocol/problems.ts'

/** Gives the Problem that a call throws; whatever else it throws, or its value, fails the test. */
export function refusalOf(call: () => unknown): Problem {
  try {
    call()
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('it was not refused')
}
