import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import catalogue from '../../schemas/catalogue.json' with { type: 'json' }
import { type Draft, examplesOf, newId, validate } from '../../sdk/index.ts'
import { labels } from '../../sdk/generated/labels.ts'
import { bodiesOf, labelsOf } from '../../scripts/sdk/types.ts'

const GENERATED = join(import.meta.dirname, '../../sdk/generated')
const newest = catalogue.releases.at(-1)?.version ?? ''

test('the types and labels are those of the newest release: node scripts/make-sdk.ts makes them', () => {
  expect(readFileSync(join(GENERATED, 'bodies.ts'), 'utf8')).toBe(bodiesOf(newest))
  expect(readFileSync(join(GENERATED, 'labels.ts'), 'utf8')).toBe(labelsOf(newest))
})

test('each definition has one type of its own name, and none a number', () => {
  const names = [...readFileSync(join(GENERATED, 'bodies.ts'), 'utf8').matchAll(/^export type (\w+)/gm)].map(
    ([, name]) => name,
  )
  expect(new Set(names).size).toBe(names.length)
  expect(names.filter((name) => /\d$/.test(name ?? ''))).toEqual([])
})

test('each code says what it means, in both languages', () => {
  expect(labels.concern.codes['self-harm']).toEqual({
    en: expect.stringMatching(/\w/) as string,
    fr: expect.stringMatching(/\w/) as string,
  })
  for (const { title, codes } of Object.values(labels))
    for (const text of [title, ...Object.values(codes)])
      expect([text.en, text.fr].every((words) => words !== '')).toBe(true)
})

test('`type` says what the body is: a slip of either does not compile', () => {
  // The compiler reads this with all else (`npm run check`): a line that it is told to refuse, and takes, is a fault.
  const [{ body }] = examplesOf('referral')
  const envelope = { from: 'fr-rys', to: 'gb-ctac', caseId: newId(), priority: 'urgent', body } as const
  const drafts: readonly Draft[] = [
    { ...envelope, type: 'referral' },
    // @ts-expect-error -- a type that is misspelt
    { ...envelope, type: 'referal' },
    // @ts-expect-error -- the body of another type
    { ...envelope, type: 'outcome' },
    // @ts-expect-error -- a code that is on no list
    { ...envelope, type: 'referral', priority: 'soon' },
  ]
  const faultsOf = (draft: Draft) => validate({ id: newId(), schemaVersion: newest, ...draft })
  expect(drafts.map((draft) => faultsOf(draft).length > 0)).toEqual([false, true, true, true])
})
