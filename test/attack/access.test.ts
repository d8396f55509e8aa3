import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Description } from '../support/described.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { openRaw, openRawAs, type RawClient } from '../support/raw.ts'

/** All that is served, by the description that is served, asked for by somebody whom the registry does not know. */

let gateway: TestGateway
let ca: string
let asked: readonly { readonly url: string; readonly method: string; readonly path: string }[]

beforeAll(async () => {
  gateway = await startGateway()
  ca = await readFile(join(gateway.pki.folder, 'trust/ca.crt'), 'utf8')
  using anybody = openRaw(gateway.operationsUrl, { ca })
  const described = await Promise.all(
    ['/openapi.json', '/openapi/agency.json'].map(async (path) => (await anybody.get(path)).read<Description>().paths),
  )
  const calls = new Set(
    described.flatMap((paths) =>
      Object.entries(paths).flatMap(([path, item]) =>
        Object.keys(item).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{[^}]+\}/g, 'x')}`),
      ),
    ),
  )
  asked = [...calls].flatMap((call) => {
    const [method = '', path = ''] = call.split(' ')
    return [gateway.url, gateway.operationsUrl].map((url) => ({ url, method, path }))
  })
})

afterAll(() => gateway[Symbol.asyncDispose]())

async function answered(client: RawClient, url: string): Promise<readonly string[]> {
  const found = await Promise.all(
    asked
      .filter((one) => one.url === url)
      .map(async ({ method, path }) => {
        const { status } = await client.call(method, path)
        return [401, 403].includes(status) ? [] : [`${status} ${method} ${path}`]
      }),
  )
  return found.flat().toSorted()
}

test('on the agency listener, a good chain that no agency has pinned learns what a problem means, and no more', async () => {
  using stranger = await openRawAs(gateway, 'rogue/unregistered')
  expect(await answered(stranger, gateway.url)).toEqual(['404 GET /problems/x'])
})

test('on the operations listener, what anybody may read is this', async () => {
  using anybody = openRaw(gateway.operationsUrl, { ca })
  using agency = await openRawAs(gateway, 'agencies/fr-rys/tls', { url: gateway.operationsUrl })
  for (const client of [anybody, agency]) {
    const found = await answered(client, gateway.operationsUrl)
    expect(found.filter((line) => !line.startsWith('404') || /schemas|problems| \/log\/tile/.test(line))).toEqual([
      '200 GET /health/live',
      '200 GET /health/ready',
      '200 GET /log/checkpoint',
      '200 GET /metrics',
      '200 GET /openapi.json',
      '200 GET /openapi/agency.json',
      '200 GET /schemas',
      '200 GET /schemas/disclosure.json',
      '200 GET /schemas/pathway.json',
      '404 GET /log/tile/x',
      '404 GET /problems/x',
      '404 GET /schemas/x/codes/x',
      '404 GET /schemas/x/x',
    ])
    // What is left has no route there at all.
    expect(found.filter((line) => line.startsWith('404') && !/schemas|problems| \/log\/tile/.test(line))).toEqual(
      found.filter((line) => /^404 [A-Z]+ \/(?:v1|\.well-known)\//.test(line)),
    )
  }
})

test('the operators’ pages, which no description names, are theirs', async () => {
  using anybody = openRaw(gateway.operationsUrl, { ca })
  using agency = await openRawAs(gateway, 'agencies/fr-rys/tls', { url: gateway.operationsUrl })
  for (const client of [anybody, agency]) {
    expect((await client.get('/help')).status).toBe(401)
    expect((await client.call('POST', '/preferences')).status).toBe(401)
  }
})

test('what is under /api/ is an operator’s, whether it is there or not, and however it is spelt', async () => {
  using anybody = openRaw(gateway.operationsUrl, { ca })
  for (const path of ['/api/nothing', '/api/messages', '/%61pi/messages', '/%61%70i/nothing', '/api/?x'])
    for (const method of ['GET', 'POST', 'DELETE', 'PROPFIND'])
      expect((await anybody.call(method, path)).status).toBe(401)
})
