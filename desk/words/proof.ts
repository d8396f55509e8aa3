import { en } from './proof.en.ts'
import { fr } from './proof.fr.ts'
import type { Table } from './words.ts'

/** What is said of proof, in both languages. */
export const proofWords: Table<typeof en> = { en, fr }
