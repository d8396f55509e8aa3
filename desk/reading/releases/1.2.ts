import type { Schema } from '../../../sdk/validate/schema.ts'

/** The files of release 1.2, in one piece. */
export const files = import.meta.glob<Schema>('../../../schemas/1.2/**/*.schema.json', {
  eager: true,
  import: 'default',
})
