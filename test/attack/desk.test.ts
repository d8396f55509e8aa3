import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { connect } from 'node:tls'
import { brotliDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readDesk } from '../../gateway/http/desk/files.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { readPair } from '../support/handshake.ts'

/** The desk's files as they are served, and what another site's page could do with the certificate of a browser. */

const DIST = join(import.meta.dirname, '../../desk/dist')
let gateway: TestGateway
let ca: string
let files: readonly string[]

beforeAll(async () => {
  gateway = await startGateway({ PASSERELLE_DESK: 'on' })
  ca = await readFile(join(gateway.pki.folder, 'trust/ca.crt'), 'utf8')
  files = (await readDesk()).map(({ path }) => path)
})
afterAll(() => gateway[Symbol.asyncDispose]())

type Answer = { readonly status: number; readonly head: string; readonly body: Buffer }
type Asking = { readonly as?: string; readonly method?: string; readonly url?: string }

/** Asks over a connection of its own, by exactly this target. */
async function ask(target: string, fields: Record<string, string> = {}, asking: Asking = {}): Promise<Answer> {
  const { as = 'agencies/fr-rys/tls', method = 'GET', url = gateway.url } = asking
  const { port, host } = new URL(url)
  const socket = connect({ host: '127.0.0.1', port: Number(port), ca, ...(await readPair(gateway.pki.folder, as)) })
  await once(socket, 'secureConnect')
  const lines = Object.entries({ host, connection: 'close', ...fields }).map(([name, value]) => `${name}: ${value}`)
  socket.write(Buffer.from(`${[`${method} ${target} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`, 'latin1'))
  const bytes = await buffer(socket)
  const end = bytes.indexOf('\r\n\r\n')
  const head = bytes.subarray(0, end).toString('latin1')
  return { status: Number(head.split(' ')[1]), head, body: bytes.subarray(end + 4) }
}
const field = ({ head }: Answer, name: string): string | undefined =>
  new RegExp(`^${name}: (.*?)\\r?$`, 'im').exec(head)?.[1]

test('every file goes out under the same strict rules, to agencies alone', async () => {
  expect(files).toEqual(expect.arrayContaining(['/desk/', '/desk/worker.js', '/desk/manifest.webmanifest']))
  for (const path of files) {
    const answer = await ask(path)
    expect([path, answer.status]).toEqual([path, 200])
    const policy = field(answer, 'content-security-policy') ?? ''
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' blob:",
      "connect-src 'self'",
      "form-action 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ])
      expect(policy.split('; ')).toContain(rule)
    expect(policy).not.toMatch(/unsafe|https?:|\*|data:/)
    expect(field(answer, 'x-content-type-options')).toBe('nosniff')
    expect(field(answer, 'referrer-policy')).toBe('no-referrer')
    expect(field(answer, 'cross-origin-opener-policy')).toBe('same-origin')
    expect(field(answer, 'cross-origin-resource-policy')).toBe('same-origin')
    expect(field(answer, 'cross-origin-embedder-policy')).toBe('require-corp')
    expect(field(answer, 'permissions-policy')).toContain('camera=(self)')
    expect(field(answer, 'access-control-allow-origin')).toBeUndefined()
    expect(field(answer, 'set-cookie')).toBeUndefined()
    expect(field(answer, 'cache-control')).toMatch(
      path.startsWith('/desk/assets/') ? /^private, .*immutable$/ : /^private, no-cache$/,
    )
    expect([path, (await ask(path, {}, { as: 'rogue/unregistered' })).status]).toEqual([path, 403])
  }
})

test('nothing of a page stands in it that runs: no inline script, style or handler, and no other host', async () => {
  const page = (await ask('/desk/')).body.toString()
  expect(page).not.toMatch(/<script(?![^>]* src=)|<style|\son\w+=|style=|https?:\/\//i)
  for (const [, address] of page.matchAll(/(?:src|href)="([^"]+)"/g)) expect(files).toContain(address)
})

test('a file is compressed once, for those who take it, and not sent again to who has it', async () => {
  const [plain, small] = [await ask('/desk/'), await ask('/desk/', { 'accept-encoding': 'gzip, br' })]
  expect(field(small, 'content-encoding')).toBe('br')
  expect(brotliDecompressSync(small.body)).toEqual(plain.body)
  expect(plain.body).toEqual(await readFile(join(DIST, 'index.html')))
  expect(field(small, 'vary')).toBe('Accept-Encoding')
  const [tag, other] = [field(plain, 'etag') ?? '', field(small, 'etag') ?? '']
  expect(tag).not.toBe(other)
  for (const asked of [tag, `W/${tag}`, `"x", ${tag}`, '*'])
    expect((await ask('/desk/', { 'if-none-match': asked })).status).toBe(304)
  for (const asked of [other, '"x"', '']) expect((await ask('/desk/', { 'if-none-match': asked })).status).toBe(200)
  const head = await ask('/desk/', {}, { method: 'HEAD' })
  expect([head.status, head.body.length, field(head, 'content-length')]).toEqual([200, 0, String(plain.body.length)])
  expect((await ask('/desk')).head).toMatch(/^HTTP\/1\.1 308 .*^location: \/desk\/\r$/ims)
})

test.each([
  '/desk/../../package.json',
  '/desk/..%2f..%2fpackage.json',
  '/desk/%2e%2e/%2e%2e/package.json',
  '/desk/assets/..%5c..%5c..%5cpackage.json',
  '/desk/assets/../index.html',
  '/desk/index.html',
  '/desk/index.html.br',
  '/desk/worker.js.br',
  '/desk/assets',
  '/desk/assets/',
  '/desk//',
  '//desk/',
  '/Desk/',
  '/desk/%00',
  '/desk/worker.js%00.html',
  '/desk/.',
  '/desk/constructor',
  '/desk/../data/keys',
  '/desk/\u00E9',
])('%s is no file of the desk', async (target) => {
  const answer = await ask(target)
  expect([400, 404]).toContain(answer.status)
  expect(answer.body.toString()).not.toContain('"workspaces"')
})

test.each(['POST', 'PUT', 'DELETE', 'PATCH'])('%s of a page: 405', async (method) => {
  const answer = await ask('/desk/', { 'content-length': '0' }, { method })
  expect([answer.status, field(answer, 'allow')]).toEqual([405, 'GET, HEAD'])
})

describe('with the browser’s certificate', () => {
  const elsewhere = { origin: 'https://elsewhere.example' }
  const fetched = { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'empty' }
  const followed = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }

  test.each([
    ['GET', '/v1/inbox', { 'sec-fetch-site': 'cross-site', ...fetched }],
    ['GET', '/v1/inbox', { 'sec-fetch-site': 'same-site', ...fetched }],
    ['GET', '/v1/caller', elsewhere],
    ['GET', '/v1/caller', { origin: 'null' }],
    ['GET', '/v1/agencies', { 'sec-fetch-site': 'cross-site', ...followed }],
    ['GET', '/v1/inbox', { 'sec-fetch-site': 'something-new' }],
    ['POST', '/v1/messages', { 'sec-fetch-site': 'cross-site', ...followed, 'content-type': 'text/plain' }],
    ['POST', '/v1/messages', { ...elsewhere, 'content-type': 'application/jose' }],
    ['PUT', '/v1/attachments/x', { 'sec-fetch-site': 'same-site' }],
    ['GET', '/desk/', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }],
    ['GET', '/desk/worker.js', { 'sec-fetch-site': 'cross-site', ...fetched }],
    ['POST', '/desk/', { 'sec-fetch-site': 'cross-site', ...followed }],
  ])('%s %s as another site’s page would ask for it is refused', async (method, target, fields) => {
    const answer = await ask(target, { 'content-length': '0', ...fields }, { method })
    expect([answer.status, answer.body.toString()]).toEqual([403, expect.stringContaining('"code":"cross-site"')])
  })

  test('a preflight finds that nothing is allowed', async () => {
    const asking = {
      ...elsewhere,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    }
    const answer = await ask('/v1/messages', asking, { method: 'OPTIONS' })
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.head).not.toMatch(/access-control/i)
  })

  test.each([
    ['/v1/caller', { 'sec-fetch-site': 'same-origin' }],
    ['/v1/caller', { 'sec-fetch-site': 'none' }],
    ['/v1/caller', {}],
    ['/desk/', { 'sec-fetch-site': 'cross-site', ...followed }],
    ['/problems/not-found', { 'sec-fetch-site': 'cross-site', ...followed }],
  ])('%s is answered to the desk itself, to programs, and where a person follows a link', async (target, fields) => {
    expect((await ask(target, fields)).status).toBe(200)
  })

  test('the desk’s own origin is this listener’s, and no other', async () => {
    const { host } = new URL(gateway.url)
    expect((await ask('/v1/caller', { origin: `https://${host}` })).status).toBe(200)
    expect((await ask('/v1/caller', { origin: `http://${host}` })).status).toBe(403)
  })
})

test('who is no active agency reads in both languages what to do; a program reads a problem document', async () => {
  const stranger = { as: 'rogue/unregistered' }
  const page = await ask('/desk/', { accept: 'text/html', 'accept-language': 'fr' }, stranger)
  expect(page.status).toBe(403)
  expect(field(page, 'content-type')).toContain('text/html')
  expect(page.body.toString()).toMatch(/Organisme inconnu[^]*Unknown agency/)
  const program = await ask('/desk/', { accept: '*/*' }, stranger)
  expect(field(program, 'content-type')).toBe('application/problem+json')
  const call = await ask('/v1/caller', { accept: 'text/html' }, stranger)
  expect(field(call, 'content-type')).toBe('application/problem+json')
})

test('where nobody has asked for a desk there is none; where it was not built the start says so', async () => {
  const { url } = await gateway.startAnother({ PASSERELLE_DESK: 'off', PASSERELLE_ROLES: 'api' })
  expect((await ask('/desk/', {}, { url })).status).toBe(404)
  const empty = await mkdtemp(join(tmpdir(), 'passerelle-'))
  await expect(readDesk(empty)).rejects.toThrow('PASSERELLE_DESK: desk/dist is not there; npm run desk makes it')
  await rm(empty, { recursive: true })
})
