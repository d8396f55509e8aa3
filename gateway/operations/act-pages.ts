import {
  type ActRow,
  type ActSearch,
  alonePauses,
  type Database,
  findAct,
  pauseActs,
  pendingActs,
  searchActs,
  type SuccessorRequest,
  successorRequest,
  type Vault,
} from '../record/record.ts'
import { PENDING_MS, readReason } from './perform.ts'

/** An act as operators see it, its reason opened; `reason` is gone where what it spoke of was erased, or its time is over. */
export type ActEntry = {
  readonly actId: string
  readonly at: Date
  /** As in the table of acts; `retention` is the registry's. */
  readonly act: string
  /** Undefined where nobody acted but the gateway: retention, and a pause that lapsed. */
  readonly operator: string | undefined
  readonly reason: string | undefined
  /** Of the act's list of reasons. */
  readonly code: string | undefined
  /** When the operator rang. */
  readonly rangAt: Date | undefined
  readonly agency: string | undefined
  readonly from: string | undefined
  readonly messageId: string | undefined
  readonly caseId: string | undefined
  readonly leafIndex: number
}

/** Some acts, newest first; `next` is the `before` of the page that follows. */
export type ActPage = { readonly acts: readonly ActEntry[]; readonly next: number | undefined }

/** What waits for a second operator; `until` it lapses, where it does. */
export type PendingAct = Pick<ActEntry, 'act' | 'agency' | 'from' | 'messageId' | 'caseId' | 'reason' | 'code'> & {
  /** Who asked first. */
  readonly operator: string
  readonly since: Date
  readonly until: Date | undefined
}

type Needs = { readonly database: Database; readonly vault: Vault; readonly now: () => Date }

/** A pause that nobody joins lapses so long after it began, while an immediate message waits (protocol section 11). */
export const LONE_PAUSE_MS = 3_600_000
/** A screen full: what more waits is seen once these are done. */
const MOST_PENDING = 500

/** Acts, newest first. */
export async function actPage({ database, vault }: Needs, search: ActSearch): Promise<ActPage> {
  const rows = await searchActs(database, { ...search, limit: search.limit + 1 })
  const shown = rows.slice(0, search.limit)
  const next = rows.length > search.limit ? shown.at(-1)?.leaf_index : undefined
  return { acts: shown.map((row) => toEntry(vault, row)), next }
}

/** One act; undefined where there is none of this id. */
export async function actOf({ database, vault }: Needs, id: string): Promise<ActEntry | undefined> {
  const row = await findAct(database, id)
  return row && toEntry(vault, row)
}

/** What waits for a second operator, those that wait longest first. */
export async function pendingOf({ database, vault, now }: Needs): Promise<readonly PendingAct[]> {
  const since = new Date(now().getTime() - PENDING_MS)
  const [asked, paused, successor] = await Promise.all([
    pendingActs(database, since, MOST_PENDING),
    alonePauses(database),
    successorRequest(database, since),
  ])
  const why = new Map(
    (
      await pauseActs(
        database,
        paused.map(({ agency }) => agency),
      )
    ).map((row) => [row.agency, row]),
  )
  const acts = asked.map((row): PendingAct => {
    const { at, operator = '', ...entry } = toEntry(vault, row)
    return { ...entry, operator, since: at, until: new Date(at.getTime() + PENDING_MS) }
  })
  const pauses = paused.map(({ agency, operator, since, immediateWaits }): PendingAct => {
    const until = immediateWaits ? new Date(since.getTime() + LONE_PAUSE_MS) : undefined
    const row = why.get(agency)
    const { reason, code } = row ? toEntry(vault, row) : {}
    return { act: 'pause', agency, operator, since, until, ...NOTHING, reason, code }
  })
  return [...acts, ...pauses, ...(successor ? [toPending(vault, successor)] : [])].toSorted(
    (one, other) => one.since.getTime() - other.since.getTime(),
  )
}

function toPending(vault: Vault, request: SuccessorRequest): PendingAct {
  const { actId, operator, at, reasonCode: code, sealedReason } = request
  const reason = readReason(vault, sealedReason, actId)
  const until = new Date(at.getTime() + PENDING_MS)
  return { act: 'succeed', agency: undefined, operator, since: at, until, ...NOTHING, reason, code }
}

const NOTHING = { from: undefined, messageId: undefined, caseId: undefined }

function toEntry(vault: Vault, row: ActRow): ActEntry {
  return {
    actId: row.id,
    at: row.at,
    act: row.act,
    operator: row.operator ?? undefined,
    reason: row.sealed_reason === null ? undefined : readReason(vault, row.sealed_reason, row.id),
    code: row.reason_code ?? undefined,
    rangAt: row.rang_at ?? undefined,
    agency: row.agency ?? undefined,
    from: row.sender ?? undefined,
    messageId: row.message_id ?? undefined,
    caseId: row.case_id ?? undefined,
    leafIndex: row.leaf_index,
  }
}
