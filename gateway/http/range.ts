/** Bytes of a representation, both ends included. */
export type Range = { readonly first: number; readonly last: number }

type Asking = { readonly range?: string | undefined; readonly 'if-range'?: string | string[] | undefined }

/** One range. A number of more digits than any size has is behind every end, however it is rounded. */
const ONE_RANGE = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i

/**
 * Reads the `Range` of a GET (RFC 9110, section 14.2). Nothing where the whole is to be sent: where none is asked for, or several,
 * or one of another form or unit, which may be ignored; or where `If-Range` names another representation (13.1.5).
 * @param size of the representation, more than 0; @param tag its strong entity tag
 */
export function readRange(headers: Asking, size: number, tag: string): Range | 'unsatisfiable' | undefined {
  const condition = headers['if-range']
  if (condition !== undefined && condition !== tag) return undefined
  const [, from = '', to = ''] = ONE_RANGE.exec(headers.range ?? '') ?? []
  if (from === '' && to === '') return undefined
  if (from === '') {
    // The last so many.
    const length = Math.min(Number(to), size)
    return length === 0 ? 'unsatisfiable' : { first: size - length, last: size - 1 }
  }
  const first = Number(from)
  const last = to === '' ? size - 1 : Number(to)
  if (last < first && to !== '') return undefined
  return first >= size ? 'unsatisfiable' : { first, last: Math.min(last, size - 1) }
}

/** An entity tag as `If-None-Match` lists it (RFC 9110, section 8.8.3), weak or strong. */
const LISTED_TAG = /(?:W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g

/**
 * Whether a GET or HEAD is to be answered by 304: `If-None-Match` has this representation's tag, however weak, or any (RFC 9110,
 * section 13.1.2).
 * @param tag its strong entity tag
 */
export function hasAlready(condition: string | undefined, tag: string): boolean {
  if (condition === undefined) return false
  return condition.trim() === '*' || [...condition.matchAll(LISTED_TAG)].some(([, listed]) => listed === tag)
}
