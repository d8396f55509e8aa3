import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { type Language, languages, type Table } from '../words/words.ts'

/** What a screen asks for its words. */
export type Speaking = {
  readonly language: Language
  /** Gives a part's words in the language in force. */
  words<Words>(table: Table<Words>): Words
  /** Changes the language of the whole desk, in place: what was typed stays. */
  choose(language: Language): void
}

/** Set by the frame around all screens. */
export const LanguageContext = createContext<Speaking | undefined>(undefined)

/** Gives the language in force, and how to change it; whoever asks is shown anew when it changes. */
export function useLanguage(): Speaking {
  const speaking = useContext(LanguageContext)
  if (speaking === undefined) throw new Error('a screen outside the frame')
  return speaking
}

const KEPT = 'language'

/** The language that was chosen on this device, else the first of the browser's that the desk has, else English. */
export function firstLanguage(): Language {
  const wished = [localStorage.getItem(KEPT) ?? '', ...navigator.languages].map((tag) => tag.slice(0, 2).toLowerCase())
  return languages.find((language) => language === wished.find((one) => languages.includes(one as Language))) ?? 'en'
}

/** Keeps a choice for the next time: it says nothing of anybody but that. */
export const keepLanguage = (language: Language): void => localStorage.setItem(KEPT, language)

/** Gives a day as people write it. */
export const dateOf = (date: Date, language: Language): string =>
  date.toLocaleDateString(language === 'fr' ? 'fr-FR' : 'en-GB', { dateStyle: 'long' })
