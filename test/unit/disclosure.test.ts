import { expect, test } from 'vitest'
import { ageOf } from '../../gateway/protocol/disclosure.ts'
import type { Json } from '../../gateway/protocol/json.ts'

test.each<readonly [string, Json, number | undefined]>([
  ['the age of a full identity', { child: { age: { years: 15, asOf: '2017-03-01' } } }, 15],
  ['the age of a short identification', { child: { name: 'x', ageYears: 16 } }, 16],
  ['the former where there are both', { child: { age: { years: 15 }, ageYears: 16 } }, 15],
  ['an age of nought', { child: { age: { years: 0 }, ageYears: 3 } }, 0],
  ['an age over 17', { child: { age: { years: 23 } } }, 23],
  ['none where the child has none', { child: { absences: [{ field: 'age' }] } }, undefined],
  ['none of a body without a child', { outcome: 'not-located' }, undefined],
  ['none elsewhere in the body', { age: { years: 15 }, ageYears: 15, relative: { ageYears: 12 } }, undefined],
  ['none of another form', { child: { age: { years: '15' } } }, undefined],
  ['none of an array', { child: [{ ageYears: 15 }] }, undefined],
  ['none of no object', null, undefined],
])('gives %s', (_, body, age) => {
  expect(ageOf(body)).toBe(age)
})
