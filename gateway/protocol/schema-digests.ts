import { createHash } from 'node:crypto'
import type { Catalogue, SchemaFiles } from './catalogue.ts'

/** A type's schema as a release has published it: its `$id`, and the SHA-256 of its bytes in lower-case hex, as SHA256SUMS has it. */
export type PublishedSchema = {
  readonly version: string
  readonly type: string
  readonly id: string
  readonly sha256: string
}

/** The schemas of all types in all releases. @throws where one is not there */
export function publishedSchemas({ releases }: Catalogue, { published }: SchemaFiles): readonly PublishedSchema[] {
  return releases.flatMap(({ version, types }) =>
    types.map((type) => {
      const bytes = published.get(`${version}/${type}.schema.json`)
      if (bytes === undefined) throw new Error(`the schema of ${type} in release ${version} is missing`)
      const { $id: id } = JSON.parse(bytes.toString('utf8')) as { $id: string }
      return { version, type, id, sha256: createHash('sha256').update(bytes).digest('hex') }
    }),
  )
}
