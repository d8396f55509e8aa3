import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isJsonObject, type Json, type JsonObject } from '../../gateway/protocol/json.ts'
import type { SchemaFiles } from '../../gateway/protocol/catalogue.ts'
import { readMessage } from '../../gateway/protocol/reading.ts'
import { compileSchemas } from '../../gateway/protocol/schemas.ts'
import { loadSchemaFolder } from '../../gateway/exchange/schema-folder.ts'

const files = await loadSchemaFolder(join(import.meta.dirname, '../../schemas'))
const schemas = compileSchemas(files)
const examples = files.published.get('1.0/referral.examples.json')?.toString('utf8') ?? '[]'
const body = (JSON.parse(examples) as { body: JsonObject }[])[0]?.body ?? {}

describe('a body is judged', () => {
  const faultsOf = (changed: Json): readonly string[] =>
    schemas.validate('1.0', 'referral', changed).map(({ pointer, keyword }) => `${pointer} ${keyword}`)

  const read = (path: string): JsonObject => JSON.parse(files.published.get(path)?.toString('utf8') ?? '') as JsonObject
  const codesOf = (list: string): string => (read(`1.0/codes/${list}.schema.json`)['enum'] as string[]).join(', ')
  const members = Object.keys(read('1.0/referral.schema.json')['properties'] as JsonObject).join(', ')

  test('and every fault is told, each with its pointer, in both languages', () => {
    const { concerns: _, ...rest } = body
    const faults = schemas.validate('1.0', 'referral', {
      ...rest,
      concernz: [],
      reportsMade: [{ to: 'x' }],
      handling: { marking: 'partners', restrictions: [' '] },
    })
    expect(faults).toEqual([
      {
        pointer: '/body',
        keyword: 'required',
        message: 'must have the member "concerns"',
        messageFr: 'doit comporter le membre "concerns"',
      },
      {
        pointer: '/body',
        keyword: 'unevaluatedProperties',
        message: `must have no member but those of the schema: ${members}`,
        messageFr: `ne doit comporter que les membres du schéma\u00a0: ${members}`,
      },
      {
        pointer: '/body/reportsMade/0',
        keyword: 'required',
        message: 'must have the member "response"',
        messageFr: 'doit comporter le membre "response"',
      },
      {
        pointer: '/body/reportsMade/0/to',
        keyword: 'enum',
        message: `must be one of the codes of the list: ${codesOf('authorityKind')}`,
        messageFr: `doit être l’un des codes de la liste\u00a0: ${codesOf('authorityKind')}`,
      },
      {
        pointer: '/body/handling/restrictions/0',
        keyword: 'enum',
        message: `must be one of the codes of the list: ${codesOf('restriction')}`,
        messageFr: `doit être l’un des codes de la liste\u00a0: ${codesOf('restriction')}`,
      },
    ])
  })

  test('without quoting what somebody typed, not even as a member’s name', () => {
    const secret = 'Amanuel-Tesfay'
    const spread = { [secret]: secret, text: secret, language: secret, translations: [secret, { [secret]: secret }] }
    const faults = schemas.validate('1.0', 'referral', {
      ...body,
      [secret]: 1,
      reason: spread,
      child: { names: [{ full: 7, [secret]: 1, script: secret }] },
    })
    expect(faults.length).toBeGreaterThan(8)
    expect(JSON.stringify(faults)).not.toContain(secret)
  })

  test('where one of two members is wanted, that is said, and not that both are missing', () => {
    const {
      phone: _,
      email: __,
      ...contact
    } = isJsonObject(body['contact'] ?? null) ? (body['contact'] as JsonObject) : {}
    expect(schemas.validate('1.0', 'referral', { ...body, contact })).toEqual([
      {
        pointer: '/body/contact',
        keyword: 'anyOf',
        message: 'A telephone number or an e-mail address (give "phone" or "email")',
        messageFr: 'Un numéro de téléphone ou une adresse électronique (donnez "phone" ou "email")',
      },
    ])
  })

  test.each(['1.0', '1.1'])('what a rule asks for is told with the rule’s own title, in release %s', (version) => {
    const [result] = JSON.parse(
      files.published.get(`${version}/status-check-result.examples.json`)?.toString('utf8') ?? '[]',
    ) as { body: JsonObject }[]
    const { location, ...nowhere } = result?.body ?? {}
    const {
      responsibleAuthority: _,
      authorityCode: __,
      ...nobody
    } = isJsonObject(location ?? null) ? (location as JsonObject) : {}
    const judged = (changed: JsonObject) =>
      schemas.validate(version, 'status-check-result', { ...nowhere, location: changed }).map(({ message }) => message)
    expect(judged({ ...nobody, knownToChildrensServices: 'yes' })).toEqual([
      expect.stringMatching(
        /^Known to children’s services: name the authority \(give "responsibleAuthority" or "authorityCode"( or .+)?\)$/,
      ),
    ])
    expect(schemas.validate(version, 'status-check-result', nowhere)).toEqual([
      expect.objectContaining({
        pointer: '/body',
        keyword: 'required',
        message: expect.stringMatching(/^must have the member "location" \(Located: where, .+\)$/),
        messageFr: expect.stringMatching(/^doit comporter le membre "location" \(.*ocalisé.+\)$/),
      }),
    ])
  })

  test('a rule’s title goes with the rule alone, and not with its like beside it', () => {
    const two = [{ obtained: 'yes' }, { obtained: 'no' }]
    const said = two.map((childViews) => schemas.validate('1.1', 'referral', { ...body, childViews })[0]?.message)
    expect(said).toEqual([
      'must have the member "wishes" (Views obtained: give the wishes)',
      'must have the member "whyNot" (Views not obtained: say why)',
    ])
  })

  test('a list of too many codes is named, and a type told in words', () => {
    const countries = ['Calais', 'France', 'Royaume-Uni', 'gb', 'ETI'].map((country) => {
      const place = { kind: 'street', country, precision: 'locality' }
      return schemas.validate('1.1', 'referral', { ...body, believedDestination: place })[0]
    })
    const list = 'must be one of the codes of the list: Country or territory (/schemas/1.1/codes/country.schema.json)'
    expect(countries.map((fault) => fault?.message)).toEqual([
      list,
      `${list}; nearest: FRA`,
      `${list}; nearest: GBR`,
      `${list}; nearest: GBR`,
      list,
    ])
    expect(countries[1]?.messageFr).toMatch(/Pays ou territoire .+\u202f; au plus près\u00a0: FRA$/)
    expect(schemas.validate('1.1', 'referral', { ...body, concerns: 1, reason: 'x' })).toMatchObject([
      { pointer: '/body/reason', messageFr: 'doit être un objet' },
      { pointer: '/body/concerns', messageFr: 'doit être une liste' },
    ])
  })

  test('a hundred faults at most are told, and soon, of a body full of them', () => {
    const started = performance.now()
    const faults = faultsOf({
      ...body,
      concerns: Array.from({ length: 60_000 }, () => 1),
      handling: { marking: 'partners', restrictions: Array.from({ length: 60_000 }, (_, index) => `x${index}`) },
    })
    expect(faults).toHaveLength(100)
    expect(performance.now() - started).toBeLessThan(2000)
  })

  test('a list that is too long is refused however long it is', () => {
    const [concern] = Array.isArray(body['concerns']) ? (body['concerns'] as readonly Json[]) : []
    for (const length of [41, 200, 201, 5000])
      expect(faultsOf({ ...body, concerns: Array.from({ length }, () => concern ?? null) })).toEqual([
        '/body/concerns maxItems',
      ])
  })

  test('anything that is no object is refused', () => {
    for (const other of [null, true, 1, 'x', []]) expect(faultsOf(other)).toEqual(['/body type'])
  })

  test('a type or a release that is none is refused', () => {
    for (const [version, type] of [
      ['1.0', 'gossip'],
      ['9.9', 'referral'],
      ['1.0', 'envelope'],
    ] as const)
      expect(schemas.validate(version, type, body)).toMatchObject([{ pointer: '/type', keyword: 'enum' }])
  })
})

