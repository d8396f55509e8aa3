import type { Text } from '../problem.ts'
import type { Exit } from './exit.ts'

/** One thing that `doctor` has looked at. */
export type Finding = {
  readonly about: Text
  readonly state: 'good' | 'doubtful' | 'bad'
  readonly found: Text
  readonly remedy?: Text
  /** How a command exits that stumbles over it. */
  readonly exit?: Exit
}
