import { createHash } from 'node:crypto'
import { globSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'
import type { Plugin } from 'vite'

const WORKER = 'worker.js'
/** What `sha256sum -c` reads, of every file but the worker, in which it stands. Its own digest is that of the build. */
const SUMS = 'SHA256SUMS'
const COMPRESSIBLE = /\.(?:css|html|js|json|svg|webmanifest)$/
const compress = promisify(brotliCompress)
const BEST = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }

/**
 * When a build has been written: lists its files with their digests, writes them into the service worker, which keeps them, and writes each again as Brotli has
 * it (`.br`), so that whoever serves them compresses nothing.
 */
export function keepList(): Plugin {
  let folder = ''
  return {
    name: 'desk-files',
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir)
    },
    async closeBundle() {
      const names = globSync('**/*.*', { cwd: folder }).map((path) => path.split(sep).join('/'))
      const files = names.filter((name) => name !== WORKER).toSorted()
      const digests = await Promise.all(files.map(async (path) => sha256(await readFile(join(folder, path)))))
      const sums = files.map((path, at) => `${digests[at]}  ${path}\n`).join('')
      await writeFile(join(folder, SUMS), sums)
      const kept = [
        ...files.map((path, at) => ({ path: addressOf(path), sha256: digests[at] })),
        { path: addressOf(SUMS), sha256: sha256(sums) },
      ]
      const worker = await readFile(join(folder, WORKER), 'utf8')
      await writeFile(
        join(folder, WORKER),
        worker
          .replaceAll('FILES_OF_BUILD', JSON.stringify(kept))
          .replaceAll('DIGEST_OF_BUILD', JSON.stringify(sha256(sums))),
      )
      await Promise.all(
        names
          .filter((name) => COMPRESSIBLE.test(name))
          .map(async (name) =>
            writeFile(join(folder, `${name}.br`), await compress(await readFile(join(folder, name)), BEST)),
          ),
      )
    },
  }
}

/** Where a file of the build is served. */
const addressOf = (path: string): string => (path === 'index.html' ? '/desk/' : `/desk/${path}`)

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')
