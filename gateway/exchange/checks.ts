import type { Attachments } from '../attachments/attachments.ts'
import type { Caller, Registry } from '../identity/identity.ts'
import {
  type CaseFact,
  type Catalogue,
  checkReply,
  type Facts,
  type Fault,
  isFresh,
  isPermitted,
  needsParticipation,
  type Pathway,
  Problem,
  schemaViolation,
  stale,
  unsupportedVersion,
  type Untold,
  untoldTo,
} from '../protocol/protocol.ts'
import { type Database, type PutAttachment, tookPart } from '../record/record.ts'
import type { Checking } from './checking/thread.ts'
import type { Turns } from '../base/base.ts'
import type { Lookup } from './lookup.ts'
import type { Signed, Verified } from './signer.ts'

/**
 * The checks of a submission in the order of protocol section 4. What each gives can be had from it alone, and the next one asks
 * for it: a check that is left out does not compile (`test/unit/check-types.test.ts`).
 */
declare const passed: unique symbol
type Passed<Check extends string> = { readonly [passed]: Check }

/** Signed just now. */
export type Fresh = Verified & Passed<'fresh'>
/** What it says has the form of section 3. */
export type Formed = Signed & {
  readonly envelope: Facts
  readonly isValid: boolean
  readonly untold: readonly Untold[]
  /** What the statistics keep of it. */
  readonly fact?: CaseFact
} & Passed<'form'>
/** The agency of the connection, the signer's and `from` are one and the same. */
export type FromCaller = Omit<Formed, typeof passed> & Passed<'parties'>
/** Its sender may send this type to its recipient, which is not told all that may stand in it (section 8). */
export type Permitted = Omit<Formed, typeof passed | 'untold'> & {
  readonly untold: readonly Fault[]
} & Passed<'permission'>
/** Its body obeys its schema, and it has its place in the case: it can be accepted. */
export type Valid = Signed & {
  readonly envelope: Facts
  readonly fact?: CaseFact
  /** What it names as attached, as its sender has put it. */
  readonly attached: readonly PutAttachment[]
} & Passed<'content'>

/** The one place where a check is said to be passed: the functions below, after they have made it. */
const pass = <Step>(checked: Omit<Step, typeof passed>): Step => checked as Step

/** @throws Problem `stale-message` */
export function checkFresh(verified: Verified, now: Date): Fresh {
  if (!isFresh(verified.jws, now)) throw stale(verified.jws, now)
  return pass<Fresh>(verified)
}

/** @throws Problem `malformed-message` */
export function checkForm({ reading, ...signed }: Fresh): Formed {
  if ('malformed' in reading) throw new Problem('malformed-message', reading.malformed, reading)
  return pass<Formed>({ ...signed, ...reading })
}

/** @throws Problem `signer-mismatch` */
export function checkParties(caller: Caller, formed: Formed): FromCaller {
  const { signer, envelope } = formed
  if (signer.agency.id !== caller.agency.id || envelope.from !== caller.agency.id) throw new Problem('signer-mismatch')
  return pass<FromCaller>(formed)
}

/**
 * Both are judged by the registry that is in force now: the body may have taken its time.
 * @throws Problem `unknown-agency`, `unknown-recipient`, `not-permitted`
 */
export function checkPermission(pathway: Pathway, { agencies }: Registry, own: FromCaller): Permitted {
  const { from, to, type } = own.envelope
  const sender = agencies.get(from)
  const recipient = agencies.get(to)
  if (sender?.status !== 'active') throw new Problem('unknown-agency')
  if (recipient?.status !== 'active') throw new Problem('unknown-recipient')
  if (!isPermitted(pathway, type, sender.roles, recipient.roles)) throw new Problem('not-permitted')
  const receiving = recipient.roles.filter((role) => isPermitted(pathway, type, sender.roles, [role]))
  return pass<Permitted>({ ...own, untold: untoldTo(own.untold, receiving) })
}

/** As many as are told of a body that breaks its schema. */
const MOST_FAULTS = 100

type Needs = {
  readonly database: Database
  readonly checking: Checking
  readonly catalogue: Catalogue
  readonly pathway: Pathway
  readonly lookup: Lookup
  readonly attachments: Pick<Attachments, 'find'>
  readonly byTurns: Turns
}

/**
 * The body obeys its schema and tells its recipient no more than it may know, and the message has its place in the case.
 * @throws Problem `unsupported-schema-version`, `schema-violation`, `pathway-violation`, `attachment-missing`
 */
export async function checkContent(needs: Needs, permitted: Permitted, now: Date): Promise<Valid> {
  const { envelope, isValid, untold, jws } = permitted
  if (!needs.catalogue.isRelease(envelope.schemaVersion, now))
    throw unsupportedVersion(needs.catalogue, envelope.schemaVersion, now)
  if (!isValid) {
    const errors = await needs.checking.explain(envelope, jws.payload)
    throw schemaViolation(errors)
  }
  if (untold.length > 0) throw schemaViolation(untold.slice(0, MOST_FAULTS))
  await checkPathway(needs, envelope)
  const attached =
    envelope.attachments.length > 0 ? await needs.byTurns(envelope.from, () => needs.attachments.find(envelope)) : []
  return pass<Valid>({ ...permitted, attached })
}

async function checkPathway({ lookup, pathway, database, byTurns }: Needs, envelope: Facts): Promise<void> {
  const { from, to, caseId, inReplyTo } = envelope
  const original = inReplyTo === undefined ? undefined : await lookup.message(to, inReplyTo, from)
  const answered = original && { type: original.type, caseId: original.case_id }
  const participated = needsParticipation(pathway, envelope.type)
    ? await byTurns(
        from,
        async () => (await tookPart(database, caseId, from)) && (await tookPart(database, caseId, to)),
      )
    : undefined
  checkReply(pathway, envelope, answered, participated)
}
