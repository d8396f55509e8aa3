import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { ConfigurationFault } from '../../base/base.ts'

/** A file of the documentation site, as it is sent. */
type SiteFile = { readonly bytes: Buffer; readonly type: string; readonly etag: string }

/** A folder of files that was read once: nobody's address reaches the disk. */
export type SiteFiles = {
  /**
   * @param path what stands behind the site's own address, without a slash before it
   * @returns the file, where the browser is to go for it, or nothing
   */
  find(path: string): SiteFile | { readonly leadsTo: string } | undefined
}

/** Nothing from elsewhere, no style or script within a page (Content Security Policy Level 3). */
export const SITE_POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}
const MOST_FILES = 5_000
const MOST_BYTES = 128 * 1024 * 1024
const INDEX = 'index.html'

/**
 * Reads the documentation site, as `npm run docs` builds it, into memory.
 * @throws ConfigurationFault where the folder has no front page, or is larger than such a site can be; a SystemError where it cannot be read
 */
export async function readSiteFiles(folder: string): Promise<SiteFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  // No link is followed: what is shown to anybody stands in this folder.
  const paths = entries
    .filter((entry) => entry.isFile() && extname(entry.name) in TYPES)
    .map((entry) => join(entry.parentPath, entry.name))
  if (paths.length > MOST_FILES) throw new ConfigurationFault(`${folder} has more than ${MOST_FILES} files`)
  const files = new Map<string, SiteFile>()
  let bytesLeft = MOST_BYTES
  for (const path of paths) {
    const bytes = await readFile(path)
    bytesLeft -= bytes.length
    if (bytesLeft < 0) throw new ConfigurationFault(`${folder} has more than ${MOST_BYTES} bytes`)
    const etag = `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
    files.set(relative(folder, path).split(sep).join('/'), { bytes, type: TYPES[extname(path)] ?? '', etag })
  }
  if (!files.has(INDEX)) throw new ConfigurationFault(`${folder} has no ${INDEX}: npm run docs builds the site`)
  return {
    find(path) {
      if (path === '' || path.endsWith('/')) return files.get(`${path}${INDEX}`)
      // Links in a page are relative: it must be asked for as the folder that it stands in.
      if (files.has(`${path}/${INDEX}`)) return { leadsTo: `${path.split('/').at(-1)}/` }
      return files.get(path)
    },
  }
}
