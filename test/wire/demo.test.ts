import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { get } from 'node:https'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { agencyIds } from '../../demo/agencies.ts'
import { openClient, readIdentity } from '../../sdk/index.ts'
import { EvidenceFault, type EvidenceTrust, verifyBundle } from '../../sdk/evidence/evidence.ts'
import type { BundleDocument } from '../support/evidence/plan.ts'
import { goJobs, goVerdicts, pythonVerdicts } from '../support/evidence/verifiers.ts'
import { temporaryFolder } from '../support/folder.ts'
import pathway from '../../schemas/pathway.json' with { type: 'json' }

type List = { readonly enum: readonly string[] }

const SCENARIOS = ['Figure 1', ...Array.from({ length: 13 }, (_, index) => `S${index}`), '↩']
/** What no person should have to read: types, the lists' codes of several words, agencies' ids. */
const codes = [
  ...pathway.rows.map(({ type }) => type),
  ...globSync('schemas/*/codes/*.json').flatMap((path) => (JSON.parse(readFileSync(path, 'utf8')) as List).enum),
  ...agencyIds,
].filter((code) => code.includes('-'))
let folder: string
let demo: ChildProcess | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demo-test-'))
})
afterEach(async () => {
  demo?.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

function start(...args: string[]) {
  const child = spawn(process.execPath, ['demo/main.ts', ...args], {
    env: { ...process.env, TMPDIR: folder, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  demo = child
  return child
}

/** The processes whose command or environment names the folder. */
async function processesOf(folder: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    for (const file of ['cmdline', 'environ']) {
      const content = await readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')
      if (content.includes(folder) && Number(pid) !== process.pid) found.push(`${pid} ${file}`)
    }
  }
  return found
}

/** What the README shows of the demo, but for what it leaves out («…») and how long it took. */
function shownInReadme(): readonly string[] {
  const [, shown] = /```\n(Figure 1 .*?)\n```/s.exec(readFileSync('README.md', 'utf8')) ?? []
  if (shown === undefined) throw new Error('the README shows nothing of the demo')
  return shown
    .replace(/, in \d+ s\.$/, '')
    .split(/…|\n/)
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '')
}

test('plays everything, agrees with the report, and leaves nothing behind', { timeout: 240_000 }, async () => {
  await using kept = await temporaryFolder()
  const child = start('--en', '--evidence', kept.path)
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  expect({ code, err: err.replaceAll(/ {2}\d+\/196\n/g, '') }).toEqual({ code: 0, err: '' })
  for (const id of SCENARIOS) expect(out).toContain(`\n${id}  `)
  for (const step of ['1-2', '3', '4a', '4b', '4c', '5', '6', '7', '8']) expect(out).toContain(`  step ${step}`)
  expect(out).toContain('refused: Child not in this area')
  expect(codes.filter((code) => new RegExp(`(?<![\\w-])${code}(?![\\w-])`).test(out))).toEqual([])
  expect(out).toMatch(/Afghan +110 +43/)
  expect(out).toMatch(/Total +196 +68/)
  expect(out).toContain('Every count agrees with the report.')
  expect(out).toMatch(/\d+ messages accepted, \d+ signed receipts, every one verified/)
  expect(shownInReadme().filter((piece) => !out.includes(piece))).toEqual([])
  expect(await readdir(folder)).toEqual([])
  expect(await processesOf(folder)).toEqual([])
  await verifyKept(kept.path, out)
})

/** Bundles of all scenarios, before and after their cases were erased, judged by three verifiers that share no code. */
async function verifyKept(kept: string, out: string): Promise<void> {
  const read = async (path: string): Promise<unknown> => JSON.parse(await readFile(join(kept, path), 'utf8'))
  const trust = (await read('trust.json')) as EvidenceTrust
  const names = ['before', 'after'].flatMap((when) => globSync(`${when}/*.json`, { cwd: kept }))
  const cases = await Promise.all(names.map(async (name) => ({ name, bundle: await read(name), trust })))
  expect(cases.length).toBeGreaterThan(300)
  expect(out).toContain(`${cases.length} evidence bundles kept in ${kept}`)
  const withoutMessage = cases.filter(({ bundle }) => (bundle as BundleDocument).message === undefined)
  expect(withoutMessage.map(({ name }) => name)).toEqual(names.filter((name) => name.startsWith('after/')))
  expect(withoutMessage.length).toBeGreaterThan(100)

  const proven = names.map((name) => [name, 'proven'])
  const sdk = cases.map(async ({ name, bundle }) => [name, await sdkVerdict(bundle, trust)])
  expect(await Promise.all(sdk)).toEqual(proven)
  expect([...(await pythonVerdicts(cases))]).toEqual(proven)
  await using compiled = await temporaryFolder()
  const jobs = cases.flatMap(({ bundle }) => goJobs(bundle as BundleDocument, trust))
  expect(new Set(await goVerdicts(jobs, compiled.path))).toEqual(new Set(['ok']))
}

const sdkVerdict = (bundle: unknown, trust: EvidenceTrust): Promise<string> =>
  verifyBundle(bundle, trust).then(
    () => 'proven',
    (error: unknown) => (error instanceof EvidenceFault ? error.code : String(error)),
  )

test('what it does not know it does not play', async () => {
  const child = start('--evidence')
  const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  expect({ code, err }).toEqual({
    code: 64,
    err: 'usage: npm run demo -- [--en | --fr] [--evidence FOLDER | --desk]\n',
  })
})

test('it leaves a desk to try, with something to read for each, until it is interrupted', {
  timeout: 120_000,
}, async () => {
  const child = start('--en', '--desk')
  let out = ''
  const told = Promise.withResolvers<void>()
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
    if (out.includes('Ctrl-C')) told.resolve()
  })
  const exited = once(child, 'exit')
  await Promise.race([told.promise, exited])
  const url = /https:\/\/localhost:\d+/.exec(out)?.[0] ?? ''
  const pki = /(\S+)\/trust\/ca\.crt/.exec(out)?.[1] ?? ''
  const ca = await readFile(join(pki, 'trust/ca.crt'), 'utf8')
  for (const seat of ['fr-rys', 'gb-ctac', 'gb-home-office', 'gb-la-e08000025']) {
    expect(out).toContain(join(pki, 'agencies', seat, 'signing.p12'))
    const client = openClient({ url, ca, ...(await readIdentity(join(pki, 'agencies', seat))) })
    expect((await client.inbox()).messages.length, seat).toBeGreaterThan(0)
    await client.close()
  }
  const pfx = await readFile(join(pki, 'agencies/fr-rys/agency.p12'))
  const [page] = (await once(get(`${url}/desk/`, { ca, pfx, passphrase: 'passerelle' }), 'response')) as [
    IncomingMessage,
  ]
  expect(page.statusCode).toBe(200)
  page.destroy()
  child.kill('SIGINT')
  expect(await exited).toEqual([0, null])
  expect(await readdir(folder)).toEqual([])
  expect(await processesOf(folder)).toEqual([])
})

test('interrupted, it leaves nothing behind either', { timeout: 120_000 }, async () => {
  const child = start('--fr')
  let out = ''
  const played = Promise.withResolvers<void>()
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
    if (out.includes('✓\n')) played.resolve()
  })
  const exited = once(child, 'exit')
  await Promise.race([played.promise, exited])
  child.kill('SIGINT')
  const [code] = await exited
  expect(code).toBe(1)
  expect(out).toContain('Passerelle : des enfants')
  expect(await readdir(folder)).toEqual([])
  expect(await processesOf(folder)).toEqual([])
})
