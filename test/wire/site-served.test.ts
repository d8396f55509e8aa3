import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readSiteFiles } from '../../gateway/http/public/site-files.ts'
import { temporaryFolder } from '../support/folder.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { expectProblem } from '../support/problem.ts'
import { openRaw, openRawAs, type RawClient } from '../support/raw.ts'

/** The documentation site, as a gateway shows it to anybody where a setting asks for it. */

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let gateway: TestGateway
let anybody: RawClient
const page = `<!doctype html><title>x</title>${'words '.repeat(400)}`

beforeAll(async () => {
  folder = await temporaryFolder()
  const site = join(folder.path, 'site')
  await mkdir(join(site, 'problems/not-found'), { recursive: true })
  await writeFile(join(folder.path, 'secret.html'), 'a secret')
  await writeFile(join(site, 'notes.key'), 'a secret')
  await symlink(join(folder.path, 'secret.html'), join(site, 'link.html'))
  await writeFile(join(site, 'index.html'), page)
  await writeFile(join(site, 'problems/not-found/index.html'), 'not found')
  gateway = await startGateway({ PASSERELLE_DOCUMENTATION_FOLDER: site })
  anybody = openRaw(gateway.operationsUrl, { ca: await readFile(join(gateway.pki.folder, 'trust/ca.crt'), 'utf8') })
})
afterAll(async () => {
  anybody?.[Symbol.dispose]()
  await gateway?.[Symbol.asyncDispose]()
  await folder?.[Symbol.asyncDispose]()
})

test('it is shown without a certificate, under a policy that lets no script stand in a page', async () => {
  const answer = await anybody.get('/docs/')
  expect(answer.status).toBe(200)
  expect(String(answer.body)).toBe(page)
  expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
  expect(answer.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'self'; script-src 'self';/)
  expect(answer.headers['x-content-type-options']).toBe('nosniff')
})

test('who has it already is told so; who takes gzip gets gzip', async () => {
  const { etag = '' } = (await anybody.get('/docs/index.html')).headers
  const again = await anybody.get('/docs/index.html', { 'if-none-match': String(etag) })
  expect(again.status).toBe(304)
  expect(again.body).toHaveLength(0)
  const short = await anybody.get('/docs/index.html', { 'accept-encoding': 'gzip' })
  expect(short.headers['content-encoding']).toBe('gzip')
  expect(String(gunzipSync(short.body))).toBe(page)
})

test('an address without its slash leads to the one with it, so that relative links hold', async () => {
  expect((await anybody.get('/docs')).headers['location']).toBe('/docs/')
  expect((await anybody.get('/docs/problems/not-found')).headers['location']).toBe('not-found/')
  expect(String((await anybody.get('/docs/problems/not-found/')).body)).toBe('not found')
})

test('nothing but what the site is made of is shown: no other folder, no link, no other kind of file', async () => {
  const addresses = [
    'link.html',
    'notes.key',
    '../secret.html',
    '%2e%2e/secret.html',
    '..%2fsecret.html',
    'en/nowhere.html',
  ]
  for (const address of addresses) {
    const answer = await anybody.get(`/docs/${address}`)
    expect(answer.status, address).not.toBe(200)
    expect(String(answer.body)).not.toContain('a secret')
  }
})

test('agencies’ listener has none of it', async () => {
  using agency = await openRawAs(gateway, 'agencies/gb-ctac/tls')
  expectProblem(await agency.get('/docs/'), 'not-found')
})

test('a folder that is no site ends the start, and says what to do', async () => {
  const nowhere = join(folder.path, 'nowhere')
  await expect(gateway.startAnother({ PASSERELLE_DOCUMENTATION_FOLDER: nowhere })).rejects.toThrow(
    /ended \(78\)[^]*^passerelle: PASSERELLE_DOCUMENTATION_FOLDER: .*nowhere/m,
  )
  await expect(readSiteFiles(join(folder.path, 'site/problems'))).rejects.toThrow(/npm run docs builds the site/)
})
