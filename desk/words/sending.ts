import { en } from './sending.en.ts'
import { fr } from './sending.fr.ts'
import type { Table } from './words.ts'

/** What is said of sending, in both languages. */
export const sendingWords: Table<typeof en> = { en, fr }
