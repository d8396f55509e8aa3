import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js'
import { toFaults } from '../../gateway/protocol/faults.ts'
import type { Json } from '../../gateway/protocol/json.ts'
import type { SchemaFiles } from '../../gateway/protocol/catalogue.ts'

/**
 * A release taken apart: each shared definition, code list, body and the envelope is a schema of its own, so that changing one keyword
 * means compiling one small function and not the dozens that it refers to.
 */
export type Subjects = ReadonlyMap<string, AnySchemaObject>

const SCHEMA_FILE = /^(.+)\.schema\.json$/
const ANNOTATIONS = ['x-titleFr', 'x-descriptionFr', 'x-enumTitles']

/** Takes the published files, gives the subjects of a release: `referral`, `envelope`, `definitions/age`, `codes/sex`. */
export function takeApart(files: SchemaFiles, version: string): Subjects {
  const subjects = new Map<string, AnySchemaObject>()
  for (const [path, bytes] of files.published) {
    const name = path.startsWith(`${version}/`) ? SCHEMA_FILE.exec(path.slice(version.length + 1))?.[1] : undefined
    if (name === undefined) continue
    const { $id, ...schema } = JSON.parse(
      bytes.toString('utf8').replaceAll(/"\$ref": "([^"]+)"/g, rewrite),
    ) as AnySchemaObject
    if ($id?.endsWith(`/${version}/${name}.schema.json`) !== true) throw new Error(`${path} has another $id`)
    if (name !== 'definitions') subjects.set(name, schema)
    else
      for (const [key, definition] of Object.entries(schema['$defs']))
        subjects.set(`definitions/${key}`, definition as AnySchemaObject)
  }
  return subjects
}

const uri = (subject: string): string => `urn:passerelle:${subject}`

function rewrite(_: string, reference: string): string {
  const subject = reference
    .replace(/^(definitions\.schema\.json)?#\/\$defs\//, 'definitions/')
    .replace('.schema.json', '')
  return `"$ref": "${uri(subject)}"`
}

export type Judge = (instance: Json) => readonly string[]

/** Gives what judges instances of one subject, or of a changed copy of it; a judge gives its faults in the corpus's words. */
export function openCourt(subjects: Subjects): { judge(subject: string, changed?: AnySchemaObject): Judge } {
  const ajv = new Ajv2020({
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allErrors: true,
    verbose: true,
    validateSchema: false,
    code: { optimize: false },
  })
  ajv.addVocabulary(ANNOTATIONS)
  for (const [subject, schema] of subjects) ajv.addSchema(schema, uri(subject))
  return {
    judge(subject, changed) {
      const validate = changed === undefined ? ajv.getSchema(uri(subject)) : ajv.compile(changed)
      if (validate === undefined) throw new Error(`no subject ${subject}`)
      if (changed !== undefined) ajv.removeSchema(changed)
      return (instance) =>
        validate(instance)
          ? []
          : toFaults(validate.errors ?? [], '')
              .map(inShort)
              .toSorted()
    },
  }
}

function inShort(fault: { pointer: string; keyword: string; message: string }): string {
  const member = fault.keyword === 'required' ? /"(.+)"/.exec(fault.message)?.[1] : undefined
  return [fault.pointer, fault.keyword, ...(member === undefined ? [] : [member])].join(' ')
}
