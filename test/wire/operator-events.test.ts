import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { revoke } from '../../certs-dev/tree.ts'
import { parseCertificate } from '../../gateway/identity/certificate.ts'
import { newId } from '../../sdk/sign.ts'
import { openEvents } from '../support/events.ts'
import { type RegistryFile, until } from '../support/gateway.ts'
import { CROYDON, openOperatorStage, type OperatorStage } from '../support/operator-stage.ts'
import { expectProblem } from '../support/problem.ts'

/** Protocol section 11: what operators are told as it happens, and who may do what. */

const KENT = 'gb-la-e10000016'

let stage: OperatorStage

beforeAll(async () => {
  stage = await openOperatorStage()
})

afterAll(() => stage[Symbol.asyncDispose]())

const post: OperatorStage['post'] = (path, body) => stage.post(path, body)

describe('events', () => {
  test('tell what happens as ids and codes, and go on where they were', async () => {
    using stream = await openEvents(stage.gateway, 'duty')
    expect(stream.status).toBe(200)
    expect(stream.headers['content-type']).toBe('text/event-stream')
    const { id, caseId } = await stage.makeDeadLetter()
    await post(`/api/agencies/${KENT}/pause`, { reason: 'Marqueur-Motif' })
    await until(() => stream.events().some(({ data }) => data['what'] === 'pause'))
    await post(`/api/agencies/${KENT}/resume`, { reason: 'x' })
    const events = stream.events()
    const failed = events.find(({ data }) => data['what'] === 'ContentConsignmentFailure')
    expect(failed).toMatchObject({
      event: 'message',
      data: { what: 'ContentConsignmentFailure', agency: CROYDON, from: 'gb-ctac', messageId: id, caseId },
    })
    expect(events.find(({ data }) => data['what'] === 'pause')).toMatchObject({
      event: 'act',
      data: { what: 'pause', agency: KENT, actId: expect.any(String) },
    })
    expect(stream.text()).not.toContain('Marqueur-Motif')

    using again = await openEvents(stage.gateway, 'duty', failed?.id)
    await until(() => again.events().some(({ data }) => data['what'] === 'resume'))
    const acts = again.events().filter(({ event }) => event === 'act')
    expect(acts.map(({ data }) => data['what'])).toEqual(['pause', 'resume'])
  })

  test('are refused for a place that never was, and where one operator listens too often', async () => {
    expect((await openEvents(stage.gateway, 'duty', 'x')).status).toBe(400)
    const streams = []
    for (let open = 0; open < 12; open++) streams.push(await openEvents(stage.gateway, 'manager'))
    const refused = streams.filter((one) => one.status === 429)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused[0]?.headers['retry-after']).toBeDefined()
    expect(streams[0]?.status).toBe(200)
    for (const stream of streams) stream[Symbol.dispose]()
    await until(async () => {
      using stream = await openEvents(stage.gateway, 'manager')
      return stream.status === 200
    })
  })

  test('end with the operator’s certificate', async () => {
    using stream = await openEvents(stage.gateway, 'manager')
    expect(stream.isOver()).toBe(false)
    const pem = await readFile(join(stage.gateway.pki.folder, 'operators/manager/tls.crt'), 'utf8')
    await revoke(stage.gateway.pki, [parseCertificate(pem).serial], new Date())
    await until(() => stream.isOver())
  })
})

type Operators = { id: string; role?: string }[]
const giveRole = (id: string, role: string) =>
  stage.gateway.changeRegistry(({ operators }: RegistryFile) => {
    for (const one of operators as Operators) if (one.id === id) one.role = role
  })

test('who may only watch reads everything, and is refused every act', async () => {
  const { id } = await stage.makeDeadLetter()
  await giveRole('duty', 'watch')
  for (const path of ['/api/overview', '/api/acts', '/api/pending', '/api/handover', `/api/messages/gb-ctac/${id}`])
    expect((await stage.duty.get(path)).status).toBe(200)
  const { paths } = (await stage.duty.get('/openapi.json')).read<{ paths: Record<string, Record<string, unknown>> }>()
  const acts = Object.keys(paths).filter((path) => path.startsWith('/api/') && 'post' in (paths[path] ?? {}))
  expect(acts.length).toBeGreaterThan(7)
  for (const path of acts) {
    const filled = path.replace('{from}', 'gb-ctac').replace('{id}', path.includes('agencies') ? KENT : id)
    expectProblem(await post(filled.replace('{caseId}', newId()), { reason: 'x' }), 'not-permitted')
  }
  await giveRole('duty', 'act')
  expect((await post(`/api/messages/gb-ctac/${id}/retry`, { reason: 'x' })).status).toBe(200)
})

test('a gateway that stops ends the streams', async () => {
  using stream = await openEvents(stage.gateway, 'duty')
  expect(stream.status).toBe(200)
  expect(await stage.gateway.process.stop()).toBe(0)
  expect(stream.isOver()).toBe(true)
})
