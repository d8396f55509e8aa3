import type { AnySchemaObject } from 'ajv/dist/2020.js'
import type { Json } from '../../gateway/protocol/json.ts'
import { applyEdits, type Case, type Chapter, type Edit } from './corpus.ts'
import { NO_CODE } from './mutants.ts'
import type { Judge, Subjects } from './subjects.ts'

type Schema = AnySchemaObject
type Proposal = { readonly why: string; readonly edits: readonly Edit[]; readonly holds?: boolean }

/** A value that each primitive definition takes, and one that only a looser sibling would. */
const PRIMITIVES: Readonly<Record<string, readonly [good: string, bad: string]>> = {
  uuid: ['01596a2f-7c00-7abc-8def-0123456789ab', '01596A2F-7C00-7ABC-8DEF-0123456789AB'],
  date: ['2017-03-07', '2017-03'],
  partialDate: ['2017-03', '2017-13'],
  dateTime: ['2017-03-07T15:00:00Z', '2017-03-07'],
  moment: ['2017-03-07', '2017-03'],
  whenKnown: ['2017-03', '2017-13'],
  agencyId: ['fr-rys', 'de-rys'],
  digest: ['sha-256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU', 'sha-256:47DEQpj8HBSa'],
  language: ['fr', 'french'],
  script: ['Latn', 'latin'],
  phone: ['+33199000001', '0199000001'],
  email: ['desk@example.org', 'desk'],
}
/** Members of which a rule wants one, the first to be given where an instance is made up. */
const CHOICES = ['age', 'name', 'phone', 'from', 'responsibleAuthority']
const AREA_CODE = 'E10000016'
const PERIOD = 'P1Y'

/**
 * Proposes a chapter of the corpus for a subject that has none: each limit just kept and just broken, each member left out, each code that a
 * rule asks about. What it proposes is for a person to read before it is frozen; it throws where a limit isn't judged as it must be.
 */
export function proposeChapter(
  subjects: Subjects,
  subject: string,
  judgeOf: (subject: string) => Judge,
  example?: Json,
): Chapter {
  const schema = subjects.get(subject) ?? {}
  const judge = judgeOf(subject)
  const base = PRIMITIVES[subject.replace('definitions/', '')]?.[0] ?? full(subjects, judgeOf, schema, example)
  const proposals = [
    { why: 'as it is', edits: [], holds: true },
    ...proposalsOf(subjects, judgeOf, schema, '', base),
    ...ruleProposals(subjects, schema),
  ]
  const different = new Map(proposals.toReversed().map((proposal) => [JSON.stringify(proposal.edits), proposal]))
  const cases = [...different.values()].toReversed().map((proposal): Case => {
    const faults = judge(applyEdits(base, proposal.edits))
    if (proposal.holds !== undefined && proposal.holds !== (faults.length === 0))
      throw new Error(`${subject}: ${proposal.why} is judged ${faults.join('; ') || 'valid'}`)
    return { why: proposal.why, edits: proposal.edits, faults }
  })
  return { base, cases }
}

/** What breaks and just keeps a schema at a place of the base instance. */
function proposalsOf(
  subjects: Subjects,
  judgeOf: (subject: string) => Judge,
  schema: Schema,
  at: string,
  value: Json,
): readonly Proposal[] {
  const name = at || 'the whole'
  const found: Proposal[] = []
  const set = (why: string, replacement: Json, holds: boolean): void => {
    found.push({ why: `${name}: ${why}`, edits: [['set', at, replacement]], holds })
  }
  const target = targetOf(schema)
  if (target !== undefined) {
    const primitive = PRIMITIVES[target.replace('definitions/', '')]
    if (target.startsWith('codes/')) set('a code of no list', NO_CODE, false)
    else if (primitive !== undefined) set('not of the form', primitive[1], false)
    else found.push({ why: `${name}: empty`, edits: [['set', at, {}]] })
    set('another type', 0, false)
    return found
  }
  if (schema['type'] === 'string') {
    set('another type', 0, false)
    if (schema['pattern'] !== undefined) set('blank', ' ', false)
    if (schema['minLength'] !== undefined)
      found.push({ why: `${name}: too short`, edits: [['text', at, schema['minLength'] - 1]], holds: false })
    if (schema['maxLength'] !== undefined)
      found.push(
        { why: `${name}: as long as may be`, edits: [['text', at, schema['maxLength']]] },
        { why: `${name}: too long`, edits: [['text', at, schema['maxLength'] + 1]], holds: false },
      )
  }
  if (schema['type'] === 'boolean') set('another type', 'true', false)
  if (schema['type'] === 'integer') {
    set('another type', '1', false)
    set('not whole', schema['minimum'] + 0.5, false)
    set('the least', schema['minimum'], true)
    set('too small', schema['minimum'] - 1, false)
    set('the most', schema['maximum'], true)
    set('too large', schema['maximum'] + 1, false)
  }
  if (schema['enum'] !== undefined) {
    set('a code of no list', NO_CODE, false)
    for (const code of schema['enum']) found.push({ why: `${name}: ${code}`, edits: [['set', at, code]] })
  }
  if (schema['const'] !== undefined) set('another value', NO_CODE, false)
  if (schema['type'] === 'array') found.push(...arrayProposals(subjects, judgeOf, schema, at, value))
  if (schema['type'] === 'object') found.push(...objectProposals(subjects, judgeOf, schema, at, value))
  return found
}

