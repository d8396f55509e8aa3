import { Ajv2020, type AnySchemaObject, type ValidateFunction } from 'ajv/dist/2020.js'
import type { Fault } from './problems.ts'
import { type Catalogue, readCatalogue, type SchemaFiles } from './catalogue.ts'
import { findUntold, parseDisclosure, type Untold } from './disclosure.ts'
import { boundsOf, explain, type Spent } from './explaining.ts'
import { examplesOf, withExamples } from './form-examples.ts'
import type { Json, JsonObject } from './json.ts'
import { openParts } from './parts.ts'

/** The catalogue, and the judgement of bodies by its releases. */
export type Schemas = Catalogue & {
  /** Whether a body is valid, and no word more: it stops at the first fault. */
  accepts(version: string, type: string, body: Json): boolean
  /** What a valid body holds that some roles are not told. */
  untold(type: string, body: Json): readonly Untold[]
  /** Gives every fault of a body, none where it is valid. What it takes is compiled when it is asked for the first time. */
  validate(version: string, type: string, body: Json): readonly Fault[]
}

/** Gives the faults of a body, none where it is valid: up to a hundred, or fewer where the time is spent. */
export type Explanations = (version: string, type: string, body: Json, isSpent?: Spent) => readonly Fault[]

/** The annotations that the schemas add to JSON Schema: French beside English, and a code's two titles. */
const ANNOTATIONS = ['x-titleFr', 'x-descriptionFr', 'x-enumTitles']

const UNKNOWN_TYPE: Fault = {
  pointer: '/type',
  keyword: 'enum',
  message: 'must be a type of the release that schemaVersion names',
  messageFr: 'doit être un type de la version que désigne schemaVersion',
}

/** Takes the published files, gives their compiled form. Throws an Error that names what is missing, or of the newest release no schema. */
export function compileSchemas(files: SchemaFiles): Schemas {
  const disclosure = parseDisclosure(files.disclosure)
  const validators = new Map<string, (body: Json) => boolean>()
  const releases = releasesOf(files)
  for (const release of releases) {
    const compile = openCompiling(release)
    for (const [type, id] of release.types)
      validators.set(
        `${release.version} ${type}`,
        release === releases.at(-1) ? compile(id) : whenAsked(() => compile(id)),
      )
  }
  let explanations: Explanations | undefined
  return {
    ...readCatalogue(files),
    accepts: (version, type, body) => validators.get(`${version} ${type}`)?.(body) ?? false,
    untold: (type, body) => findUntold(disclosure, type, body),
    validate(version, type, body) {
      explanations ??= compileExplanations(files)
      return explanations(version, type, body)
    },
  }
}

/** The same schemas, for explaining what is wrong with a body that they do not accept; throws the same Errors. */
export function compileExplanations(files: SchemaFiles): Explanations {
  const explanations = new Map<string, (body: Json, isSpent: Spent) => readonly Fault[]>()
  const releases = releasesOf(files)
  const examples = examplesOf(releases.at(-1)?.schemas ?? new Map())
  for (const { version, types, schemas: published } of releases) {
    const schemas = withExamples(published, examples)
    const bounds = boundsOf(schemas.values())
    const ajv = compiler(schemas, true)
    const partOf = openParts((schema) => ajv.compile(schema), schemas.values())
    for (const [type, id] of types) {
      const part = partOf(id)
      explanations.set(`${version} ${type}`, (body, isSpent) => explain(part, body, bounds, isSpent))
    }
  }
  return (version, type, body, isSpent = () => false) =>
    explanations.get(`${version} ${type}`)?.(body, isSpent) ?? [UNKNOWN_TYPE]
}

/**
 * Gives an Ajv that knows these schemas. `strictTypes` and `strictRequired` are off because a rule (`allOf`) speaks of
 * members that are defined beside it; `verbose` lets a fault use the title of the rule that it breaks.
 */
export function compiler(schemas: ReadonlyMap<string, AnySchemaObject>, allErrors: boolean): Ajv2020 {
  const ajv = new Ajv2020({
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allErrors,
    verbose: allErrors,
    // A test holds the published files against the meta-schema; every start would pay for it again.
    validateSchema: false,
    code: { optimize: !allErrors },
  })
  ajv.addVocabulary(ANNOTATIONS)
  for (const schema of schemas.values()) ajv.addSchema(schema)
  return ajv
}

type ReleaseFiles = {
  readonly version: string
  readonly schemas: ReadonlyMap<string, JsonObject>
  /** Each type, and the `$id` of its schema. */
  readonly types: ReadonlyMap<string, string>
}

function releasesOf(files: SchemaFiles): readonly ReleaseFiles[] {
  return readCatalogue(files).releases.map(({ version, types }) => {
    const schemas = schemasOf(files, version)
    const ids = types.map((type) => [type, idOf(schemas.get(`${version}/${type}.schema.json`), type)] as const)
    return { version, schemas, types: new Map(ids) }
  })
}

/** What compiles the schemas of a release, which are given to Ajv once, when the first of them is wanted. */
function openCompiling({ schemas }: ReleaseFiles): (id: string) => ValidateFunction {
  let ajv: Ajv2020 | undefined
  return (id) => {
    ajv ??= compiler(schemas, false)
    return compiled(ajv, id)
  }
}

/** A schema of a release that is not the newest: many gateways never meet one, and every start would pay for it. */
function whenAsked(compile: () => ValidateFunction): (body: Json) => boolean {
  let validate: ValidateFunction | undefined
  return (body) => {
    validate ??= compile()
    return validate(body)
  }
}

function compiled(ajv: Ajv2020, id: string): ValidateFunction {
  const validate = ajv.getSchema(id)
  if (validate === undefined) throw new Error(`no schema ${id}`)
  return validate
}

function schemasOf(files: SchemaFiles, version: string): ReadonlyMap<string, JsonObject> {
  const paths = [...files.published.keys()].filter(
    (path) => path.startsWith(`${version}/`) && path.endsWith('.schema.json'),
  )
  return new Map(
    paths.map((path) => [path, JSON.parse(files.published.get(path)?.toString('utf8') ?? '') as JsonObject]),
  )
}

function idOf(schema: JsonObject | undefined, type: string): string {
  if (typeof schema?.['$id'] !== 'string') throw new Error(`the catalogue names ${type}, which has no schema`)
  return schema['$id']
}
