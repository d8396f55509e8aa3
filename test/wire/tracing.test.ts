import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadSchemaFolder } from '../../gateway/exchange/schema-folder.ts'
import { compileSchemas } from '../../gateway/protocol/schemas.ts'
import { type Message, signMessage } from '../../sdk/index.ts'
import { makeEnvelope, openAgency, type TestAgency } from '../support/agency.ts'
import { type Collector, startCollector } from '../support/collector.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { listInbox } from '../support/load.ts'
import { makeMark, markTexts, occurs } from '../support/marks.ts'
import { ask, askOperations, type Told } from '../support/operations.ts'
import type { RunningProcess } from '../support/process.ts'
import { changeAgency, type PushEndpoint, pushTo, startPushEndpoint } from '../support/push-agency.ts'

const KENT = 'gb-la-e10000016'
const LOADS = { NODE_OPTIONS: `--import=${fileURLToPath(new URL('../support/loads.mjs', import.meta.url))}` }

const schemas = compileSchemas(await loadSchemaFolder(fileURLToPath(new URL('../../schemas', import.meta.url))))

let collector: Collector
let gateway: TestGateway
let worker: RunningProcess
let untraced: RunningProcess
let ctac: TestAgency
let kent: TestAgency
let endpoint: PushEndpoint
const failed = new Set<unknown>()

// What submits and what delivers are processes of their own: only the record goes between them.
beforeAll(async () => {
  collector = await startCollector()
  const traced = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...LOADS }
  gateway = await startGateway({ PASSERELLE_ROLES: 'api,operations', ...traced })
  endpoint = await startPushEndpoint(gateway, KENT, ({ headers }, response) => {
    const id = headers['passerelle-message-id']
    response.writeHead(failed.has(id) ? 204 : 503).end()
    failed.add(id)
  })
  await changeAgency(gateway, KENT, { delivery: await pushTo(gateway, endpoint) })
  const [working, other] = await Promise.all([
    gateway.startAnother({ PASSERELLE_ROLES: 'worker' }),
    gateway.startAnother({ PASSERELLE_ROLES: 'operations', OTEL_EXPORTER_OTLP_ENDPOINT: '' }),
  ])
  worker = working.process
  untraced = other.process
  ctac = await openAgency(gateway, 'gb-ctac')
  kent = await openAgency(gateway, KENT)
})
afterAll(async () => {
  for (const one of [ctac, kent, endpoint, gateway, collector]) await one?.[Symbol.asyncDispose]()
})

const submit = (body: string): Promise<Told> =>
  ask(gateway.pki.folder, `${gateway.url}/v1/messages`, {
    as: 'agencies/gb-ctac',
    body,
    contentType: 'application/jose',
  })
const requestIdOf = ({ headers }: Told): string => String(headers['passerelle-request-id'])

type Line = Readonly<Record<string, unknown>> & { readonly msg: string; readonly requestId?: string }
const linesOf = (requestId: string): readonly Line[] =>
  [gateway.process, worker]
    .flatMap((one) => one.stderr().split('\n'))
    .filter((line) => line.includes(requestId))
    .map((line) => JSON.parse(line) as Line)
const isIn = (requestId: string, msg: string): boolean => linesOf(requestId).some((line) => line.msg === msg)

