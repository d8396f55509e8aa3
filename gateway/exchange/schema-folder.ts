import { readdir, readFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { Json, SchemaFiles } from '../protocol/protocol.ts'

/** Reads the schemas folder once: catalogue, pathway, disclosure and the bytes of every published file. Rejects where one can't be read. */
export async function loadSchemaFolder(folder: string): Promise<SchemaFiles> {
  const [catalogue, pathway, disclosure, entries] = await Promise.all([
    readJson(join(folder, 'catalogue.json')),
    readJson(join(folder, 'pathway.json')),
    readJson(join(folder, 'disclosure.json')),
    readdir(folder, { recursive: true }),
  ])
  const paths = entries.map((entry) => entry.split(sep).join('/')).filter(isPublished)
  const published = await Promise.all(paths.map(async (path) => [path, await readFile(join(folder, path))] as const))
  return { catalogue, pathway, disclosure, published: new Map(published) }
}

/** A release's schemas, code lists and examples; of the rest, the pathway and the disclosure table are for the public. */
function isPublished(path: string): boolean {
  return /^\d+\.\d+\/.+\.(?:schema|examples)\.json$/.test(path)
}

async function readJson(file: string): Promise<Json> {
  return JSON.parse(await readFile(file, 'utf8')) as Json
}
