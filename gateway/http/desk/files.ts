import { createHash } from 'node:crypto'
import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ConfigurationFault, settingName } from '../../base/base.ts'

/** A file of the desk as it is served. */
export type DeskFile = {
  readonly path: string
  readonly type: string
  /** Strong (RFC 9110, 8.8.3): of what it holds. */
  readonly etag: string
  readonly bytes: Buffer
  /** As Brotli has it (RFC 7932); absent where that is not smaller. */
  readonly compressed: Buffer | undefined
  /** Whether its name changes with what it holds. */
  readonly isNamedByContent: boolean
}

const FOLDER = fileURLToPath(new URL('../../../desk/dist', import.meta.url))
const PAGE = 'index.html'
const BROTLI = '.br'

/** What the build makes; nothing else is served. */
const types: Readonly<Record<string, string>> = {
  '': 'text/plain; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
}

/** Reads the built desk, once. @throws ConfigurationFault where it was not built */
export async function readDesk(folder = FOLDER): Promise<readonly DeskFile[]> {
  const names = globSync('**/*', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .split(sep)
        .join('/'),
    )
  if (!names.includes(PAGE))
    throw new ConfigurationFault(`${settingName('desk')}: desk/dist is not there; npm run desk makes it`)
  const known = new Set(names)
  return await Promise.all(
    names
      .filter((name) => !name.endsWith(BROTLI) && types[extname(name)] !== undefined)
      .map((name) => readOne(folder, name, known.has(`${name}${BROTLI}`))),
  )
}

async function readOne(folder: string, name: string, isCompressed: boolean): Promise<DeskFile> {
  const bytes = await readFile(join(folder, name))
  const compressed = isCompressed ? await readFile(join(folder, `${name}${BROTLI}`)) : undefined
  return {
    path: name === PAGE ? '/desk/' : `/desk/${name}`,
    type: types[extname(name)] ?? '',
    etag: createHash('sha256').update(bytes).digest('base64url'),
    bytes,
    compressed: compressed && compressed.length < bytes.length ? compressed : undefined,
    isNamedByContent: name.startsWith('assets/'),
  }
}
