/** The published files that writing stands on, as the build takes them in: one piece, loaded when somebody writes. */
import type { Release, Schema } from '../../sdk/validate/schema.ts'
import { type Profile, type ProfileFile, type QuestionsFile, readProfile } from '../../sdk/forms/profile.ts'
import disclosureTable from '../../schemas/disclosure.json' with { type: 'json' }
import pathwayTable from '../../schemas/pathway.json' with { type: 'json' }
import questions from '../../schemas/profiles/questions.json' with { type: 'json' }

const FOLDER = '../../schemas/1.2/'
const files = import.meta.glob<Schema>('../../schemas/1.2/**/*.schema.json', { eager: true, import: 'default' })
const profileFiles = import.meta.glob<ProfileFile>(
  ['../../schemas/profiles/*.json', '!../../schemas/profiles/questions.json'],
  { eager: true, import: 'default' },
)

/** The newest release, by the paths of its files in it. */
export const release: Release = Object.fromEntries(
  Object.entries(files).map(([path, schema]) => [path.slice(FOLDER.length), schema]),
)
/** The profiles, each with its questions. */
export const profiles: readonly Profile[] = Object.values(profileFiles).map((file) =>
  readProfile(file, questions as unknown as QuestionsFile),
)
export { disclosureTable, pathwayTable }
