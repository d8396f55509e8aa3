import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { build } from 'vite'
import { PASSPHRASE } from './desk.ts'

/** What a test does with a desk's vault, from outside: opens it by the passphrase, as the lock screen does. */
const PROGRAM = `
import { openDatabase } from '${join(import.meta.dirname, '../../desk/vault/database.ts')}'
import { openByPassphrase } from '${join(import.meta.dirname, '../../desk/vault/locks.ts')}'
import { openVault } from '${join(import.meta.dirname, '../../desk/vault/vault.ts')}'
globalThis.openDeskVault = async (passphrase) => {
  const database = await openDatabase()
  const [lock] = await database.getAll('locks')
  return await openVault(database, await openByPassphrase(lock, passphrase))
}
`
let bundled: Promise<string> | undefined

async function bundle(): Promise<string> {
  const made = await build({
    configFile: false,
    logLevel: 'error',
    plugins: [
      {
        name: 'program',
        resolveId: (id) => (id === 'program' ? '\0program' : null),
        load: (id) => (id === '\0program' ? PROGRAM : null),
      },
    ],
    build: { write: false, minify: false, rollupOptions: { input: 'program', output: { format: 'iife' } } },
  })
  const [first] = [made].flat()
  if (first === undefined || !('output' in first)) throw new Error('nothing was built')
  return first.output[0].code
}

/** Runs a program with a page's vault at hand; `vault` is what it is called in it. Gives what it gives. */
export async function withVault<Result>(page: Page, program: string): Promise<Result> {
  bundled ??= bundle()
  await page.evaluate(await bundled)
  return await page.evaluate<Result>(
    `(async () => { const vault = await globalThis.openDeskVault(${JSON.stringify(PASSPHRASE)}); return await (${program})(vault) })()`,
  )
}

/** Puts a draft into a page's vault, as writing does. */
export async function putDraft(page: Page, id: string, draft: object): Promise<void> {
  await withVault(page, `(vault) => vault.put('drafts', ${JSON.stringify(id)}, ${JSON.stringify(draft)})`)
}

/** Puts a picture of noise, of so many bytes, into a page's vault. */
export async function putPicture(page: Page, id: string, size: number): Promise<void> {
  await withVault(
    page,
    `async (vault) => {
      const bytes = new Uint8Array(${size})
      for (let at = 0; at < bytes.length; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536))
      bytes.set([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0])
      await vault.put('pictures', ${JSON.stringify(id)}, { blob: new Blob([bytes], { type: 'image/jpeg' }), description: 'A scar' })
    }`,
  )
}
