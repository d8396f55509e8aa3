import { en } from './shell.en.ts'
import { fr } from './shell.fr.ts'
import type { Table } from './words.ts'

/** What the frame says, in both languages. */
export const shell: Table<typeof en> = { en, fr }
