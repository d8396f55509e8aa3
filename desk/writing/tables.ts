import { disclosure, pathway } from '../../sdk/disclosure.ts'
import { disclosureTable, pathwayTable } from './published.ts'

/** What is not told to whom, and who may send what to whom (protocol sections 8 and 5). */
export const tables = { disclosure: disclosure(disclosureTable, ''), pathway: pathway(pathwayTable, '') }
