/** What a person reads, in both languages. */
export type Text = { readonly en: string; readonly fr: string }

/**
 * Something that the monitor has seen. An `alarm` is what somebody has to see to: it contradicts what the gateway promises, or needs an
 * explanation. `news` is what has happened: who watches decides whether it should have.
 */
export type Finding = {
  readonly severity: 'alarm' | 'news'
  readonly code: string
  readonly text: Text
  /** The same for programs: ids and numbers. */
  readonly facts: Readonly<Record<string, string | number | readonly string[]>>
}

export const alarm = (code: string, text: Text, facts: Finding['facts'] = {}): Finding => ({
  severity: 'alarm',
  code,
  text,
  facts,
})

export const news = (code: string, text: Text, facts: Finding['facts'] = {}): Finding => ({
  severity: 'news',
  code,
  text,
  facts,
})

/** The monitor could not look: whether anything is wrong is not known. */
export class CannotLook extends Error {
  override readonly name = 'CannotLook'
}
