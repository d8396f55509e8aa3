import { integer, listOf, optional, record, text } from '../shape.ts'

/** Whom to believe, from a file: it must not come from whoever hands the bundle over. */
export const trustFile = record({
  anchors: listOf(text),
  logKeys: listOf(text),
  witnesses: optional(listOf(record({ name: text, vkey: text, country: optional(text) }))),
  quorum: optional(integer),
  crlGraceMs: optional(integer),
  crls: optional(listOf(text)),
})
