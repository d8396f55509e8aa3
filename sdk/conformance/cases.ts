import type { Case } from './case.ts'
import { acknowledging } from './cases/acknowledging.ts'
import { attachments } from './cases/attachments.ts'
import { feed } from './cases/feed.ts'
import { feedTells } from './cases/feed-tells.ts'
import { genuineness } from './cases/genuineness.ts'
import { inbox } from './cases/inbox.ts'
import { nameCases } from './cases/names.ts'
import { pushing } from './cases/pushing.ts'
import { pushingHostile } from './cases/pushing-hostile.ts'
import { receiptCases } from './cases/receipts.ts'
import { refusals } from './cases/refusals.ts'
import { releases } from './cases/releases.ts'
import { replies } from './cases/replies.ts'
import { retrying } from './cases/retrying.ts'
import { signing } from './cases/signing.ts'
import { transport } from './cases/transport.ts'
import type { RoleName } from './roles.ts'

/** All cases, in the order of the report. To add one: its file, and `docs/conformance.md` and its French edition, which a test compares. */
export const cases: readonly Case[] = [
  ...transport,
  ...signing,
  ...nameCases,
  ...retrying,
  ...refusals,
  ...replies,
  ...receiptCases,
  ...feed,
  ...feedTells,
  ...inbox,
  ...genuineness,
  ...acknowledging,
  // After the gateway's next certificate: an endpoint may read the well-known document again once in a while only.
  ...pushing,
  ...pushingHostile,
  ...releases,
  ...attachments,
]

/** The cases that concern a role. */
export function casesOf(role: RoleName): readonly Case[] {
  return cases.filter(({ roles }) => roles === undefined || roles.includes(role))
}
