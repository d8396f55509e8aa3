import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signEnvelope } from '../../sdk/index.ts'
import { newId } from '../../sdk/sign.ts'
import { makeEnvelope } from '../support/agency.ts'
import { readSigner } from '../support/forge.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { freePort } from '../support/port.ts'
import { expectProblem } from '../support/problem.ts'
import { openRaw, openRawAs, type RawClient } from '../support/raw.ts'

/** Protocol sections 8 and 11: what of the operations listener is public, and that the rest is not. */

const SCHEMAS = join(import.meta.dirname, '../../schemas')

let gateway: TestGateway
let anybody: RawClient
let ctac: RawClient

beforeAll(async () => {
  gateway = await startGateway()
  const ca = await readFile(join(gateway.pki.folder, 'trust/ca.crt'), 'utf8')
  anybody = openRaw(gateway.operationsUrl, { ca })
  ctac = await openRawAs(gateway, 'agencies/gb-ctac/tls')
})

afterAll(async () => {
  anybody[Symbol.dispose]()
  ctac[Symbol.dispose]()
  await gateway[Symbol.asyncDispose]()
})

describe('without a certificate', () => {
  test('the page that a refusal links to, on the agency listener too: an absolute link', async () => {
    const refused = await ctac.get('/v1/inbox?limit=101', { 'accept-language': 'fr' })
    const { documentation, detail } = expectProblem(refused, 'invalid-request')
    expect(detail).toBe('`limit` doit être donné une fois, en chiffres, de 1 à 100.')
    expect(documentation).toBe(`${gateway.operationsUrl}/problems/invalid-request`)
    const page = await anybody.get(new URL(documentation).pathname)
    expect(page.status).toBe(200)
    expect(page.headers['content-type']).toMatch(/^text\/html/)
    expect(String(page.body)).toContain('Invalid request')
  })

  test('health', async () => {
    expect((await anybody.get('/health/live')).read()).toEqual({ status: 'live' })
    const ready = await anybody.get('/health/ready')
    expect(ready.status).toBe(200)
    expect(ready.read()).toEqual({ status: 'ready', reasons: [] })
  })

  test('metrics in Prometheus’ text format', async () => {
    const answer = await anybody.get('/metrics')
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/)
    const lines = String(answer.body).split('\n').filter(Boolean)
    expect(lines.length).toBeGreaterThan(50)
    const sample = /^[a-z_][a-z0-9_]*(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)*\})? (?:[-+0-9.e]+|NaN|[+-]Inf)$/
    for (const line of lines) expect(line).toMatch(line.startsWith('#') ? /^# (HELP|TYPE) [a-z_][a-z0-9_]* / : sample)
  })

  test('each answer is counted, by route and status', async () => {
    const counted = async (labels: string): Promise<number> => {
      const text = String((await anybody.get('/metrics')).body)
      return Number(new RegExp(`^passerelle_request_seconds_count\\{${labels}\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0)
    }
    const live = 'route="/health/live",status="200"'
    const nowhere = 'route="none",status="404"'
    const before = { live: await counted(live), nowhere: await counted(nowhere) }
    await anybody.get('/health/live')
    await anybody.get('/nowhere')
    expect({ live: await counted(live), nowhere: await counted(nowhere) }).toEqual({
      live: before.live + 1,
      nowhere: before.nowhere + 1,
    })
  })

  test('an alarm where something waits for an agency that has left the registry', async () => {
    const { pki } = gateway
    const trustAnchors = await readFile(join(pki.folder, 'trust/ca.crt'), 'utf8')
    const delivery = { mode: 'push', url: `https://127.0.0.1:${await freePort()}/`, trustAnchors }
    const change = (values: object) =>
      gateway.changeRegistry(({ agencies }) => Object.assign(agencies.find(({ id }) => id === 'gb-ctac') ?? {}, values))
    const alarmed = async () =>
      String((await anybody.get('/metrics')).body).includes('passerelle_alarms{code="agency-gone"} 1')
    await change({ delivery })
    using rys = await openRawAs(gateway, 'agencies/fr-rys/tls')
    const signer = await readSigner(pki.folder, 'agencies/fr-rys/signing')
    const message = await signEnvelope(makeEnvelope('referral', 'fr-rys', 'gb-ctac'), signer, new Date())
    expect((await rys.post('/v1/messages', message)).status).toBe(202)
    expect(await alarmed()).toBe(false)
    const file = join(pki.folder, 'agencies.json')
    const whole = await readFile(file, 'utf8')
    await gateway.changeRegistry((registry) => {
      registry.agencies = registry.agencies.filter(({ id }) => id !== 'gb-ctac')
    })
    await until(alarmed)
    await gateway.changeRegistry((registry) => Object.assign(registry, JSON.parse(whole)))
    await until(async () => !(await alarmed()))
  })

  test.each(['1.0', '1.1', '1.2'])('every file of release %s, byte for byte, on both listeners', async (version) => {
    const all = await readdir(join(SCHEMAS, version), { recursive: true })
    const files = all.filter((file) => file.endsWith('.json'))
    expect(files.length).toBeGreaterThan(100)
    for (const file of files) {
      const answer = await anybody.get(`/schemas/${version}/${file}`)
      expect(answer.status).toBe(200)
      expect(answer.body.equals(await readFile(join(SCHEMAS, version, file)))).toBe(true)
      const type = file.endsWith('.schema.json') ? 'application/schema+json' : 'application/json'
      expect(answer.headers['content-type']?.toString().split(';')[0]).toBe(type)
    }
    const agency = await ctac.get(`/schemas/${version}/referral.schema.json`)
    expect(agency.body.equals((await anybody.get(`/schemas/${version}/referral.schema.json`)).body)).toBe(true)
  })

  test('the catalogue of releases', async () => {
    const { releases } = (await anybody.get('/schemas')).read<{ releases: { version: string; types: string[] }[] }>()
    expect(releases).toMatchObject([
      { version: '1.0', status: 'deprecated', sunset: expect.any(String) },
      { version: '1.1', status: 'deprecated' },
      { version: '1.2', status: 'current' },
    ])
    for (const { version, types } of releases) {
      expect(types).toHaveLength(13)
      for (const type of types)
        expect((await anybody.get(`/schemas/${version}/${type}.examples.json`)).status).toBe(200)
    }
  })

  test('of the API, nothing', async () => {
    const calls = [
      anybody.get('/api/messages'),
      anybody.get('/api/nothing'),
      anybody.get(`/api/messages/gb-ctac/${newId()}`),
      anybody.post('/api/dead-letters/retry', '{}', { 'content-type': 'application/json' }),
      anybody.get('/api/%6dessages'),
      // By another spelling of the same address (RFC 3986, 6.2.2.2).
      anybody.get('/%61pi/messages'),
      anybody.get('/a%70i/messages?state=accepted'),
      anybody.get(`/%61%70%69/messages/gb-ctac/${newId()}`),
      anybody.post('/%61pi/dead-letters/retry', '{}', { 'content-type': 'application/json' }),
    ]
    for (const answer of await Promise.all(calls)) expectProblem(answer, 'operator-certificate-required')
  })

  test.each([
    'agencies/gb-ctac/tls',
    'rogue/unregistered',
    'rogue/revoked',
    'rogue/expired',
    'rogue/untrusted',
    'gateway/tls',
  ])('nor with %s', async (path) => {
    using client = await openRawAs(gateway, path, { url: gateway.operationsUrl })
    expectProblem(await client.get('/api/messages'), 'operator-certificate-required')
    expect((await client.get('/health/live')).status).toBe(200)
  })
})

describe('the description of the API', () => {
  type Operation = {
    operationId?: string
    summary?: string
    parameters?: Parameter[]
    requestBody?: object
    responses: Record<string, { description?: string }>
  }
  type Parameter = { name: string; in: string; required?: boolean; schema: object }
  type Description = {
    openapi: string
    info: Record<string, unknown>
    paths: Record<string, Record<string, Operation>>
  }
  const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']

  test('lists every route of the protocol that is served, and no other', async () => {
    const { paths } = (await anybody.get('/openapi.json')).read<Description>()
    const listed = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).flatMap((name) => (methods.includes(name) ? `${name.toUpperCase()} ${path}` : [])),
    )
    expect(listed.toSorted()).toEqual([
      'GET /.well-known/passerelle',
      'GET /api/acts',
      'GET /api/agencies/{id}/test-notification',
      'GET /api/alarms',
      'GET /api/cases/{caseId}',
      'GET /api/events',
      'GET /api/handover',
      'GET /api/messages',
      'GET /api/messages/{from}/{id}',
      'GET /api/overview',
      'GET /api/pending',
      'GET /api/statistics',
      'GET /health/live',
      'GET /health/ready',
      'GET /log/checkpoint',
      'GET /log/tile/{path}',
      'GET /metrics',
      'GET /openapi.json',
      'GET /problems/{code}',
      'GET /schemas',
      'GET /schemas/disclosure.json',
      'GET /schemas/pathway.json',
      'GET /schemas/{version}/codes/{file}',
      'GET /schemas/{version}/{file}',
      'GET /v1/agencies',
      'GET /v1/cases/{caseId}',
      'GET /v1/inbox',
      'GET /v1/inbox/{from}/{id}',
      'GET /v1/inbox/{from}/{id}/attachments/{digest}',
      'GET /v1/inbox/{from}/{id}/evidence',
      'GET /v1/log/checkpoint',
      'GET /v1/log/consistency',
      'GET /v1/log/entries',
      'GET /v1/log/proof/{id}',
      'GET /v1/log/tile/{path}',
      'GET /v1/messages/{id}',
      'GET /v1/messages/{id}/evidence',
      'GET /v1/messages/{id}/receipts',
      'GET /v1/receipts',
      'POST /api/agencies/{id}/pause',
      'POST /api/agencies/{id}/resume',
      'POST /api/agencies/{id}/test-notification',
      'POST /api/alarms/{id}/acknowledge',
      'POST /api/cases/{caseId}/erase',
      'POST /api/dead-letters/retry',
      'POST /api/handover',
      'POST /api/log/succeed',
      'POST /api/messages/{from}/{id}/discard',
      'POST /api/messages/{from}/{id}/retry',
      'POST /api/messages/{from}/{id}/telephoned',
      'POST /v1/inbox/{from}/{id}/acknowledgement',
      'POST /v1/messages',
      'PUT /v1/attachments/{digest}',
    ])
  })

  test('says of which media types the bytes are that go in or come out', async () => {
    const { paths } = (await anybody.get('/openapi.json')).read<Description>()
    const typesOf = (part: object | undefined) => part && 'content' in part && Object.keys(part.content as object)
    const { put } = paths['/v1/attachments/{digest}'] ?? {}
    const { get } = paths['/v1/inbox/{from}/{id}/attachments/{digest}'] ?? {}
    for (const types of [typesOf(put?.requestBody), typesOf(get?.responses['200'])]) {
      expect(types).toHaveLength(6)
      expect(types).toContain('image/heic')
    }
    expect(typesOf(paths['/v1/messages']?.['post']?.requestBody)).toEqual(['application/jose'])
    expect(typesOf(paths['/v1/inbox/{from}/{id}']?.['get']?.responses['200'])).toEqual(['application/jose'])
  })

  test('is OpenAPI 3.1: its parts are there, its parameters are its paths’, its schemas compile', async () => {
    const { openapi, info, paths } = (await anybody.get('/openapi.json')).read<Description>()
    expect(openapi).toMatch(/^3\.1\.\d+$/)
    expect(info).toMatchObject({ title: expect.any(String), version: expect.any(String) })
    const ajv = new Ajv2020({ strict: false, formats: { binary: true } })
    for (const [path, item] of Object.entries(paths)) {
      for (const [method, operation] of Object.entries(item).filter(([name]) => methods.includes(name))) {
        expect(operation.summary, `${method} ${path}`).toBeTypeOf('string')
        const { parameters = [], responses } = operation
        const inPath = parameters.filter((parameter) => parameter.in === 'path')
        expect(inPath.map(({ name }) => `{${name}}`).toSorted()).toEqual((path.match(/\{\w+\}/g) ?? []).toSorted())
        for (const { required } of inPath) expect(required).toBe(true)
        for (const { schema } of parameters) ajv.compile(schema)
        expect(Object.keys(responses).length).toBeGreaterThan(0)
        for (const [code, { description, ...response }] of Object.entries(responses)) {
          expect(code).toMatch(/^(?:[1-5](?:\d\d|XX)|default)$/)
          expect(description).toBeTypeOf('string')
          for (const { schema } of mediaTypesOf(response)) if (schema) ajv.compile(schema)
        }
      }
    }
  })
})

const mediaTypesOf = (response: object): readonly { schema?: object }[] =>
  'content' in response ? Object.values(response.content as Record<string, { schema?: object }>) : []
