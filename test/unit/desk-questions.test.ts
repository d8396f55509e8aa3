import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { answered, answersOf } from '../../desk/writing/answers.ts'
import { loadPhones } from '../../desk/writing/typed/phones.ts'
import { faultsOf } from '../../sdk/forms/faults.ts'
import { type Body, type Form, openForm, set, startBody, withItem } from '../../sdk/forms/form.ts'
import { type Path, pathOf, templateOf, valueAt, withValue } from '../../sdk/forms/pointer.ts'
import { profileFor } from '../../sdk/forms/profile.ts'
import { profiles } from '../../sdk/forms/published.ts'
import { prune } from '../../sdk/forms/prune.ts'
import { mendedAt, screenFor, screensOf } from '../../sdk/forms/screens.ts'
import { choicesOf, membersOf, partOf, requiredOf, spotAt, spotOf } from '../../sdk/forms/spot.ts'
import type { MessageType } from '../../sdk/index.ts'
import { examplesOf, releases, schemasOf } from '../../sdk/validate/validate.ts'
import type { Schema } from '../../sdk/validate/schema.ts'

/** What is asked, in which order and words: of every type by its schema alone, and by each profile. */

const folder = join(import.meta.dirname, '../../schemas')
const json = (path: string): unknown => JSON.parse(readFileSync(join(folder, path), 'utf8'))
const release = schemasOf(releases().at(-1) ?? '')
const { releases: published } = json('catalogue.json') as { releases: { types: MessageType[] }[] }
const types = published.at(-1)?.types ?? []
const all = profiles()
const byProfile = all.flatMap((profile) => Object.keys(profile.types).map((type) => [profile.id, type] as const))
const profileOf = (id: string) => all.find((profile) => profile.id === id)
const phones = await loadPhones()
const now = new Date('2026-11-28T21:00:00Z')
const typing = { now, phones, countries: ['FR', 'GB'] } as const
const writing = { agency: 'fr-rys', to: 'gb-ctac', language: 'en', now } as const

/** Every member that a type's schema has, by its pointer with `*`, not deeper than people are asked. */
function everyMember(form: Form, path: Path, depth: number): readonly string[] {
  const spot = spotAt(form.release, form.root, {}, path)
  if (partOf(spot, 'type') === 'array') return everyMember(form, [...path, '*'], depth)
  if (depth === 0) return [templateOf(path)]
  const names = membersOf(spot)
  return names.length === 0
    ? [templateOf(path)]
    : names.flatMap((name) => everyMember(form, [...path, name], depth - 1))
}

describe.each(types)('%s, by its schema alone', (type) => {
  const form = openForm(release, type)

  test('each member stands on exactly one screen, required ones on the way', () => {
    const screens = screensOf(form, {})
    const required = requiredOf(spotOf(release, [form.root], {}))
    for (const name of membersOf(spotOf(release, [form.root], {}))) {
      const asking = screens.filter(({ members }) => members.some(({ at }) => at === `/${name}`))
      expect(asking, name).toHaveLength(1)
      if (required.has(name)) expect(asking[0]?.line, name).toBe('main')
    }
  })

  test('what is asked has words in both languages', () => {
    for (const { ask, id } of screensOf(form, {})) {
      expect(ask.en, id).not.toBe('')
      expect(ask.fr, id).not.toBe(
        ask.en === 'Message' || ask.en === 'Contact' || ask.en === 'Note' || ask.en === 'Question' ? '' : id,
      )
    }
  })

  test.each(examplesOf(type).map(({ id, body }) => [id, body] as const))(
    '%s is made of its answers again',
    (_, body) => {
      const answers = answersOf(form, { ...body }, typing)
      let made: Body = skeletonOf({ ...body }) as Body
      for (const answer of answers) made = withValue(made, answer.at, answered(answer, typing)) as Body
      expect(made).toEqual(body)
      expect(prune(form, made)).toEqual(body)
      expect(faultsOf(form, made)).toEqual([])
    },
  )
})

/** The groups and lists of a body, without what stands in them. */
function skeletonOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => (typeof item === 'object' ? skeletonOf(item) : ''))
  if (typeof value !== 'object' || value === null) return undefined
  const inner = Object.entries(value).map(([name, held]) => [name, skeletonOf(held)] as const)
  return Object.fromEntries(inner.filter(([, held]) => held !== undefined))
}

