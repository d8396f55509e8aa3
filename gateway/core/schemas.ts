import { Ajv2020, type AnySchemaObject, type ValidateFunction } from 'ajv/dist/2020.js'
import type { Fault } from '../problems.ts'
import { toFaults } from './faults.ts'
import { isJsonObject, type Json } from './json.ts'

/** What is published under /schemas, as read from the folder: the catalogue and the bytes of each file by its path. */
export type SchemaFiles = {
  readonly catalogue: Json
  readonly pathway: Json
  /** `1.0/referral.schema.json` → its bytes, as they are served and as SHA256SUMS froze them. */
  readonly published: ReadonlyMap<string, Buffer>
}

export type Release = {
  readonly version: string
  readonly status: 'current' | 'deprecated'
  /** From then on messages of this release are refused. */
  readonly sunset?: string
  readonly types: readonly string[]
}

export type Schemas = {
  readonly releases: readonly Release[]
  /** Whether any release has this type. */
  isType(type: string): boolean
  /** Whether a message may obey this release now: it is in the catalogue and not past its sunset. */
  isRelease(version: string, at: Date): boolean
  /** Gives every fault of a body, none where it is valid. */
  validate(version: string, type: string, body: Json): readonly Fault[]
  /** The codes of a list of the newest release, none where there is no such list. */
  codes(list: string): ReadonlySet<string>
}

/** Far more items than any array of any schema may have, so that one cut to this length is still too long. */
const MAX_ITEMS = 200

type Validator = { readonly accepts: ValidateFunction; readonly explains: ValidateFunction }

/** The annotations that the schemas add to JSON Schema: French beside English, and a code's two titles. */
const ANNOTATIONS = ['x-titleFr', 'x-descriptionFr', 'x-enumTitles']

const UNKNOWN_TYPE: Fault = {
  pointer: '/type',
  keyword: 'enum',
  message: 'must be a type of the release that schemaVersion names',
  messageFr: 'doit être un type de la version que désigne schemaVersion',
}

/** Takes the published files, gives their compiled form. Throws an Error that names what is missing or no schema. */
export function compileSchemas(files: SchemaFiles): Schemas {
  const releases = parseCatalogue(files.catalogue)
  const validators = new Map<string, Validator>()
  const lists = new Map<string, ReadonlySet<string>>()
  for (const { version, types } of releases) {
    const schemas = schemasOf(files, version)
    // Two compilations: one that stops at the first fault, for nearly every message, and one that finds them all.
    const fast = compiler(schemas, false)
    const full = compiler(schemas, true)
    for (const type of types) {
      const id = idOf(schemas.get(`${version}/${type}.schema.json`), type)
      validators.set(`${version} ${type}`, { accepts: compiled(fast, id), explains: compiled(full, id) })
    }
    for (const [path, schema] of schemas) {
      const list = /\/codes\/(\w+)\.schema\.json$/.exec(path)?.[1]
      if (list !== undefined) lists.set(list, new Set<string>(schema['enum']))
    }
  }
  const types = new Set(releases.flatMap((release) => release.types))
  return {
    releases,
    isType: (type) => types.has(type),
    isRelease: (version, at) => releases.some((release) => release.version === version && isOpen(release, at)),
    validate(version, type, body) {
      const validator = validators.get(`${version} ${type}`)
      if (validator === undefined) return [UNKNOWN_TYPE]
      if (validator.accepts(body)) return []
      validator.explains(cut(body))
      return toFaults(validator.explains.errors ?? validator.accepts.errors ?? [], '/body')
    },
    codes: (list) => lists.get(list) ?? new Set(),
  }
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

/**
 * Gives a body whose arrays are long enough to break their limits and no longer. Ajv copies the errors found so far at each
 * faulty item, so a quarter of a megabyte of faulty items would cost it seconds.
 */
function cut(value: Json): Json {
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map(cut)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, cut(member)]))
}

function compiled(ajv: Ajv2020, id: string): ValidateFunction {
  const validate = ajv.getSchema(id)
  if (validate === undefined) throw new Error(`no schema ${id}`)
  return validate
}

function schemasOf(files: SchemaFiles, version: string): ReadonlyMap<string, AnySchemaObject> {
  const paths = [...files.published.keys()].filter(
    (path) => path.startsWith(`${version}/`) && path.endsWith('.schema.json'),
  )
  return new Map(
    paths.map((path) => [path, JSON.parse(files.published.get(path)?.toString('utf8') ?? '') as AnySchemaObject]),
  )
}

function idOf(schema: AnySchemaObject | undefined, type: string): string {
  if (typeof schema?.['$id'] !== 'string') throw new Error(`the catalogue names ${type}, which has no schema`)
  return schema['$id']
}

function isOpen(release: Release, at: Date): boolean {
  return release.sunset === undefined || at < new Date(release.sunset)
}

function parseCatalogue(catalogue: Json): readonly Release[] {
  const releases = isJsonObject(catalogue) && Array.isArray(catalogue['releases']) ? catalogue['releases'] : []
  if (releases.length === 0) throw new Error('catalogue.json names no release')
  return releases.map(parseRelease)
}

function parseRelease(release: Json): Release {
  const { version, status, sunset, types }: Record<string, Json | undefined> = isJsonObject(release) ? release : {}
  const isStatus = status === 'current' || status === 'deprecated'
  const isSunset = sunset === undefined || (typeof sunset === 'string' && !Number.isNaN(Date.parse(sunset)))
  const areTypes = Array.isArray(types) && types.every((type) => typeof type === 'string')
  if (typeof version !== 'string' || !isStatus || !isSunset || !areTypes)
    throw new Error('catalogue.json: a release is not of the form {version, status, sunset?, types}')
  return { version, status, types, ...(sunset === undefined ? {} : { sunset }) }
}
