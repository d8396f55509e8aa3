import { readdirSync, readFileSync } from 'node:fs'
import { type Profile, type ProfileFile, type QuestionsFile, readProfile } from './profile.ts'

/** The profiles: beside this package's code where it is installed, and at the top of the repository where it is written. */
const PROFILES = new URL('../../schemas/profiles/', import.meta.url)
const QUESTIONS = 'questions.json'

/** Gives every profile that this package has. */
export function profiles(): readonly Profile[] {
  const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, PROFILES), 'utf8'))
  const questions = read(QUESTIONS) as QuestionsFile
  const names = readdirSync(PROFILES).filter((name) => name.endsWith('.json') && name !== QUESTIONS)
  return names.map((name) => readProfile(read(name) as ProfileFile, questions))
}