describe('a type that nobody has seen', () => {
  const made: Schema = {
    $id: 'https://example.org/toy.schema.json',
    title: 'Toy',
    'x-titleFr': 'Jouet',
    type: 'object',
    properties: {
      child: { $ref: 'definitions.schema.json#/$defs/childReference' },
      broken: { title: 'Broken', 'x-titleFr': 'Cassé', $ref: 'definitions.schema.json#/$defs/booleanOrUnknown' },
      since: { title: 'Since', 'x-titleFr': 'Depuis', $ref: 'definitions.schema.json#/$defs/whenKnown' },
      parts: { title: 'Parts', 'x-titleFr': 'Pièces', type: 'array', items: { type: 'string', maxLength: 20 } },
      story: { title: 'Story', 'x-titleFr': 'Récit', $ref: 'definitions.schema.json#/$defs/narrative' },
    },
    required: ['child', 'broken'],
    allOf: [
      {
        title: 'Broken: since when',
        'x-titleFr': 'Cassé : depuis quand',
        if: { properties: { broken: { const: true } }, required: ['broken'] },
        // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
        then: { title: 'Broken: since when', 'x-titleFr': 'Cassé : depuis quand', required: ['since'] },
      },
    ],
    unevaluatedProperties: false,
  }
  const form = openForm({ ...release, 'toy.schema.json': made }, 'toy')

  test('has a form, with a profile and without', () => {
    const asked = (of: Form) => screensOf(of, {}).map(({ id, line }) => `${line} ${id}`)
    expect(asked(form)).toEqual(['main child', 'main broken', 'more since', 'more parts', 'more story'])
    expect(asked({ ...form, profile: profileOf('charity') })).toEqual(asked(form))
  })

  test('asks what a rule wants once it wants it', () => {
    const body = set(form, startBody(form, writing), ['broken'], true, writing)
    expect(screensOf(form, body).find(({ id }) => id === 'since')?.line).toBe('main')
    expect(faultsOf(form, body).map(({ at }) => at.join('/'))).toContain('since')
  })

  test('is written from nothing', () => {
    let body = startBody(form, writing)
    for (const [at, value] of [
      ['/child/name', 'Bear'],
      ['/broken', 'unknown'],
      ['/story/text', 'It squeaks'],
    ] as const)
      body = set(form, body, pathOf(at), value, writing)
    expect(faultsOf(form, prune(form, body))).toEqual([])
    expect(valueAt(body, ['story', 'language'])).toBe('en')
  })
})

describe('profiles', () => {
  const ajv = new Ajv2020({ strict: false })
  ajv.addSchema(json('profiles.schema.json') as object, 'profile')
  const files = readdirSync(join(folder, 'profiles'))

  test.each(files)('%s obeys its schema', (file) => {
    const judge = ajv.getSchema(file === 'questions.json' ? 'profile#/$defs/questions' : 'profile')
    void judge?.(json(`profiles/${file}`))
    expect(judge?.errors ?? []).toEqual([])
  })

  test('every question that is kept is asked by somebody', () => {
    const questions = json('profiles/questions.json') as Record<'screens' | 'known' | 'ticks' | 'priorities', object>
    const named = files.map((file) => readFileSync(join(folder, 'profiles', file), 'utf8')).join('')
    for (const part of ['screens', 'known', 'ticks', 'priorities'] as const)
      for (const name of Object.keys(questions[part])) expect(named.split(`"${name}"`).length, name).toBeGreaterThan(2)
  })

  test.each([
    ['charity', { kind: 'ngo', country: 'FR', roles: ['referrer'] }],
    ['advice-centre', { kind: 'ngo', country: 'GB', roles: ['coordinator'] }],
    ['home-office', { kind: 'home-office', country: 'GB', roles: ['status-checker'] }],
    ['authority', { kind: 'local-authority', country: 'GB', roles: ['children-services'] }],
    ['departement', { kind: 'local-authority', country: 'FR', roles: ['referrer', 'children-services'] }],
    ['police', { kind: 'police', country: 'GB', roles: ['police'] }],
  ])('%s is for its agencies, and writes what the pathway lets them', (id, agency) => {
    const profile = profileFor(all, agency)
    expect(profile?.id).toBe(id)
    const { rows } = json('pathway.json') as {
      rows: { type: string; from: string | string[]; also?: { from: string[] }[] }[]
    }
    const may = rows.filter(({ from, also = [] }) =>
      [from, ...also.map((pair) => pair.from)].some(
        (parties) => typeof parties === 'string' || parties.some((role) => agency.roles.includes(role)),
      ),
    )
    expect(Object.keys(profile?.types ?? {}).toSorted()).toEqual(may.map(({ type }) => type).toSorted())
  })

  test.each(byProfile)('%s asks all of %s, and fills in what it does not ask on the way', (id, type) => {
    const form = openForm(release, type, profileOf(id))
    const body = startBody(form, writing)
    const screens = screensOf(form, body)
    for (const at of everyMember(form, [], 2)) expect(screenFor(screens, pathOf(at)), at).toBeDefined()
    expect(new Set(screens.map((screen) => screen.id)).size).toBe(screens.length)
    for (const fault of faultsOf(form, body))
      expect(mendedAt(screens, fault)?.screen.line, `${fault.keyword} ${fault.at.join('/')}`).toBe('main')
    const codes = screens.flatMap(({ members }) => members.flatMap(({ ticks }) => ticks?.groups ?? []))
    const known = partOf(spotAt(release, form.root, {}, ['concerns', '*', 'code']), 'enum') ?? []
    for (const { ticks } of codes) for (const { code } of ticks) expect(known).toContain(code)
  })

  test.each(byProfile)('%s fills in %s with what its schema takes', (id, type) => {
    const form = openForm(release, type, profileOf(id))
    const filled = startBody(form, {
      ...writing,
      agency: id === 'charity' || id === 'departement' ? 'fr-rys' : 'gb-ctac',
    })
    const wrong = faultsOf(form, filled).filter(({ keyword }) => !['required', 'anyOf', 'minItems'].includes(keyword))
    expect(wrong).toEqual([])
    const lists = membersOf(spotOf(release, [form.root], filled)).filter((name) =>
      ['names', 'concerns', 'accompanying', 'relatives', 'reportsMade'].includes(name),
    )
    for (const name of lists) {
      const added = withItem(form, filled, [name], writing)
      const faults = faultsOf(form, added).filter(
        ({ at, keyword }) => at[0] === name && keyword !== 'required' && keyword !== 'anyOf',
      )
      expect(faults, name).toEqual([])
    }
  })
})

