import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import catalogue from '../../schemas/catalogue.json' with { type: 'json' }
import { labels } from '../../sdk/generated/labels.ts'
import { bodiesOf, labelsOf } from '../../scripts/sdk/types.ts'
import { typeCheck } from '../support/type-check.ts'

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

test('`type` says what the body is: a slip of either does not compile', async () => {
  const sdk = join(import.meta.dirname, '../../sdk/index.ts')
  const tried = (lines: string) => typeCheck(`import type { Draft, Message } from '${sdk}'\n${lines}`)
  const from = `{ from: 'fr-rys', to: 'gb-ctac', caseId: 'x', priority: 'urgent', body, `
  const good = `declare const body: Extract<Message, { type: 'referral' }>['body']\nexport const a: Draft = ${from}type: 'referral' }\n`
  expect(await tried(good)).toEqual([])
  const [typo, other, code] = await Promise.all([
    tried(good.replace(`type: 'referral' }\n`, `type: 'referal' }\n`)),
    tried(good.replace(`type: 'referral' }\n`, `type: 'outcome' }\n`)),
    tried(good.replace(`'urgent'`, `'soon'`)),
  ])
  for (const complaints of [typo, other, code]) expect(complaints.join()).toContain('not assignable')
})
