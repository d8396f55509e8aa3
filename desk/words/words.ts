/** The languages in which everything that people read is written. */
export const languages = ['en', 'fr'] as const
export type Language = (typeof languages)[number]

/** What somebody reads, in each language. */
export type Text = Readonly<Record<Language, string>>

/** A part's words, of the same shape in each language. */
export type Table<Words> = Readonly<Record<Language, Words>>

/** The shape of a part's words, as its English has it: texts, functions that give one, and parts of these. */
export type Shape<Words> = Words extends string
  ? string
  : Words extends (...given: infer Given) => string
    ? (...given: Given) => string
    : { readonly [Name in keyof Words]: Shape<Words[Name]> }
