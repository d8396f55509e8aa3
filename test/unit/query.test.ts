import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Type } from 'typebox'
import { limit, query, wait } from '../../gateway/http/forms.ts'
import { compileQuery } from '../../gateway/http/query.ts'

const judge = compileQuery(
  query({ limit: Type.Optional(limit), wait: Type.Optional(wait), desk: Type.Optional(Type.String()) }),
)

it.each(['1', '50', '100', '007'])('takes limit=%s for a number', (text) => {
  const asked = { limit: text }
  expect(judge(asked)).toBe(true)
  expect(asked).toMatchObject({ limit: Number(text) })
})

it.each([
  '1e1',
  '+5',
  ' 5',
  '5 ',
  '5.0',
  '0x10',
  '0b1',
  '1_0',
  '',
  'true',
  'null',
  '-0',
  '٥',
  '５',
  '5\n',
  '1e-0',
  'Infinity',
])('refuses limit=%j and wait=%j alike', (text) => {
  expect(judge({ limit: text })).toHaveProperty('error')
  expect(judge({ wait: text })).toHaveProperty('error')
})

it('refuses a number that stands there twice, and what the schema refuses', () => {
  expect(judge({ limit: ['1', '2'] })).toHaveProperty('error')
  for (const asked of [{ limit: '0' }, { limit: '101' }, { wait: '31' }, { lmit: '1' }])
    expect(judge(asked)).toHaveProperty('error')
})

it('takes digits and nothing else', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...Array.from('0123456789+-.eExX _')) }), (text) => {
      const taken = judge({ wait: text }) === true
      expect(taken).toBe(/^[0-9]+$/.test(text) && text.length <= 15 && Number(text) <= 30)
    }),
  )
})
