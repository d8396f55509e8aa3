import { execFile } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/folder.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { nodeOf } from '../support/nodes.ts'

/** The package as a partner gets it: packed, installed into an empty folder, and run on the Nodes that partners have. */

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '../..')
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')

let gateway: TestGateway
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let nodes: Readonly<Record<string, string>>
const installed = (path: string): string => join(folder.path, 'node_modules/@passerelle/sdk', path)

beforeAll(async () => {
  folder = await temporaryFolder()
  const [started, node22, node24] = await Promise.all([startGateway(), nodeOf(22), nodeOf(24), install()])
  gateway = started
  nodes = { 22: node22, 24: node24, 26: process.execPath }
  await writeFile(join(folder.path, 'passerelle.json'), JSON.stringify(configurationOf('fr-rys')))
})
afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]()
  await folder?.[Symbol.asyncDispose]()
})

async function install(): Promise<void> {
  await run('npm', ['pack', '--workspace', 'sdk', '--pack-destination', folder.path], { cwd: ROOT })
  const [tarball = ''] = globSync('passerelle-sdk-*.tgz', { cwd: folder.path })
  await writeFile(join(folder.path, 'package.json'), JSON.stringify({ type: 'module', private: true }))
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts']
  await run('npm', ['install', ...quiet, `./${tarball}`], { cwd: folder.path })
}

function configurationOf(agency: string) {
  const keys = join(gateway.pki.folder, 'agencies', agency)
  const pair = (use: string) => ({ certificate: join(keys, `${use}.crt`), key: join(keys, `${use}.key`) })
  const anchors = join(gateway.pki.folder, 'trust/ca.crt')
  return { gateway: gateway.url, agency, anchors, tls: pair('tls'), signing: pair('signing') }
}

/** The first program of a README, as it stands there. */
function firstProgram(page: string): string {
  return /```ts\n(.*?)```/s.exec(readFileSync(installed(page), 'utf8'))?.[1] ?? ''
}

test('the package has what it says, and nothing of the sources', async () => {
  const manifest = JSON.parse(await readFile(installed('package.json'), 'utf8')) as { dependencies: object }
  expect(Object.keys(manifest.dependencies)).toEqual(['jose', 'undici'])
  expect((await readdir(installed('.'))).toSorted()).toEqual([
    'LICENSE',
    'README.fr.md',
    'README.md',
    'bin',
    'dist',
    'package.json',
    'schemas',
  ])
  expect(globSync('**/*.ts', { cwd: installed('.') }).filter((path) => !path.endsWith('.d.ts'))).toEqual([])
})

test.each(['README.md', 'README.fr.md'])(
  'the first program of %s fits on a screen, and compiles without options',
  async (page) => {
    const program = firstProgram(page)
    expect(program.split('\n').length).toBeLessThan(36)
    await writeFile(join(folder.path, `${page}.ts`), program)
    await run(process.execPath, [TSC, `${page}.ts`], { cwd: folder.path })
  },
)

describe.each(['22', '24', '26'])('on Node %s', (major) => {
  test.each(['README.md', 'README.fr.md'])('the first program of %s runs, and its receipt verifies', async (page) => {
    const program = join(folder.path, `on-${major}-${page}.js`)
    // The program has no annotations: as TypeScript it compiled above, and as JavaScript it is the same text.
    await writeFile(program, firstProgram(page).replaceAll(' as const', ''))
    const { stdout, stderr } = await run(nodes[major] ?? '', [program], { cwd: folder.path })
    expect(stdout).toMatch(/passerelle-development .*[0-9a-f]{8}-[0-9a-f]{4}-7/)
    expect(stderr).toBe('')
  })

  test('the command line runs', async () => {
    const { stdout } = await run(nodes[major] ?? '', [installed('bin/passerelle.js'), 'help', '--lang', 'fr'])
    expect(stdout).toMatch(/passerelle/)
  })
})

test('a type that is misspelt, or a body of another type, does not compile', async () => {
  const program = firstProgram('README.md')
  const wrong = {
    typo: program.replace("type: 'referral'", "type: 'referal'"),
    body: program.replace("type: 'referral'", "type: 'outcome'"),
  }
  for (const [name, text] of Object.entries(wrong)) {
    await writeFile(join(folder.path, `${name}.ts`), text)
    const compiled = run(process.execPath, [TSC, '--noEmit', `${name}.ts`], { cwd: folder.path })
    await expect(compiled, name).rejects.toMatchObject({ stdout: expect.stringMatching(/not assignable/) as string })
  }
})

test('the browser half needs nothing of Node', () => {
  const seen = new Set<string>()
  const foreign = new Set<string>()
  const visit = (file: string): void => {
    if (seen.has(file)) return
    seen.add(file)
    for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/from '([^']+)'/g))
      if (name.startsWith('.')) visit(resolve(dirname(file), name))
      else foreign.add(name)
  }
  visit(installed('dist/browser.js'))
  expect([...foreign]).toEqual(['jose'])
  for (const file of seen) expect(readFileSync(file, 'utf8'), file).not.toMatch(/\b(?:Buffer|process|require)\b\s*[.(]/)
})
