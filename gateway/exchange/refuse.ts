import type { Facts, Jws, Problem } from '../protocol/protocol.ts'
import { appendLeaves, type Database, isOutage, type Leaf, transaction, type Wakes } from '../record/record.ts'
import { createGroup, type Metrics } from '../base/base.ts'
import type { Caller } from '../identity/identity.ts'
import type { Issuer } from '../log/log.ts'

type Needs = {
  readonly database: Database
  readonly issuer: Issuer
  readonly metrics: Metrics
  readonly wakes: Wakes
}

/** Records a SubmissionRejection and gives it as compact JWS. */
export type Refusing = (refused: Refused, now: Date) => Promise<string>

type Refused = {
  readonly caller: Caller
  readonly jws: Jws
  /** Known only once the signer, the connection and `from` were found to be one and the same. */
  readonly envelope: Facts | undefined
  readonly problem: Problem
}

const LARGEST_BATCH = 64

/**
 * Opens the recording of refusals. Until it is established who wrote the message, the receipt holds only who submitted it, its
 * digest and the reason, so that nobody can make the log say that somebody else's message was refused (protocol section 6).
 */
export function openRefusing(needs: Needs): Refusing {
  const group = createGroup(
    (receipts: readonly Leaf[]) =>
      transaction(needs.database, async (tx) => ({ result: receipts, pending: [appendLeaves(tx, receipts)] })),
    { largest: LARGEST_BATCH, atOnce: 1, isOutage, whose: ({ feed = '' }) => feed },
  )
  return async ({ caller, jws, envelope, problem }, now) => {
    const about = envelope && {
      messageId: envelope.id,
      caseId: envelope.caseId,
      type: envelope.type,
      from: envelope.from,
      to: envelope.to,
    }
    const receipt = await needs.issuer.receipt(
      {
        event: 'SubmissionRejection',
        ...about,
        digest: jws.digest,
        attempt: 0,
        reason: { code: problem.code },
        submittedBy: caller.agency.id,
      },
      now,
    )
    await group.add({ ...receipt, feed: caller.agency.id })
    needs.metrics.refused.inc({ code: problem.code })
    needs.wakes.wake([`receipts:${caller.agency.id}`])
    return receipt.jws
  }
}
