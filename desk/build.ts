import { createHash } from 'node:crypto'
import { globSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'
import type { Plugin } from 'vite'

const WORKER = 'worker.js'
/** What `sha256sum -c` reads. Its own digest is what the desk shows as that of the build. */
const SUMS = 'SHA256SUMS'
const COMPRESSIBLE = /\.(?:css|html|js|json|svg|webmanifest)$/
const compress = promisify(brotliCompress)

/**
 * When a build has been written: lists its files with their digests, tells the service worker which to keep, and writes each again as Brotli has
 * it (`.br`), so that whoever serves them compresses nothing.
 */
export function keepList(): Plugin {
  let folder = ''
  return {
    name: 'desk-files',
    configResolved(config) {
      folder = join(config.root, config.build.outDir)
    },
    async closeBundle() {
      const files = globSync('**/*.*', { cwd: folder })
        .map((path) => path.split(sep).join('/'))
        .toSorted()
      const kept = await Promise.all(
        files
          .filter((path) => path !== WORKER)
          .map(async (path) => ({ path: addressOf(path), sha256: sha256(await readFile(join(folder, path))) })),
      )
      const worker = await readFile(join(folder, WORKER), 'utf8')
      const build = sha256(JSON.stringify(kept)).slice(0, 16)
      await writeFile(
        join(folder, WORKER),
        worker.replaceAll('FILES_OF_BUILD', JSON.stringify(kept)).replaceAll('DIGEST_OF_BUILD', JSON.stringify(build)),
      )
      const sums = await Promise.all(
        files.map(async (path) => `${sha256(await readFile(join(folder, path)))}  ${path}\n`),
      )
      await writeFile(join(folder, SUMS), sums.join(''))
      for (const path of files.filter((file) => COMPRESSIBLE.test(file))) {
        const bytes = await readFile(join(folder, path))
        await writeFile(
          join(folder, `${path}.br`),
          await compress(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
        )
      }
    },
  }
}

/** Where a file of the build is served. */
const addressOf = (path: string): string => (path === 'index.html' ? '/desk/' : `/desk/${path}`)

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')
