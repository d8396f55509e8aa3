import type { AnySchemaObject } from 'ajv/dist/2020.js'
import { type Chapter, type Corpus, firstDisagreement } from './corpus.ts'
import { mutantsOf } from './mutants.ts'
import { openCourt, type Subjects } from './subjects.ts'

/** Gives how many mutants were tried, every one or one in so many, and which of them no case of their schema's chapter notices. */
export function survivorsOf(
  subjects: Subjects,
  corpus: Corpus,
  oneIn = 1,
): { readonly tried: number; readonly survivors: readonly string[] } {
  const court = openCourt(subjects)
  const survivors: string[] = []
  let made = 0
  let tried = 0
  for (const [subject, schema] of subjects) {
    const chapter = corpus.get(subject)
    for (const mutant of mutantsOf(schema)) {
      made += 1
      if (made % oneIn !== 0) continue
      tried += 1
      if (chapter === undefined || !isNoticed(court, subject, mutant.schema, chapter))
        survivors.push(`${subject} ${mutant.what}`)
    }
  }
  return { tried, survivors }
}

function isNoticed(
  court: ReturnType<typeof openCourt>,
  subject: string,
  changed: AnySchemaObject,
  chapter: Chapter,
): boolean {
  try {
    return firstDisagreement(court.judge(subject, changed), chapter) !== undefined
  } catch {
    // A schema that no longer compiles fails every test that there is.
    return true
  }
}
