import { en } from './keys.en.ts'
import { fr } from './keys.fr.ts'
import type { Table } from './words.ts'

/** What is said of the signing key, in both languages. */
export const keys: Table<typeof en> = { en, fr }
