import { en } from './reading.en.ts'
import { fr } from './reading.fr.ts'
import type { Table } from './words.ts'

/** What is said of reading, in both languages. */
export const readingWords: Table<typeof en> = { en, fr }
