import type { Table } from './words.ts'
import { en } from './writing.en.ts'
import { fr } from './writing.fr.ts'

/** What writing says, in both languages. */
export const writing: Table<typeof en> = { en, fr }
