import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Type } from 'typebox'
import { agencyId, cursor, limit, query, state, uuid, wait } from '../../gateway/http/forms.ts'
import { compileBody, compileQuery } from '../../gateway/http/query.ts'

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

it('says which parameter it is, and what it may be, in both languages and without what was sent', () => {
  const said = (asked: Record<string, unknown>) => {
    const verdict = judge(asked)
    return verdict === true ? undefined : verdict.error.detail
  }
  expect(said({ limit: '101' })).toEqual({
    en: '`limit` must be given once, in digits, from 1 to 100.',
    fr: '`limit` doit être donné une fois, en chiffres, de 1 à 100.',
  })
  expect(said({ limit: 'Amina' })).toEqual(said({ limit: '0' }))
  expect(said({ wait: ['1', '2'] })?.en).toBe('`wait` must be given once, in digits, from 0 to 30.')
  expect(said({ Amina: '1' })).toEqual({
    en: 'A parameter is not known here; there are: limit, wait, desk.',
    fr: 'Un paramètre est inconnu ici\u202f; il y a\u00a0: limit, wait, desk.',
  })
  const others = compileQuery(
    query({
      id: Type.Optional(uuid('Id')),
      of: Type.Optional(agencyId('Of')),
      state,
      after: Type.Optional(cursor('x')),
    }),
  )
  const wrong = (asked: Record<string, unknown>) => {
    const verdict = others({ state: 'accepted', ...asked })
    return verdict === true ? undefined : verdict.error.detail.en
  }
  expect(wrong({ id: 'x' })).toMatch(/^`id` must be a lower-case UUID, for example /)
  expect(wrong({ of: 'x' })).toMatch(
    /^`of` must be the id of an agency, for example fr-rys, given once, of 0 to 64 characters/,
  )
  expect(wrong({ state: 'x' })).toMatch(/^`state` must be one of accepted, consigned, handed-over/)
  expect(wrong({ after: 'x'.repeat(65) })).toBe('`after` must be a text, given once, of 0 to 64 characters.')
  expect(others({})).toMatchObject({
    error: { detail: { en: expect.stringMatching(/^`state` is missing: it must be one of/) } },
  })
})

it('says the same of a body', () => {
  const body = compileBody(Type.Object({ note: Type.String({ minLength: 1, maxLength: 20, pattern: String.raw`\S` }) }))
  expect(body({ note: 'x' })).toBe(true)
  expect(body({ note: '' })).toMatchObject({
    error: { detail: { en: '`note` must be a text that is not blank, given once, of 1 to 20 characters.' } },
  })
  expect(body('x')).toMatchObject({ error: { detail: { en: 'What is sent must be as the API description says.' } } })
})
