import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { problems } from '../../gateway/protocol/problems.ts'
import { type Description, type Operation, readDescription } from '../support/described.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { openRaw, openRawAs, type RawClient } from '../support/raw.ts'

/** The API descriptions (protocol section 8): what is served, and that it says all that a client is made from. */

let gateway: TestGateway
let anybody: RawClient
let rys: RawClient

beforeAll(async () => {
  gateway = await startGateway()
  anybody = openRaw(gateway.operationsUrl, { ca: await readFile(join(gateway.pki.folder, 'trust/ca.crt'), 'utf8') })
  rys = await openRawAs(gateway, 'agencies/fr-rys/tls')
})

afterAll(async () => {
  anybody[Symbol.dispose]()
  rys[Symbol.dispose]()
  await gateway[Symbol.asyncDispose]()
})

test('each listener serves its own, the public one that of the agencies too; they are the files of the repository', async () => {
  const agency = readDescription('agency')
  expect((await anybody.get('/openapi.json')).read()).toEqual(readDescription('operations'))
  expect((await anybody.get('/openapi/agency.json')).read()).toEqual(agency)
  const served = await rys.get('/openapi.json')
  expect(served.headers['content-type']).toMatch(/^application\/json/)
  expect(served.read(), 'node scripts/describe-api.ts writes them').toEqual(agency)
})

const operationsOf = ({ paths }: Description): readonly (readonly [string, Operation])[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
  )

describe.each(['agency', 'operations'] as const)('of the %s listener', (name) => {
  const description = readDescription(name)
  const operations = operationsOf(description)

  test.each(operations)('%s says all that a client needs', (call, operation) => {
    const { operationId, summary, tags, responses, parameters = [], requestBody } = operation
    expect(operationId).toMatch(/^[a-z][A-Za-z]+$/)
    expect(summary).toMatch(/^[A-Z].*[^.]$/)
    expect(tags).toHaveLength(1)
    expect(description.tags.map((tag) => tag.name)).toContain(tags?.[0])
    for (const { description: said } of parameters) expect(said).toMatch(/\S/)
    expect(parameters.filter((one) => one.in === 'path').map((one) => `{${one.name}}`)).toEqual(
      call.match(/\{\w+\}/g) ?? [],
    )
    const successes = Object.entries(responses).filter(([status]) => Number(status) < 400)
    expect(successes.length).toBeGreaterThan(0)
    for (const [, { description: said }] of successes) expect(said).not.toBe('Default Response')
    expect(Object.keys(responses).filter((status) => Number(status) >= 400)).toEqual(
      expect.arrayContaining(['400', '500']),
    )
    expect(requestBody === undefined).toBe(!/^(?:POST|PUT)/.test(call))
  })

  test('no two operations have one name', () => {
    const names = operations.map(([, { operationId }]) => operationId)
    expect(new Set(names).size).toBe(names.length)
  })

  test('words of a list are an enum, and no choice of single ones', () => {
    expect(JSON.stringify(description)).not.toMatch(/"anyOf":\[\{"type":"string","const"/)
  })

  test('its servers are where a client reaches it, and no address that a process is bound to', () => {
    expect(description.servers.map(({ url }) => url)).toEqual(['/', 'https://{host}:{port}'])
  })
})

test('each refusal that there is can be the answer to a call', () => {
  const said = JSON.stringify([readDescription('agency'), readDescription('operations')])
  // A method that an address does not have is no operation of it.
  const never = Object.keys(problems).filter((code) => !said.includes(`"#/components/examples/${code}"`))
  expect(never).toEqual(['method-not-allowed'])
})

test('the calls that there are', () => {
  expect(
    operationsOf(readDescription('agency'))
      .map(([call]) => call)
      .toSorted(),
  ).toEqual([
    'GET /.well-known/passerelle',
    'GET /openapi.json',
    'GET /problems/{code}',
    'GET /schemas',
    'GET /schemas/disclosure.json',
    'GET /schemas/pathway.json',
    'GET /schemas/{version}/codes/{file}',
    'GET /schemas/{version}/{file}',
    'GET /v1/agencies',
    'GET /v1/caller',
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
    'POST /v1/inbox/{from}/{id}/acknowledgement',
    'POST /v1/messages',
    'PUT /v1/attachments/{digest}',
  ])
  expect(
    operationsOf(readDescription('operations'))
      .map(([call]) => call)
      .toSorted(),
  ).toEqual([
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
    'GET /openapi/agency.json',
    'GET /problems/{code}',
    'GET /schemas',
    'GET /schemas/disclosure.json',
    'GET /schemas/pathway.json',
    'GET /schemas/{version}/codes/{file}',
    'GET /schemas/{version}/{file}',
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
  ])
})

test('bytes are of the media types that go in or come out, and what is signed leads to what it says', () => {
  const { paths, webhooks, components } = readDescription('agency')
  const put = paths['/v1/attachments/{digest}']?.['put']
  const fetched = paths['/v1/inbox/{from}/{id}/attachments/{digest}']?.['get']
  for (const content of [put?.requestBody?.content, fetched?.responses['200']?.content]) {
    expect(Object.keys(content ?? {})).toHaveLength(6)
    expect(content).toHaveProperty('image/heic')
  }
  const message = { 'application/jose': { schema: { $ref: '#/components/schemas/SignedMessage' } } }
  expect(paths['/v1/messages']?.['post']?.requestBody).toMatchObject({ required: true, content: message })
  expect(paths['/v1/inbox/{from}/{id}']?.['get']?.responses['200']).toMatchObject({ content: message })
  expect(webhooks['message']?.['post']?.requestBody).toMatchObject({ content: message })
  expect(components.schemas['SignedMessage']).toMatchObject({
    contentMediaType: 'application/jose',
    contentSchema: { prefixItems: [{}, { $ref: '#/components/schemas/Envelope' }] },
  })
  expect(components.schemas['Envelope']).toMatchObject({ required: expect.arrayContaining(['id', 'type', 'body']) })
})

test('who may call is told by a certificate, save what is public', () => {
  const agency = readDescription('agency')
  expect(agency.security).toEqual([{ agencyCertificate: [] }])
  expect(agency.components.securitySchemes).toMatchObject({ agencyCertificate: { type: 'mutualTLS' } })
  expect(operationsOf(agency).filter(([, { security }]) => security !== undefined)).toEqual([])
  const open = operationsOf(readDescription('operations')).filter(([, { security }]) => security?.length === 0)
  expect(open.map(([call]) => call).filter((call) => call.includes('/api/'))).toEqual([])
  expect(open).toHaveLength(13)
})
