import type { Algorithm } from '../jws.ts'
import type { Text } from '../problem.ts'
import type { RoleName } from './roles.ts'
import type { Stage } from './stage.ts'

/** One thing that a partner's system must do, or had better do, and how it is found out. */
export type Case = {
  /** Never changes, and is never given to another case. */
  readonly id: string
  readonly title: Text
  /** What happens, and why it matters, for whoever reads the report. */
  readonly why: Text
  /** The section of the protocol that it obeys. */
  readonly section: number
  readonly rank: 'required' | 'advisory'
  /** What it is tried on: a client that is driven, or an endpoint that is pushed to. */
  readonly on: 'client' | 'endpoint'
  /** Whom it concerns; everybody where nobody is named. */
  readonly roles?: readonly RoleName[]
  /** Which key the partner is given; P-256 where nothing is said. */
  readonly algorithm?: Algorithm
  /** Resolves where the partner has done right, and throws an Unmet where not. */
  run(stage: Stage): Promise<void>
}
