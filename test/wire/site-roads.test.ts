import { execFile } from 'node:child_process'
import { globSync } from 'node:fs'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/folder.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { blocksOf, missingLine, outputsOf, readSitePage, roadOf, scriptOf, sitePages } from '../support/site-blocks.ts'

/**
 * Every command of the documentation site's own pages, played from the pages as their readers would, in both languages: each page in an empty
 * folder, against a gateway. The package that it installs is packed once.
 */

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '../..')
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')
/** The three roads, and what the last command of each prints. */
const ROADS = {
  'start-command-line': /✓ .*receipt\.jose/,
  'start-sdk': /^SubmissionAcceptance/m,
  'start-http': /Verified OK/,
}
const FEWER_THAN = 10
const WITHIN_MS = 15 * 60_000

let gateway: TestGateway
let folder: Awaited<ReturnType<typeof temporaryFolder>>

beforeAll(async () => {
  folder = await temporaryFolder()
  const [started] = await Promise.all([startGateway(), install()])
  gateway = started
})
afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]()
  await folder?.[Symbol.asyncDispose]()
})

async function install(): Promise<void> {
  await run('npm', ['pack', '--workspace', 'sdk', '--pack-destination', folder.path], { cwd: ROOT })
  const [tarball = ''] = globSync('passerelle-sdk-*.tgz', { cwd: folder.path })
  await writeFile(join(folder.path, 'package.json'), JSON.stringify({ private: true }))
  await run('npm', ['install', '--prefer-offline', '--ignore-scripts', `./${tarball}`], { cwd: folder.path })
}

const played = (['en', 'fr'] as const).flatMap((language) =>
  sitePages(language)
    .filter((page) => blocksOf(readSitePage(language, page)).some(({ language: kind }) => kind === 'sh'))
    .map((page) => ({ language, page })),
)

describe.each(played)('$language/$page', ({ language, page }) => {
  const blocks = blocksOf(readSitePage(language, page))

  test('every command of it runs, and prints what the page says', async () => {
    const { output, folder: place, ms } = await play(language, page)
    const outputs = outputsOf(output)
    blocks.forEach(({ language: kind, words, text }, at) => {
      if (kind !== 'text' || !words.includes('output')) return
      const printed = outputs.get(blocks.findLastIndex((one, before) => before < at && one.language === 'sh')) ?? ''
      expect(missingLine(text, printed), `${text}\nis not what was printed:\n${printed}`).toBeUndefined()
    })
    if (page in ROADS) {
      const last = blocks.findLastIndex(({ words }) => words.includes('road'))
      expect(outputs.get(last)).toMatch(ROADS[page as keyof typeof ROADS])
      expect(ms).toBeLessThan(WITHIN_MS)
    }
    const programs = blocks.flatMap(({ file }) => (file?.endsWith('.mts') === true ? [file] : []))
    if (programs.length > 0)
      await run(
        process.execPath,
        [TSC, '--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', '--skipLibCheck', ...programs],
        { cwd: place },
      )
  })
})

test.each(Object.keys(ROADS))(
  '%s leads to a receipt in under ten commands, and they are the same in both languages',
  (page) => {
    const [english, french] = (['en', 'fr'] as const).map((language) => roadOf(blocksOf(readSitePage(language, page))))
    expect(english?.length).toBeGreaterThan(3)
    expect(english?.length).toBeLessThan(FEWER_THAN)
    expect(french).toEqual(english)
  },
)

async function play(language: 'en' | 'fr', page: string) {
  const base = join(folder.path, language, page)
  const [project, own] = [join(base, 'passerelle'), join(base, 'my-agency')]
  await mkdir(join(project, 'certs-dev'), { recursive: true })
  await symlink(gateway.pki.folder, join(project, 'certs-dev/out'))
  const blocks = blocksOf(readSitePage(language, page))
  // Where the page has the reader make the folder by hand it is not there yet.
  const isMade = blocks.some(
    ({ words, text }) => words.includes('road') && !words.includes('prepared') && text.includes('mkdir'),
  )
  if (!isMade) {
    await mkdir(own)
    await symlink(join(folder.path, 'node_modules'), join(own, 'node_modules'))
  }
  const begins = blocks.some(({ text }) => text.startsWith('npm ci')) ? project : own
  const script = scriptOf(blocks).replaceAll('https://localhost:8443', gateway.url.replace('127.0.0.1', 'localhost'))
  const path = join(base, 'page.sh')
  await writeFile(path, script)
  const env = {
    HOME: base,
    PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
    LANG: language === 'fr' ? 'fr_FR.UTF-8' : 'en_GB.UTF-8',
    NO_COLOR: '1',
  }
  const started = performance.now()
  const { stdout, stderr } = await run('bash', ['-c', `bash '${path}' 2>&1`], { cwd: begins, env }).catch(
    (fault: { stdout?: string; message: string }) => {
      throw new Error(`${language}/${page} stopped:\n${fault.stdout ?? fault.message}`)
    },
  )
  return { output: stdout + stderr, folder: own, ms: performance.now() - started }
}
