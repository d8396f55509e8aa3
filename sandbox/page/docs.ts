import { readFile, stat } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where `npm run docs` builds the documentation. */
const SITE = fileURLToPath(new URL('../../docs/site/dist/', import.meta.url))

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
}

export type File = { readonly type: string; readonly bytes: Buffer }

export const hasDocs = (site: string = SITE): Promise<boolean> =>
  stat(join(site, 'index.html')).then(
    (found) => found.isFile(),
    () => false,
  )

/** Reads a file of the site: `path` is what follows `/docs/`; a folder stands for its index. Undefined for what is not there, is of no known type or lies elsewhere. */
export async function readDocs(path: string, site: string = SITE): Promise<File | undefined> {
  const wanted = normalize(join(site, path.endsWith('/') || path === '' ? `${path}index.html` : path))
  const type = TYPES[extname(wanted)]
  if (type === undefined || !wanted.startsWith(site.endsWith(sep) ? site : site + sep) || wanted.includes('\0'))
    return undefined
  try {
    return { type, bytes: await readFile(wanted) }
  } catch {
    return undefined
  }
}
