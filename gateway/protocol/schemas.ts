import { Ajv2020, type AnySchemaObject, type ValidateFunction } from 'ajv/dist/2020.js'
import type { Fault } from './problems.ts'
import { toFaults } from './faults.ts'
import { type Catalogue, readCatalogue, type SchemaFiles } from './catalogue.ts'
import { isJsonObject, type Json, type JsonObject } from './json.ts'

/** The catalogue, and the judgement of bodies by its releases. */
export type Schemas = Catalogue & {
  /** Gives every fault of a body, none where it is valid. */
  validate(version: string, type: string, body: Json): readonly Fault[]
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
  const catalogue = readCatalogue(files)
  const validators = new Map<string, Validator>()
  for (const { version, types } of catalogue.releases) {
    const schemas = schemasOf(files, version)
    // Two compilations: one that stops at the first fault, for nearly every message, and one that finds them all.
    const fast = compiler(schemas, false)
    const full = compiler(schemas, true)
    for (const type of types) {
      const id = idOf(schemas.get(`${version}/${type}.schema.json`), type)
      validators.set(`${version} ${type}`, { accepts: compiled(fast, id), explains: compiled(full, id) })
    }
  }
  return {
    ...catalogue,
    validate(version, type, body) {
      const validator = validators.get(`${version} ${type}`)
      if (validator === undefined) return [UNKNOWN_TYPE]
      if (validator.accepts(body)) return []
      validator.explains(cut(body))
      return toFaults(validator.explains.errors ?? validator.accepts.errors ?? [], '/body')
    },
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
