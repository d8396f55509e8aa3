import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { compileSchemas } from '../../gateway/protocol/schemas.ts'
import { loadSchemaFolder } from '../../gateway/exchange/schema-folder.ts'
import { names } from '../../demo/agencies.ts'
import { bodyOf } from '../../demo/compose.ts'
import { cohortSteps, parseCohort } from '../../demo/cohort.ts'
import type { MessageStep, Refs, Scenario } from '../../demo/scenario.ts'
import { scenarios } from '../../demo/scenarios/all.ts'
import { figure1 } from '../../demo/scenarios/figure1.ts'
import { s7 } from '../../demo/scenarios/s7.ts'
import { release, titleOfRefusal, titleOfType } from '../../demo/titles.ts'

const schemas = compileSchemas(await loadSchemaFolder('schemas'))
const cohort = parseCohort(await readFile('demo/cohort.csv', 'utf8'))
const someId = '0190a000-0000-7000-8000-000000000001'
const refs: Refs = { id: () => someId, case: () => someId }
const all: readonly Scenario[] = [figure1, ...scenarios, { id: s7.id, title: s7.title, steps: s7.checks }]

const messages = all.flatMap(({ id, steps }) => steps.flatMap((step) => ('as' in step ? [{ id, step }] : [])))
const faultsOf = (step: MessageStep) => schemas.validate(release, step.type, bodyOf(step, refs))

describe('every body that the demo sends obeys the newest release', () => {
  test.each(messages.map(({ id, step }) => [`${id}: ${step.as}`, step] as const))('%s', (_, step) => {
    const pointers = faultsOf(step).map(({ pointer, keyword }) => `${pointer} ${keyword}`)
    if (step.expect === 'schema-violation') expect(pointers.map((each) => each.split(' ')[0])).toContain(step.pointer)
    else expect(pointers).toEqual([])
  })

  test('the 196 children’s too', () => {
    const faults = cohort.flatMap((row) =>
      cohortSteps(row).flatMap((step) => faultsOf(step).map(({ pointer }) => `${step.type} ${pointer}`)),
    )
    expect(cohort).toHaveLength(196)
    expect(faults).toEqual([])
  })
})

test('every step says in both languages what it does, and names agencies that there are', () => {
  for (const { steps } of all) {
    for (const step of steps) {
      expect(step.say.en).not.toBe('')
      expect(step.say.fr).not.toBe('')
      if ('as' in step && step.expect !== 'unknown-recipient') expect(Object.keys(names)).toContain(step.to)
    }
  }
})

test('steps answer, and views show, only steps that there are', () => {
  for (const { steps, views = [] } of all) {
    const known = new Set(steps.flatMap((step) => ('as' in step ? [step.as] : [])))
    const named = steps.flatMap((step) => ('as' in step ? (step.inReplyTo ?? []) : step.of))
    expect([...named, ...views.flatMap(({ sees }) => sees)].filter((each) => !known.has(each))).toEqual([])
  }
})

test('every type that is sent, and every reason of a refusal, has a title in both languages', () => {
  for (const { step } of messages) {
    const titles = [titleOfType(step.type), ...(step.refusedFor === undefined ? [] : [titleOfRefusal(step.refusedFor)])]
    for (const { en, fr } of titles)
      expect([en, fr]).toEqual([expect.stringMatching(/^\S/), expect.stringMatching(/^\S/)])
  }
  expect(() => titleOfType('referal')).toThrow('no title of message type referal')
  expect(() => titleOfRefusal('too-late')).toThrow('no title of reason too-late')
})
