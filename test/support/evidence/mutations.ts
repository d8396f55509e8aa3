import { formMutations } from './form-mutations.ts'
import { logMutations } from './log-mutations.ts'
import { messageMutations } from './message-mutations.ts'
import { build, erasedPlan, type Plan, planOf } from './plan.ts'
import { signerMutations } from './signer-mutations.ts'
import { byMlDsa, type Mutation } from './tampering.ts'
import type { World } from './world.ts'

/** The bundles that are good. */
export const genuine: Readonly<Record<string, (world: World) => Plan>> = {
  acknowledged: (world) => planOf(world),
  'cosigned-by-ml-dsa': byMlDsa,
  'in-two-logs': (world) => ({ ...planOf(world), succeeded: { from: 2, log: world.successor } }),
  refused: (world) => planOf(world, ['SubmissionAcceptance', 'ContentConsignment', 'ConsignmentRejection']),
  waiting: (world) => planOf(world, ['SubmissionAcceptance']),
  'unread-and-overdue': (world) =>
    planOf(world, [
      'SubmissionAcceptance',
      'ContentConsignment',
      'AcceptanceRejectionExpiry',
      'ResponseOverdue',
      'ContentHandover',
    ]),
  resumed: (world) =>
    planOf(world, [
      'SubmissionAcceptance',
      'ContentConsignmentFailure',
      'DeliveryResumed',
      'ContentConsignment',
      'ContentHandover',
    ]),
  discarded: (world) => planOf(world, ['SubmissionAcceptance', 'ContentConsignmentFailure', 'MessageDiscarded']),
  erased: (world) => erasedPlan(world, ['duty', 'manager']),
  'erased-by-retention': (world) => erasedPlan(world, []),
}

/** Makes the falsified bundle, and whom its verifier believes. */
export async function falsify(world: World, { plan: change, bundle, base = planOf, trust }: Mutation) {
  const plan = base(world)
  change?.(plan, world)
  const made = await build(world, plan)
  const replaced = bundle?.(made, world)
  return {
    bundle: isDocument(replaced) ? replaced : made,
    trust: trust ? trust(world.trust, world) : world.trust,
  }
}
const isDocument = (value: unknown): value is object => typeof value === 'object' && value !== null

/** All of them, in the order in which a verifier looks. */
export const mutations: readonly Mutation[] = [
  ...formMutations,
  ...signerMutations,
  ...logMutations,
  ...messageMutations,
]