test('one request id leads from the call through queue and push to the receipt, in lines and in spans, over two processes', async () => {
  const mark = makeMark()
  const plain = makeEnvelope('assessment-referral', 'gb-ctac', KENT, { priority: 'urgent' })
  const { body } = markTexts(schemas, plain.type, plain.body, mark)
  const envelope = { ...plain, body } as Message
  const accepted = await submit(await signMessage(envelope, ctac.signer, new Date()))
  const requestId = requestIdOf(accepted)
  await until(() => endpoint.seen.length === 2)
  const [entry] = await (async () => {
    await until(async () => (await listInbox(kent)).length === 1)
    return await listInbox(kent)
  })()
  if (entry === undefined) throw new Error('it came')
  await kent.client.acknowledge(await kent.client.read(entry), 'accepted')
  await until(() => isIn(requestId, 'message acknowledged'))

  const common = { requestId, messageId: envelope.id, from: 'gb-ctac', to: KENT, priority: 'urgent' }
  const told = linesOf(requestId).toSorted((one, other) => (String(one['time']) < String(other['time']) ? -1 : 1))
  expect(told.map(({ msg, attempt, outcome, status }) => [msg, attempt, outcome, status])).toEqual([
    ['message accepted', undefined, undefined, undefined],
    ['message taken from its lane', 1, undefined, undefined],
    ['message pushed', 1, 'retry', 503],
    ['message taken from its lane', 2, undefined, undefined],
    ['message pushed', 2, 'consigned', 204],
    ['message acknowledged', undefined, 'accepted', undefined],
  ])
  for (const line of told) expect(line).toMatchObject(common)
  // The endpoint can quote it, and an operator finds it with the message.
  for (const { request } of endpoint.seen) expect(request.headers['passerelle-request-id']).toBe(requestId)
  const shown = await askOperations(gateway, `/api/messages/gb-ctac/${envelope.id}`, { operator: 'duty' })
  expect(shown.json).toMatchObject({ requestId })
  // The acknowledgement's own call is named beside it, and each receipt in the line of its step.
  expect(told.at(-1)?.['callId']).toMatch(/^[0-9a-f-]{36}$/)
  expect(told.at(-1)?.['callId']).not.toBe(requestId)
  const { receipts } = shown.json as { receipts: readonly string[] }
  const issued = receipts.map(
    (jws) => JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()) as { receiptId: string },
  )
  expect(told.flatMap(({ receiptId }) => receiptId ?? [])).toEqual(issued.map(({ receiptId }) => receiptId))

  const refused = await submit('no.jws.atall')
  const second = requestIdOf(refused)
  await until(() => isIn(second, 'message refused'))
  expect(linesOf(second)).toMatchObject([{ from: 'gb-ctac', code: 'malformed-message' }])

  // Spans go out every few seconds, and when a process stops.
  await Promise.all([worker.stop(), gateway.process.stop()])
  const of = (id: string) => collector.spans.filter(({ traceId }) => traceId === id.replaceAll('-', ''))
  const spans = of(requestId)
  const root = spans.find(({ name }) => name === 'accept')
  expect(root).toMatchObject({ kind: 2, parentSpanId: undefined, failed: false })
  const others = spans.filter((span) => span !== root)
  expect(others.map(({ name, kind, failed: isFailed }) => `${name} ${kind} ${isFailed}`).toSorted()).toEqual([
    'acknowledge 2 false',
    'push 3 false',
    'push 3 true',
    'wait 5 false',
    'wait 5 false',
  ])
  for (const { parentSpanId } of others) expect(parentSpanId).toBe(root?.spanId)
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length)
  for (const { ms } of spans) expect(ms).toBeGreaterThanOrEqual(0)
  expect(others.find(({ name, failed: isFailed }) => name === 'push' && isFailed)?.attributes).toEqual({
    'passerelle.messageId': envelope.id,
    'passerelle.from': 'gb-ctac',
    'passerelle.to': KENT,
    'passerelle.priority': 'urgent',
    'passerelle.attempt': 1,
    'passerelle.endpoint': new URL(endpoint.url).host,
    'passerelle.outcome': 'retry',
    'passerelle.status': 503,
    'passerelle.detail': 'status',
  })
  expect(of(second)).toMatchObject([{ name: 'refuse', kind: 2, failed: true }])

  const everything = [collector.text(), gateway.process.stderr(), worker.stderr()].join('\n')
  for (const secret of [mark, envelope.caseId]) expect(occurs(secret, everything)).toBe(false)
})

test('nothing of it is loaded where no collector is named', () => {
  const loaded = (one: RunningProcess) => [...one.stderr().matchAll(/"loads":"([^"]+)"/g)].map(([, name]) => name)
  // The package of its interfaces alone comes with prom-client, whether anything is set or not.
  const of = (one: RunningProcess) =>
    loaded(one).filter((name) => name !== '@opentelemetry/api' && name?.startsWith('@opentelemetry/'))
  expect(of(worker)).toContain('@opentelemetry/sdk-trace')
  expect(loaded(untraced)).toContain('pino')
  expect(of(untraced)).toEqual([])
})
