import { isJsonObject, type JsonObject, parseJson } from '../protocol/protocol.ts'
import {
  type Database,
  type LeafRow,
  latestEntries,
  latestReceipts,
  leavesOfMessage,
  logState,
  type MessageRow,
} from '../record/record.ts'

/** A receipt in the log as operators see it: what happened when, and nothing that anybody wrote. */
export type ReceiptEntry = {
  readonly leafIndex: number
  readonly event: string
  readonly at: Date
  readonly attempt: number
  readonly desk: string | undefined
  /** Why, as a code. */
  readonly code: string | undefined
  /** Of an accepted message alone. */
  readonly from: string | undefined
  readonly messageId: string | undefined
}

/** A party's entry of the registry, as it last came into force. */
export type PartyEntry = {
  readonly leafIndex: number
  readonly party: string
  readonly at: Date
  /** Undefined: the gateway itself. */
  readonly status: string | undefined
  readonly certificates: number
}

/** How the evidence log stands, and its last leaves. */
export type LogView = {
  readonly origin: string
  readonly size: number
  readonly receipts: readonly ReceiptEntry[]
  readonly entries: readonly PartyEntry[]
}

/** The newest receipts of a message, oldest first. */
export async function receiptsAbout(
  database: Database,
  { no }: MessageRow,
  limit: number,
): Promise<readonly ReceiptEntry[]> {
  return (await leavesOfMessage(database, no, limit)).map(toReceipt).toReversed()
}

/** Registry entries, those that came into force last first. */
export async function entriesInForce(database: Database, limit: number): Promise<readonly PartyEntry[]> {
  return (await latestEntries(database, limit)).map(toEntry)
}

/** The log with so many leaves of each kind, newest first. */
export async function viewLog(database: Database, limit: number): Promise<LogView> {
  const [{ origin, size }, receipts, entries] = await Promise.all([
    logState(database),
    latestReceipts(database, limit),
    entriesInForce(database, limit),
  ])
  return { origin, size, receipts: receipts.map(toReceipt), entries }
}

function toReceipt({ index, jws }: LeafRow): ReceiptEntry {
  const said = payloadOf(jws)
  const { reason } = said
  return {
    leafIndex: index,
    event: textOf(said['event']) ?? '',
    at: timeOf(said),
    attempt: typeof said['attempt'] === 'number' ? said['attempt'] : 0,
    desk: textOf(said['desk']),
    code: isJsonObject(reason) ? textOf(reason['code']) : undefined,
    from: textOf(said['from']),
    messageId: textOf(said['messageId']),
  }
}

function toEntry({ index, jws }: LeafRow): PartyEntry {
  const said = payloadOf(jws)
  const party = isJsonObject(said['party']) ? said['party'] : {}
  const certificates = party['certificates']
  return {
    leafIndex: index,
    party: textOf(party['id']) ?? '',
    at: timeOf(said),
    status: textOf(party['status']),
    certificates: Array.isArray(certificates) ? certificates.length : 0,
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
const timeOf = ({ at }: JsonObject): Date => new Date(textOf(at) ?? Number.NaN)

/** The payload of what this gateway signed. @throws where it is none: the record is not what it was */
export function payloadOf(jws: string): JsonObject {
  const payload = parseJson(Buffer.from(jws.split('.', 2)[1] ?? '', 'base64url'))
  if (!isJsonObject(payload)) throw new Error('a leaf of the log is no JSON object')
  return payload
}
