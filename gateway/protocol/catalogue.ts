import type { Text } from '../base/base.ts'
import { isJsonObject, type Json } from './json.ts'

/** What is published under /schemas, as read from the folder: the catalogue and the bytes of each file by its path. */
export type SchemaFiles = {
  readonly catalogue: Json
  readonly pathway: Json
  readonly disclosure: Json
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

/** What is known of the releases without compiling any. */
export type Catalogue = {
  readonly releases: readonly Release[]
  /** The types that any release has. */
  readonly types: ReadonlySet<string>
  /** Whether a message may obey this release now: it is in the catalogue and not past its sunset. */
  isRelease(version: string, at: Date): boolean
  /** The codes of a list of the newest release, none where there is no such list. */
  codes(list: string): ReadonlySet<string>
  /** What a code of a list means, by the newest release that has it. */
  title(list: string, code: string): Text | undefined
}

const CODE_LIST = /^(\d+\.\d+)\/codes\/(\w+)\.schema\.json$/

/** Reads what is published. Throws an Error that says what is wrong with the catalogue. */
export function readCatalogue(files: SchemaFiles): Catalogue {
  const releases = parseCatalogue(files.catalogue)
  const types = new Set(releases.flatMap((release) => release.types))
  const lists = new Map<string, ReadonlySet<string>>()
  const titles = new Map<string, Text>()
  for (const { version } of releases)
    for (const [path, bytes] of files.published) {
      const [, release, list] = CODE_LIST.exec(path) ?? []
      if (release !== version || list === undefined) continue
      const { enum: codes, 'x-enumTitles': words } = parseList(bytes)
      lists.set(list, new Set(codes))
      for (const [code, title] of Object.entries(words)) titles.set(`${list} ${code}`, title)
    }
  return {
    releases,
    types,
    isRelease: (version, at) => releases.some((release) => release.version === version && isOpen(release, at)),
    codes: (list) => lists.get(list) ?? new Set(),
    title: (list, code) => titles.get(`${list} ${code}`),
  }
}

type CodeList = { readonly enum: readonly string[]; readonly 'x-enumTitles': Readonly<Record<string, Text>> }
const parseList = (schema: Buffer): CodeList => JSON.parse(schema.toString('utf8')) as CodeList

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
