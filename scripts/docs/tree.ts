import { glob, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Text } from '../../gateway/base/text.ts'

export const ROOT = join(import.meta.dirname, '../..')

/** A schema as far as the pages show it; both languages stand in it. */
export type Schema = {
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
  readonly title?: string
  readonly 'x-titleFr'?: string
  readonly description?: string
  readonly 'x-descriptionFr'?: string
  readonly type?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly enum?: readonly unknown[]
  readonly 'x-enumTitles'?: Readonly<Record<string, Text>>
  readonly const?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly uniqueItems?: boolean
  readonly format?: string
  readonly examples?: readonly unknown[]
  readonly allOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly contentSchema?: Schema
}

/** The schemas of a release, by their names: `referral`, `definitions`, `codes/concern`. */
export type Schemas = Readonly<Record<string, Schema>>

type Who = readonly string[] | 'any' | 'participant'
export type Pair = { readonly from: Who; readonly to: Who }
export type Row = Pair & {
  readonly type: string
  readonly also?: readonly Pair[]
  readonly answers: readonly string[]
  readonly answerRequired: boolean
  readonly title: Text
  readonly says: Text
}
export type Untold = {
  readonly type: string
  readonly to: string
  readonly title: Text
  readonly members: readonly string[]
}
type Release = {
  readonly version: string
  readonly status: string
  readonly sunset?: string
  readonly types: readonly string[]
}

/** What the site is made of, besides the pages that it alone has. */
export type Tree = {
  readonly releases: readonly (Release & { readonly schemas: Schemas })[]
  /** That which messages are written in now. */
  readonly newest: string
  readonly types: readonly string[]
  readonly schemas: Schemas
  /** By type: whole envelopes. */
  readonly examples: Readonly<Record<string, readonly object[]>>
  readonly pathway: readonly Row[]
  readonly untold: readonly Untold[]
  readonly apis: Readonly<Record<'agency' | 'operations', unknown>>
  /** The text of a document, by its path from the root; nothing where there is none. */
  readonly documents: ReadonlyMap<string, string>
}

/** Reads it all from the repository. */
export async function readTree(): Promise<Tree> {
  const { releases } = await readJson<{ releases: readonly Release[] }>('schemas/catalogue.json')
  const newest = releases.find(({ status }) => status === 'current') ?? releases[0]
  if (newest === undefined) throw new Error('schemas/catalogue.json has no release')
  const withSchemas = await Promise.all(
    releases.map(async (release) => ({ ...release, schemas: await readSchemas(release.version) })),
  )
  const examples = newest.types.map(async (type) => {
    return [type, await readJson<readonly object[]>(`schemas/${newest.version}/${type}.examples.json`)] as const
  })
  const [{ rows: pathway }, { rows: untold }, agency, operations] = await Promise.all([
    readJson<{ rows: readonly Row[] }>('schemas/pathway.json'),
    readJson<{ rows: readonly Untold[] }>('schemas/disclosure.json'),
    readJson('docs/openapi/agency.json'),
    readJson('docs/openapi/operations.json'),
  ])
  return {
    releases: withSchemas,
    newest: newest.version,
    types: newest.types,
    schemas: withSchemas.find(({ version }) => version === newest.version)?.schemas ?? {},
    examples: Object.fromEntries(await Promise.all(examples)),
    pathway,
    untold,
    apis: { agency, operations },
    documents: await readDocuments(),
  }
}

async function readSchemas(version: string): Promise<Schemas> {
  const folder = join(ROOT, 'schemas', version)
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.schema.json')).toSorted()
  const read = files.map(async (file) => {
    return [file.replace('.schema.json', ''), await readJson<Schema>(`schemas/${version}/${file}`)] as const
  })
  return Object.fromEntries(await Promise.all(read))
}

async function readDocuments(): Promise<ReadonlyMap<string, string>> {
  const paths = await Array.fromAsync(glob('{docs,docs/site/_includes,sdk,sandbox,samples/*}/*.md', { cwd: ROOT }))
  const read = paths.map(async (path) => [path, await readFile(join(ROOT, path), 'utf8')] as const)
  return new Map(await Promise.all(read))
}

async function readJson<Value>(path: string): Promise<Value> {
  return JSON.parse(await readFile(join(ROOT, path), 'utf8')) as Value
}
