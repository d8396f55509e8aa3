import { describe, expect, test } from 'vitest'
import { ctac } from '../../demo/agencies.ts'
import type { MessageStep, Scenario } from '../../demo/scenario.ts'
import { scenarios } from '../../demo/scenarios/all.ts'
import { figure1 } from '../../demo/scenarios/figure1.ts'

const all: readonly Scenario[] = [figure1, ...scenarios]

/** The messages of each case that the gateway accepts, in order. */
const cases = all.flatMap(({ id, steps }) => {
  const sent = steps.filter((step): step is MessageStep => 'as' in step && step.expect === undefined)
  return [...Map.groupBy(sent, ({ case: name = 'child' }) => name)].map(([name, messages]) => ({
    name: `${id}, ${name}`,
    messages,
  }))
})

const closesAsMet = ({ type, body }: MessageStep) =>
  type === 'case-closure' && (body.reason === 'safeguarded-needs-met' || body.needsMet === 'met')
const confirmsMet = ({ type, body }: MessageStep) => type === 'safeguarding-confirmation' && body.needsMet === 'met'

describe('the order of the pathway', () => {
  test('Figure 1 goes to the last step, and closing comes after all', () => {
    const steps = figure1.steps.flatMap((step) => ('as' in step ? (step.pathwayStep ?? []) : []))
    expect(new Set(steps)).toEqual(new Set(['1-2', '3', '4c', '4b', '5', '4a', '6', '7', '8']))
    expect(steps.slice(steps.lastIndexOf('5') + 1)).toEqual(['6', '6', '7', '8', '8', '8'])
  })

  test.each(cases)('$name: it closes with needs met only where the authority has confirmed it', ({ messages }) => {
    const unconfirmed = messages.filter((each, at) => closesAsMet(each) && !messages.slice(0, at).some(confirmsMet))
    expect(unconfirmed.map(({ as }) => as)).toEqual([])
  })

  test.each(cases)('$name: whoever referred a child is told the outcome before the case is closed', ({ messages }) => {
    if (!messages.some(({ type }) => type === 'outcome')) return
    const [first = ''] = messages.filter(({ type }) => type === 'outcome' || type === 'case-closure')
    expect(first).toMatchObject({ type: 'outcome' })
  })
})

test('a check asks for a sibling’s place only where it says whose', () => {
  const asking = cases.flatMap(({ messages }) =>
    messages.filter(({ body }) => JSON.stringify(body).includes('sibling-location')),
  )
  expect(asking.filter(({ body }) => body.relatives === undefined).map(({ as }) => as)).toEqual([])
})

test.each(cases)('$name: a referrer who was told of care is told that the child is missing again', ({ messages }) => {
  const told = messages.findIndex(({ type }) => type === 'outcome')
  const missing = messages.findIndex(({ type }, at) => type === 'missing-notification' && told >= 0 && at > told)
  if (missing < 0) return
  const news = messages.slice(missing).filter(({ from, to }) => from === ctac && to === messages[told]?.to)
  expect(JSON.stringify(news[0]?.body)).toContain('missing')
})