function arrayProposals(
  subjects: Subjects,
  judgeOf: (subject: string) => Judge,
  schema: Schema,
  at: string,
  value: Json,
): readonly Proposal[] {
  const first = Array.isArray(value) ? value[0] : undefined
  const item = first ?? minimal(subjects, judgeOf, schema['items'])
  const one: Edit = ['set', at, [item]]
  const found: Proposal[] = [
    { why: `${at}: another type`, edits: [['set', at, {}]], holds: false },
    { why: `${at}: empty`, edits: [['set', at, []]] },
    ...proposalsOf(subjects, judgeOf, schema['items'], `${at}/0`, item).map((each) => ({
      ...each,
      edits: [one, ...each.edits],
    })),
  ]
  if (schema['uniqueItems'] !== true)
    return [
      ...found,
      { why: `${at}: as many as may be`, edits: [one, ['copies', at, schema['maxItems']]], holds: true },
      { why: `${at}: too many`, edits: [one, ['copies', at, schema['maxItems'] + 1]], holds: false },
    ]
  const codes: readonly string[] = subjects.get(targetOf(schema['items']) ?? '')?.['enum'] ?? []
  const most = codes.slice(0, schema['maxItems'])
  const over = Array.from({ length: schema['maxItems'] + 1 }, (_, index) => codes[index % codes.length] ?? '')
  return [
    ...found,
    { why: `${at}: as many as may be`, edits: [['set', at, most]] },
    { why: `${at}: too many`, edits: [['set', at, over]], holds: false },
    { why: `${at}: the same twice`, edits: [['set', at, [codes[0] ?? '', codes[0] ?? '']]], holds: false },
  ]
}

function objectProposals(
  subjects: Subjects,
  judgeOf: (subject: string) => Judge,
  schema: Schema,
  at: string,
  value: Json,
): readonly Proposal[] {
  const found: Proposal[] = [
    { why: `${at || 'the whole'}: another type`, edits: [['set', at, []]], holds: false },
    { why: `${at || 'the whole'}: an unknown member`, edits: [['set', `${at}/unknown`, 'x']], holds: false },
  ]
  const required: readonly string[] = schema['required'] ?? []
  for (const [name, inner] of Object.entries<Schema>(schema['properties'] ?? {})) {
    const place = `${at}/${name}`
    const holds = required.includes(name) ? { holds: false } : {}
    found.push({ why: `${place}: left out`, edits: [['remove', place]], ...holds })
    found.push(...proposalsOf(subjects, judgeOf, inner, place, (value as Record<string, Json>)[name] ?? null))
  }
  return found
}

