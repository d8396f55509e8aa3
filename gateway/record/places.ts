/**
 * Binds what is sealed to its place, so that it opens in no other row. Everything that is sealed under the data key itself stands in
 * the table below: `npm run rotate` seals it anew, and the trigger `sealed_under_current_data_key` watches over it.
 */

export const keyPlace = (caseId: string): Buffer => Buffer.from(`case-key\n${caseId}`)
export const messagePlace = (sender: string, id: string): Buffer => Buffer.from(`message\n${sender}\n${id}`)
/** An attachment is its owner's, and the SHA-256 of its bytes. */
export type AttachmentName = { readonly owner: string; readonly digest: Buffer }

/** Of an attachment's key: as its owner has it, and as a message has it. */
export const attachmentPlace = ({ owner, digest }: AttachmentName): Buffer =>
  Buffer.from(`attachment-key\n${owner}\n${digest.toString('base64url')}`)
export const sharedPlace = (sender: string, id: string, digest: Buffer): Buffer =>
  Buffer.from(`shared-key\n${sender}\n${id}\n${digest.toString('base64url')}`)
export const wordsPlace = (actId: string): Buffer => Buffer.from(`act\n${actId}`)
export const factPlace = (sender: string, id: string): Buffer => Buffer.from(`fact\n${sender}\n${id}`)
export const countersPlace = (period: string): Buffer => Buffer.from(`counters\n${period}`)
const cursorPlace = (): Buffer => Buffer.from('cursor-secret')

/** A column of bytes sealed under the data key; `names`, as PostgreSQL writes them, say what `place` binds a row to. */
export type SealedColumn = {
  readonly table: string
  readonly column: string
  readonly key: { readonly column: string; readonly type: 'uuid' | 'boolean' | 'bigint' | 'text' }
  readonly names: readonly string[]
  readonly place: (...names: readonly string[]) => Buffer
}

export const CURSOR_SECRET = {
  table: 'cursor_secret',
  column: 'sealed',
  key: { column: 'only_one', type: 'boolean' },
  names: [],
  place: cursorPlace,
} as const satisfies SealedColumn

export const SEALED_UNDER_DATA_KEY: readonly SealedColumn[] = [
  CURSOR_SECRET,
  {
    table: 'act',
    column: 'sealed_reason',
    key: { column: 'id', type: 'uuid' },
    names: ['id'],
    place: (id = '') => wordsPlace(id),
  },
  {
    table: 'attachment',
    column: 'wrapped_key',
    key: { column: 'no', type: 'bigint' },
    names: ['owner', `encode(digest, 'hex')`],
    place: (owner = '', digest = '') => attachmentPlace({ owner, digest: Buffer.from(digest, 'hex') }),
  },
  {
    table: 'case_key',
    column: 'wrapped',
    key: { column: 'case_id', type: 'uuid' },
    names: ['case_id'],
    place: (caseId = '') => keyPlace(caseId),
  },
  {
    table: 'statistic',
    column: 'sealed_counters',
    key: { column: 'period', type: 'text' },
    names: ['period'],
    place: (period = '') => countersPlace(period),
  },
  {
    table: 'successor_request',
    column: 'sealed_reason',
    key: { column: 'act_id', type: 'uuid' },
    names: ['act_id'],
    place: (id = '') => wordsPlace(id),
  },
]
