import { en } from './receipts.en.ts'
import { fr } from './receipts.fr.ts'
import type { Table } from './words.ts'

/** How receipts are told, in both languages. */
export const receiptWords: Table<typeof en> = { en, fr }