/** Each code that a rule asks about, with all that it asks for left out; and each choice that it leaves. */
function ruleProposals(subjects: Subjects, schema: Schema): readonly Proposal[] {
  const rules: readonly Schema[] = schema['allOf'] ?? []
  return rules.flatMap((rule): readonly Proposal[] => {
    const why = rule['title']
    if (rule['anyOf'] !== undefined) return choices(why, [], rule['anyOf'])
    if (rule['if'] === undefined) return []
    const [[name, asked] = ['', {} as Schema]] = Object.entries<Schema>(rule['if']['properties'])
    const wanted: readonly Json[] = asked['enum'] ?? [asked['const']]
    const then: Schema = rule['then'] ?? rule['else']
    const ruledOut = (schema['required'] ?? []).includes(name) || rule['else'] !== undefined ? { holds: false } : {}
    const named: readonly string[] = [
      ...(then['required'] ?? []),
      ...(then['anyOf'] ?? []).flatMap((each: Schema) => each['required']),
    ]
    const without = named.map((member): Edit => ['remove', `/${member}`])
    const subject = targetOf(schema['properties'][name])
    const codes: readonly (string | boolean)[] =
      subject === undefined
        ? (schema['properties'][name]['enum'] ?? [true, false])
        : [...(subjects.get(subject)?.['enum'] ?? []), NO_CODE]
    const inner = Object.keys(then['properties'] ?? {})
    return [
      ...codes.map(
        (code): Proposal => ({
          why: `${why} (${JSON.stringify(code)})`,
          edits: [['set', `/${name}`, code], ...without, ...inner.map((member): Edit => ['set', `/${member}`, {}])],
        }),
      ),
      ...codes.map(
        (code): Proposal => ({
          why: `${why} (${JSON.stringify(code)})`,
          edits: [['set', `/${name}`, code], ...without],
        }),
      ),
      { why: `${why} (${name} left out)`, edits: [['remove', `/${name}`], ...without], ...ruledOut },
      ...[[], {}].map(
        (value): Proposal => ({
          why: `${why} (${name} left out)`,
          edits: [['remove', `/${name}`], ...inner.map((member): Edit => ['set', `/${member}`, value])],
          ...ruledOut,
        }),
      ),
      ...inner.map(
        (member): Proposal => ({
          why: `${why} (empty)`,
          edits: [
            ['set', `/${name}`, wanted[0] ?? null],
            ['set', `/${member}`, []],
          ],
          holds: false,
        }),
      ),
      ...choices(why, [['set', `/${name}`, wanted[0] ?? null]], then['anyOf'] ?? []),
    ]
  })
}

function choices(why: string, edits: readonly Edit[], branches: readonly Schema[]): readonly Proposal[] {
  const members: readonly string[] = branches.flatMap((branch) => branch['required'])
  const left = members.map((kept) => members.filter((member) => member !== kept))
  return [...left, members].map((gone) => ({
    why: `${why} (without ${gone.join(', ')})`,
    edits: [...edits, ...gone.map((member): Edit => ['remove', `/${member}`])],
  }))
}

function targetOf(schema: Schema | undefined): string | undefined {
  const reference: unknown = schema?.['$ref']
  return typeof reference === 'string' && schema?.['type'] === undefined
    ? reference.slice('urn:passerelle:'.length)
    : undefined
}

/** An instance with every member: those of the example, and made up ones for the rest. */
function full(subjects: Subjects, judgeOf: (subject: string) => Judge, schema: Schema, example?: Json): Json {
  if (schema['type'] !== 'object') return minimal(subjects, judgeOf, schema)
  const given = (example ?? {}) as Record<string, Json>
  const entries = Object.entries<Schema>(schema['properties'] ?? {}).map(([name, inner]) => {
    const made =
      inner['type'] === 'array' ? [minimal(subjects, judgeOf, inner['items'])] : minimal(subjects, judgeOf, inner, name)
    return [name, given[name] ?? made] as const
  })
  return Object.fromEntries(entries)
}

/** The smallest instance that a schema takes. */
function minimal(subjects: Subjects, judgeOf: (subject: string) => Judge, schema: Schema, name = ''): Json {
  const target = schema['$ref']?.slice('urn:passerelle:'.length)
  if (target !== undefined) {
    const primitive = PRIMITIVES[target.replace('definitions/', '')]
    return primitive?.[0] ?? minimal(subjects, judgeOf, subjects.get(target) ?? {})
  }
  if (schema['enum'] !== undefined) return schema['enum'][0]
  if (schema['const'] !== undefined) return schema['const']
  if (schema['type'] === 'string' && name === 'period') return PERIOD
  if (schema['type'] === 'string') return name === 'code' && schema['minLength'] === 2 ? AREA_CODE : 'x'
  if (schema['type'] === 'integer') return schema['minimum']
  if (schema['type'] === 'boolean') return true
  if (schema['type'] === 'array')
    return schema['minItems'] === undefined ? [] : [minimal(subjects, judgeOf, schema['items'])]
  const properties: Readonly<Record<string, Schema>> = schema['properties'] ?? {}
  const rules: readonly Schema[] = schema['allOf'] ?? []
  const ruled: readonly string[] = rules.flatMap((rule) => (rule['then'] ?? rule['else'])?.['required'] ?? [])
  const first: Readonly<Record<string, Schema>> = Object.assign(
    {},
    ...rules.map((rule) => rule['anyOf']?.[0].properties),
  )
  const names = [...(schema['required'] ?? []), ...ruled, ...CHOICES].filter(
    (member) => properties[member] !== undefined,
  )
  return Object.fromEntries(
    names.map((member) => [member, minimal(subjects, judgeOf, { ...properties[member], ...first[member] }, member)]),
  )
}
