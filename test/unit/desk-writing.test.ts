import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { answered, answersOf } from '../../desk/writing/answers.ts'
import { type PathwayRow, writableBy } from '../../desk/writing/choices.ts'
import { finished } from '../../desk/writing/finishing.ts'
import { lookAgain } from '../../desk/writing/looking.ts'
import { linesAt } from '../../desk/writing/saying.ts'
import { searched } from '../../desk/writing/searching.ts'
import { loadPhones } from '../../desk/writing/typed/phones.ts'
import { loadSchemaFolder } from '../../gateway/exchange/schema-folder.ts'
import { openArbitraries } from '../../scripts/schemas/arbitrary.ts'
import { takeApart } from '../../scripts/schemas/subjects.ts'
import { disclosure, pathway } from '../../sdk/disclosure.ts'
import { type Body, openForm, set, startBody, withItem } from '../../sdk/forms/form.ts'
import { pathOf, withValue } from '../../sdk/forms/pointer.ts'
import { profiles } from '../../sdk/forms/published.ts'
import { screensOf } from '../../sdk/forms/screens.ts'
import { releases, schemasOf } from '../../sdk/validate/validate.ts'

/** What writing makes of answers, without a page. */

const folder = join(import.meta.dirname, '../../schemas')
const json = (path: string): unknown => JSON.parse(readFileSync(join(folder, path), 'utf8'))
const newest = releases().at(-1) ?? ''
const release = schemasOf(newest)
const charity = profiles().find(({ id }) => id === 'charity')
const now = new Date('2026-11-28T21:00:00Z')
const typing = { now, phones: await loadPhones(), countries: ['FR', 'GB'] } as const
const writing = { agency: 'fr-rys', to: 'gb-ctac', language: 'en', now } as const
const tables = { disclosure: disclosure(json('disclosure.json'), ''), pathway: pathway(json('pathway.json'), '') }

const agency = (id: string, country: 'FR' | 'GB', kind: string, roles: readonly string[]) =>
  ({ id, name: { en: id, fr: id }, country, kind, roles, status: 'active', certificates: [] }) as const
const agencies = [
  agency('fr-rys', 'FR', 'ngo', ['referrer']),
  agency('gb-ctac', 'GB', 'ngo', ['coordinator']),
  agency('gb-home-office', 'GB', 'home-office', ['status-checker']),
]

describe('answers', async () => {
  const arbitraries = openArbitraries(takeApart(await loadSchemaFolder(folder), newest))
  const { releases: all } = json('catalogue.json') as { releases: { types: string[] }[] }

  test.each(all.at(-1)?.types ?? [])('of any %s make the same body again', (type) => {
    const form = openForm(release, type)
    fc.assert(
      fc.property(arbitraries(type), (made) => {
        const body = made as Body
        const again = answersOf(form, body, typing).reduce<unknown>(
          (held, answer) => withValue(held, answer.at, answered(answer, typing)),
          body,
        )
        expect(again).toEqual(body)
        // No leaf of it is without a field.
        expect(answersOf(form, body, typing)).toHaveLength(leavesOf(body))
      }),
      { numRuns: 10, seed: 1 },
    )
  })
})

function leavesOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce<number>((sum, inner) => sum + leavesOf(inner), 0)
}

test('the desk writes the newest release', () => {
  const source = readFileSync(join(folder, '../desk/writing/published.ts'), 'utf8')
  expect(new Set(source.match(/(?<=schemas\/)\d+\.\d+(?=\/)/g))).toEqual(new Set([newest]))
})

describe('a text of its own', () => {
  const form = openForm(release, 'referral', charity)

  test('goes under its heading into another, in that one’s language', () => {
    let body = set(form, startBody(form, { ...writing, language: 'fr' }), ['reason', 'text'], 'Disparue', writing)
    const reason = (asides: Record<string, string>) =>
      (finished(form, { body, asides })['reason'] as { text?: string }).text
    expect(reason({ well: ' Elle a une amie. ' })).toBe('Disparue\n\nCe qui va bien\u00a0: Elle a une amie.')
    expect(reason({})).toBe('Disparue')
    body = set(form, body, ['reason', 'text'], undefined, writing)
    expect(reason({ well: 'Elle a une amie.' })).toBeUndefined()
  })
})