describe('a charity', () => {
  const form = openForm(release, 'referral', profileOf('charity'))
  const body = startBody(form, writing)
  const screens = screensOf(form, withItem(form, body, ['concerns'], writing)).filter(({ line }) => line === 'main')

  test('is not asked how serious it is before anything was ticked', () => {
    expect(screensOf(form, body).map(({ id }) => id)).not.toContain('severity')
  })

  test('is asked in the order in which people know things', () => {
    expect(screens.map(({ ask }) => ask.en)).toEqual([
      'Whom did you speak to, and when?',
      'What worries you today?',
      'Where and when was the child last seen, and by whom?',
      'Where do people think the child is?',
      'What is the child called?',
      'How old is the child?',
      'Sex, country and language',
      'Who is with the child?',
      'Does the child have brothers, sisters or other family?',
      'What happened to the child?',
      'How serious is it, and how soon must somebody act?',
      'Does the child need a doctor?',
      'Do you have pictures or papers?',
      'Whom have you told, and what did they answer?',
      'What does the child want?',
      'Is there anything that goes well?',
      'Whom can the recipient ring?',
    ])
    expect(screens[0]?.banner?.title.en).toBe('Is a child in danger now?')
    expect(JSON.stringify(screens[0]?.banner)).toMatch(/17.+999.+119/)
  })

  test('has law and handling filled in, and folded', () => {
    expect(body['dataProtection']).toEqual({
      purposes: ['locate-child', 'protect-child'],
      lawfulBases: ['legitimate-interests', 'vital-interests'],
      specialConditions: ['vital-interests', 'substantial-public-interest-fr'],
      transferMechanism: 'eu-uk-adequacy',
      childInformed: 'not-possible',
      parentsInformed: 'whereabouts-unknown',
      retention: { rule: 'case-closure-plus', period: 'P1Y' },
    })
    expect(body['handling']).toEqual({
      marking: 'recipient-only',
      restrictions: ['safeguarding-only', 'no-immigration-enforcement'],
    })
    const folded = screensOf(form, body).filter(({ line }) => line === 'folded')
    expect(folded.map(({ id }) => id)).toEqual(['dataProtection-more', 'handling'])
  })

  test('of the same country, crosses no border', () => {
    const home = startBody(form, { ...writing, to: 'fr-dep-62' })
    expect(valueAt(home, ['dataProtection', 'transferMechanism'])).toBe('none-domestic')
  })

  test('is asked once how serious it is, for everything that was ticked', () => {
    let made: Body = body
    for (const code of ['injury', 'illness']) {
      made = withItem(form, made, ['concerns'], writing)
      const last = String((made['concerns'] as unknown[]).length - 1)
      made = set(form, made, ['concerns', last, 'code'], code, writing)
    }
    made = set(form, made, ['concerns', '*', 'severity'], 'high', writing)
    made = withItem(form, made, ['concerns'], writing)
    expect((made['concerns'] as { severity: string }[]).map(({ severity }) => severity)).toEqual([
      'high',
      'high',
      'high',
    ])
  })

  test('leaves out what nobody has said', () => {
    let made = withItem(form, body, ['child', 'names'], writing)
    made = withItem(form, made, ['accompanying'], writing)
    made = set(form, made, ['health', 'allergies'], [' '], writing)
    const sent = prune(form, made)
    expect(valueAt(sent, ['child', 'names'])).toEqual([])
    expect(sent['accompanying']).toBeUndefined()
    expect(sent['health']).toBeUndefined()
    expect(
      valueAt(prune(form, set(form, made, ['accompanying', '0', 'risk'], 'suspected', writing)), ['accompanying']),
    ).toHaveLength(1)
  })

  test('gives each person a key of their own', () => {
    let made: Body = body
    for (const _ of [1, 2]) made = withItem(form, made, ['relatives'], writing)
    made = withValue(made, ['relatives', '0'], undefined) as Body
    made = withItem(form, made, ['relatives'], writing)
    expect((made['relatives'] as { key: string }[]).map(({ key }) => key)).toEqual(['r2', 'r1'])
  })

  test('a choice between members is mended at the first of them', () => {
    expect(choicesOf(spotAt(release, form.root, body, ['contact']))[0]?.names).toEqual(['phone', 'email'])
    const at = faultsOf(form, body).map((fault) => fault.at.join('/'))
    expect(at).toContain('contact/phone')
    expect(at).toContain('child/age')
  })
})