describe('the catalogue', () => {
  const withCatalogue = (...releases: readonly object[]): SchemaFiles => ({
    ...files,
    catalogue: { releases: releases as Json[] },
  })
  const release = { version: '1.0', status: 'deprecated', sunset: '2018-01-01T00:00:00Z', types: ['referral'] }

  test('says which types there are', () => {
    expect(schemas.types.has('referral')).toBe(true)
    expect(schemas.types.has('gossip')).toBe(false)
    expect(compileSchemas(withCatalogue(release)).types.has('outcome')).toBe(false)
  })

  test('closes a release at its sunset', () => {
    const old = compileSchemas(withCatalogue(release))
    expect(old.isRelease('1.0', new Date('2017-12-31T23:59:59Z'))).toBe(true)
    expect(old.isRelease('1.0', new Date('2018-01-01T00:00:00Z'))).toBe(false)
    expect(schemas.isRelease(schemas.releases.at(-1)?.version ?? '', new Date('2100-01-01T00:00:00Z'))).toBe(true)
    expect(schemas.isRelease('9.9', new Date('2017-01-01T00:00:00Z'))).toBe(false)
  })

  test('names nothing that is not there, and is of its form', () => {
    expect(() => compileSchemas(withCatalogue({ ...release, types: ['gossip'] }))).toThrow('gossip')
    expect(() => compileSchemas(withCatalogue())).toThrow('no release')
    expect(() => compileSchemas({ ...files, catalogue: null })).toThrow('no release')
    for (const wrong of [
      { version: 1 },
      { status: 'old' },
      { sunset: 'some day' },
      { sunset: 1 },
      { types: [1] },
      { types: 'referral' },
    ])
      expect(() => compileSchemas(withCatalogue({ ...release, ...wrong }))).toThrow('catalogue.json')
  })

  test('gives the codes of a list', () => {
    expect([...schemas.codes('sex')]).toEqual(['male', 'female', 'other', 'unknown'])
    expect(schemas.codes('refusalReason').has('wrong-area')).toBe(true)
    expect(schemas.codes('no-such-list').size).toBe(0)
  })
})

describe('a message is read', () => {
  const example = { ...(JSON.parse(examples) as object[])[0] }
  const read = (payload: unknown) => readMessage(Buffer.from(JSON.stringify(payload)), schemas)

  test('gives who, to whom and under which release, and keeps nothing of the body', () => {
    const reading = read(example)
    expect(reading).toMatchObject({ isValid: true, envelope: { type: 'referral', schemaVersion: '1.0' } })
    expect(reading).not.toHaveProperty('envelope.body')
  })

  test('says whether a body is valid: that of a release that nobody knows is not', () => {
    expect(read({ ...example, body: {} })).toMatchObject({ isValid: false })
    expect(read({ ...example, schemaVersion: '9.9' })).toMatchObject({ isValid: false })
  })

  test('says why a payload says nothing, in plain data that another thread can be given', () => {
    const malformed = read({ ...example, id: 'x' })
    expect(malformed).toMatchObject({ malformed: { en: expect.any(String) }, errors: [{ pointer: '/id' }] })
    expect(structuredClone(malformed)).toEqual(malformed)
    expect(readMessage(Buffer.from('{'), schemas)).toMatchObject({ malformed: { en: expect.stringContaining('JSON') } })
  })
})
