import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { cohortSteps, countReceived, parseCohort } from '../../demo/cohort.ts'
import { ctac } from '../../demo/agencies.ts'
import { envelopeOf } from '../../demo/compose.ts'
import { disagreements, figures } from '../../demo/figure.ts'
import { chooseLanguage } from '../../demo/words.ts'
import { newId } from '../../sdk/index.ts'

const rows = parseCohort(await readFile('demo/cohort.csv', 'utf8'))

/** All that the coordinator would receive of the cohort. */
function received() {
  return rows.flatMap((row) => {
    const caseId = newId()
    const refs = { id: newId, case: () => caseId }
    const steps = cohortSteps(row).filter(({ to }) => to === ctac)
    return steps.map((step) => envelopeOf(step, newId(), refs, new Date()))
  })
}

test('what the coordinator receives of the cohort adds up to the report', () => {
  expect(disagreements(countReceived(received()))).toEqual([])
})

test('one referral that is lost, and one result that is another, are noticed', () => {
  const all = received()
  const lost = all.filter((_, index) => index !== all.findIndex(({ type }) => type === 'referral'))
  expect(disagreements(countReceived(lost))).toContain('referred: 195, not 196')
  const first = all.findIndex(({ body }) => body.result === 'located')
  const changed = all.map((each, index) =>
    index === first ? { ...each, body: { ...each.body, result: 'not-located' } } : each,
  )
  expect(disagreements(countReceived(changed))).toContain('located: 67, not 68')
})

test.each(['en', 'fr'] as const)('the figures are shown in %s, and what is invented is marked', (language) => {
  const lines = figures(countReceived(received()), language)
  const text = lines.join('\n')
  expect(text).toMatch(language === 'en' ? /Afghan +110 +43$/m : /Afghane +110 +43$/m)
  expect(text).toMatch(language === 'en' ? /Ethiopian +16 +4 \*/ : /Éthiopienne +16 +4 \*/)
  expect(text).toMatch(/15 +52 \* ▇+/)
  expect(text).toMatch(/ 68 /)
  expect(text).toMatch(/ 128 /)
  expect(Math.max(...lines.slice(0, -1).map((line) => line.length))).toBeLessThanOrEqual(100)
})

test('French is spoken where it is asked for, or where the environment speaks it', () => {
  expect(chooseLanguage(['node', 'main.ts'], {})).toBe('en')
  expect(chooseLanguage(['node', 'main.ts', '--fr'], { LANG: 'en_GB.UTF-8' })).toBe('fr')
  expect(chooseLanguage(['node', 'main.ts'], { LANG: 'fr_FR.UTF-8' })).toBe('fr')
  expect(chooseLanguage(['node', 'main.ts', '--en'], { LANG: 'fr_FR.UTF-8' })).toBe('en')
  expect(chooseLanguage(['node', 'main.ts'], { LANG: 'fr_FR.UTF-8', LC_ALL: 'C.UTF-8' })).toBe('en')
})
