/**
 * Binds what is sealed to its place, so that it opens in no other row. Everything that is sealed under the data key itself stands in
 * the table below: `npm run rotate` seals it anew, and the trigger `sealed_under_current_data_key` watches over it.
 */

export const keyPlace = (caseId: string): Buffer => Buffer.from(`case-key\n${caseId}`)
export const messagePlace = (sender: string, id: string): Buffer => Buffer.from(`message\n${sender}\n${id}`)
export const wordsPlace = (actId: string): Buffer => Buffer.from(`act\n${actId}`)
const cursorPlace = (): Buffer => Buffer.from('cursor-secret')

/** A column of bytes sealed under the data key; `place` takes the row's key as PostgreSQL writes it. */
export type SealedColumn = {
  readonly table: string
  readonly column: string
  readonly key: { readonly column: string; readonly type: 'uuid' | 'boolean' | 'bigint' }
  readonly place: (key: string) => Buffer
}

export const CURSOR_SECRET = {
  table: 'cursor_secret',
  column: 'sealed',
  key: { column: 'only_one', type: 'boolean' },
  place: cursorPlace,
} as const satisfies SealedColumn

export const SEALED_UNDER_DATA_KEY: readonly SealedColumn[] = [
  CURSOR_SECRET,
  { table: 'act', column: 'sealed_reason', key: { column: 'id', type: 'uuid' }, place: wordsPlace },
  { table: 'case_key', column: 'wrapped', key: { column: 'case_id', type: 'uuid' }, place: keyPlace },
]
