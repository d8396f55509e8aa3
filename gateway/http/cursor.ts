import { Problem } from '../protocol/protocol.ts'
import type { Place } from '../record/record.ts'

/** Cursors are opaque to clients (protocol, preamble): today a place in the log. Absent or empty means the start. */
const START = -1

/** @throws Problem `invalid-request` for what this gateway never gave */
export function parseCursor(cursor: string | undefined): number {
  if (cursor === undefined || cursor === '') return START
  if (!/^(?:0|[1-9]\d{0,14})$/.test(cursor)) throw new Problem('invalid-request')
  return Number(cursor)
}

export const formatCursor = (index: number): string => String(index)

/** A page of the inbox: priority and place. @throws Problem `invalid-request` */
export function parsePage(page: string | undefined): Place | undefined {
  if (page === undefined || page === '') return undefined
  const [, priority, leaf] = /^([0-2])\.(\d{1,15})$/.exec(page) ?? []
  if (priority === undefined || leaf === undefined) throw new Problem('invalid-request')
  return { priority: Number(priority), leaf: Number(leaf) }
}

export const formatPage = ({ priority, leaf }: Place): string => `${priority}.${leaf}`