describe('what may be written', () => {
  const { rows } = json('pathway.json') as { rows: PathwayRow[] }

  test('is what the pathway lets this agency write without being asked, in the order of its profile, to whom it may', () => {
    expect(writableBy(rows, agencies, 'fr-rys', charity).map(({ type, to }) => [type, to.map(({ id }) => id)])).toEqual(
      [
        ['referral', ['gb-ctac']],
        ['safeguarding-information', ['gb-ctac']],
        ['missing-notification', ['gb-ctac', 'gb-home-office']],
        ['child-found', ['gb-ctac']],
        ['information-request', ['gb-ctac', 'gb-home-office']],
      ],
    )
    expect(writableBy(rows, agencies, 'gb-home-office', undefined).map(({ type }) => type)).toEqual([
      'child-found',
      'information-request',
    ])
  })

  test('is nothing to an agency that is suspended, and nothing by one that the directory does not have', () => {
    const suspended = agencies.map((one) => (one.id === 'gb-ctac' ? { ...one, status: 'suspended' as const } : one))
    expect(writableBy(rows, suspended, 'fr-rys', charity).map(({ type }) => type)).not.toContain('referral')
    expect(writableBy(rows, agencies, 'fr-nobody', charity)).toEqual([])
  })
})

describe('before it is sent', () => {
  const look = (type: string, to: string, body: object, priority: 'urgent' | 'immediate' = 'urgent') =>
    lookAgain({ type, to, priority, body }, [], { agency: 'gb-ctac', agencies, now, tables }).map(
      ({ at, holdsBack }) => `${holdsBack ? 'never' : 'look'} ${at.join('/')}`,
    )

  test('what its recipient must not be told holds it back, at its field', () => {
    expect(
      look('status-check-request', 'gb-home-office', { relatives: [{ note: { text: 'x', language: 'en' } }] }),
    ).toEqual(['never relatives/0/note'])
  })

  test('slips and contradictions are shown and hold nothing back', () => {
    const concerns = [{ code: 'injury', immediacy: 'immediate' }]
    expect(look('assessment-referral', 'gb-ctac', { concerns })).toEqual(['look concerns/0/immediacy'])
    expect(look('assessment-referral', 'gb-ctac', { concerns }, 'immediate')).toEqual([])
    expect(look('case-closure', 'gb-home-office', { reason: 'safeguarded-needs-met', needsMet: 'not-yet' })).toEqual([
      'look needsMet',
    ])
    expect(look('child-found', 'gb-ctac', { attachmentsUsed: [{ digest: 'sha-256:x' }] })).toEqual([
      'look attachmentsUsed/0/digest',
    ])
  })
})

describe('answers are read again', () => {
  const form = openForm(release, 'referral', charity)
  let body = withItem(form, startBody(form, writing), ['concerns'], writing)
  for (const [at, value] of [
    ['/concerns/0/code', 'injury'],
    ['/concerns/0/status', 'suspected'],
    ['/concerns/0/source', 'rumour'],
    ['/lastSeen/when/to', '2026-11-27'],
    ['/child/names/0/full', 'ሰምሃር'],
    ['/contact/phone', '+33199000001'],
  ] as const)
    body = set(form, body, pathOf(at), value, writing)
  const said = (at: string, language: 'en' | 'fr') => {
    const asked = screensOf(form, body)
      .flatMap(({ members }) => members)
      .find((one) => one.at === at)
    return linesAt(form, body, asked ?? { at }, language, typing).map(({ says }) => says)
  }

  test('as people say them, in the page’s language', () => {
    expect(said('/concerns', 'en')).toEqual(['Is hurt (It is a rumour)'])
    expect(said('/concerns', 'fr')).toEqual(['Est blessé (C’est une rumeur)'])
    expect(said('/lastSeen/when/to', 'fr')).toEqual(['vendredi 27 novembre 2026'])
    expect(said('/child/names', 'en')).toEqual(['ሰምሃር', 'As the child says it'])
    expect(said('/contact', 'en')).toContain('+33 1 99 00 00 01')
  })
})

test('a long list is found by a few letters, without accents, what begins with them first', () => {
  const list = [
    { code: 'DZA', says: 'Algérie' },
    { code: 'ERI', says: 'Érythrée' },
    { code: 'ti', says: 'ትግርኛ', also: 'Tigrinya' },
    { code: 'GBR', says: 'Royaume-Uni' },
  ]
  const found = (typed: string) => searched(list, typed).map(({ code }) => code)
  expect(found('er')).toEqual(['ERI', 'DZA'])
  expect(found('tigr')).toEqual(['ti'])
  expect(found('ትግ')).toEqual(['ti'])
  expect(found('uni')).toEqual(['GBR'])
  expect(found('gbr')).toEqual(['GBR'])
  expect(found(' ')).toEqual([])
})
