import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Signer } from '../../sdk/index.ts'
import { makeEnvelope } from '../support/agency.ts'
import { forge, readSigner } from '../support/forge.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { readPair } from '../support/handshake.ts'
import { openRawAs, type RawClient } from '../support/raw.ts'

/** An agency that asks and does not read: what it asks for must not be kept for it without end. */

const MIB = 1024 * 1024
/** As large as a message may be. */
const LARGEST = 256 * 1024
const STANDSTILL_MS = 30_000

let gateway: TestGateway
let ca: string
let rys: RawClient
let ctac: RawClient
let operator: RawClient
let signer: Signer
let path: string

beforeAll(async () => {
  gateway = await startGateway({ PASSERELLE_HANDSHAKE_RATE: '1000', PASSERELLE_RATE_LIMIT: '100000' })
  ca = await readFile(join(gateway.pki.folder, 'trust/ca.crt'), 'utf8')
  rys = await openRawAs(gateway, 'agencies/fr-rys/tls')
  ctac = await openRawAs(gateway, 'agencies/gb-ctac/tls')
  operator = await openRawAs(gateway, 'operators/duty/tls', { url: gateway.operationsUrl })
  signer = await readSigner(gateway.pki.folder, 'agencies/fr-rys/signing')
  const payload = makeEnvelope('referral', 'fr-rys', 'gb-ctac')
  const small = JSON.stringify(payload)
  // White space between members is no part of what it says.
  const room = Math.floor(((LARGEST - 2_000) * 3) / 4) - small.length
  const message = forge({ payload: small.replace('{', `{${' '.repeat(room)}`), signer })
  expect(message.length).toBeGreaterThan(LARGEST - 4_000)
  expect((await rys.post('/v1/messages', message)).status).toBe(202)
  path = `/v1/inbox/fr-rys/${payload.id}`
  await until(async () => (await ctac.get('/v1/inbox')).body.includes(payload.id))
})

afterAll(async () => {
  for (const client of [rys, ctac, operator]) client[Symbol.dispose]()
  await gateway[Symbol.asyncDispose]()
})

const ask = (target: string) => `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`

/** A connection of `gb-ctac` that is not read from until somebody listens. */
async function openUnread(): Promise<TLSSocket> {
  const pair = await readPair(gateway.pki.folder, 'agencies/gb-ctac/tls')
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(gateway.url).port), ca, ...pair })
  socket.on('error', () => undefined)
  await once(socket, 'secureConnect')
  return socket
}

async function residentMemory(): Promise<number> {
  const text = (await operator.get('/metrics')).body.toString()
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1])
}

async function reached(limit: string): Promise<number> {
  const text = (await operator.get('/metrics')).body.toString()
  return Number(new RegExp(`^passerelle_limits_total\\{limit="${limit}"\\} (\\d+)`, 'm').exec(text)?.[1] ?? 0)
}

test('60 connections that pipeline 60 reads each and take nothing cost little memory, and nobody else anything', async () => {
  const before = await residentMemory()
  const sockets = await Promise.all(Array.from({ length: 60 }, openUnread))
  for (const socket of sockets) socket.write(ask(path).repeat(60))
  let most = before
  // What the system itself keeps for a connection, some MiB, is filled first.
  await until(async () => {
    most = Math.max(most, await residentMemory())
    expect((await rys.get('/v1/inbox')).status).toBe(200)
    return (await reached('unsent')) >= 10
  }, 25_000)
  // Beside what is kept for it, 32 MiB, V8 takes its time to free what was.
  expect(most - before).toBeLessThan(400 * MIB)
  // Of the agency, the connections that are left go on where it reads.
  expect((await ctac.get(path)).body.length).toBeGreaterThan(LARGEST - 4_000)
  for (const socket of sockets) socket.destroy()
})

test('one that does not take its answer is ended when nothing has moved for 30 s', async () => {
  const socket = await openUnread()
  socket.write(ask(path).repeat(40))
  const start = performance.now()
  await until(async () => (await reached('stalled')) > 0, STANDSTILL_MS + 10_000)
  expect(performance.now() - start).toBeGreaterThan(STANDSTILL_MS - 1_000)
  expect(performance.now() - start).toBeLessThan(STANDSTILL_MS + 6_000)
  socket.destroy()
}, 60_000)

test('one that reads slowly gets all of its answers, in order', async () => {
  const socket = await openUnread()
  socket.write(ask(path).repeat(12) + ask('/v1/nothing'))
  let taken = 0
  let tail = ''
  socket.on('data', (bytes: Buffer) => {
    taken += bytes.length
    tail = (tail + bytes.toString('latin1')).slice(-600)
    socket.pause()
    setTimeout(() => socket.resume(), 10)
  })
  await until(() => tail.includes('not-found'), 25_000)
  expect(taken).toBeGreaterThan(12 * (LARGEST - 4_000))
  socket.destroy()
})

// More than are kept of what was read ahead: the rest is not read before it has its turn.
test('6,000 requests at once on one connection: all are answered', async () => {
  const socket = await openUnread()
  let answered = 0
  socket.on('data', (bytes: Buffer) => (answered += bytes.toString('latin1').split('"code":"not-found"').length - 1))
  for (let at = 0; at < 60; at += 1) socket.write(ask('/v1/nothing').repeat(100))
  // One whose answer lay across two pieces was not seen.
  await until(() => answered > 5_500, 25_000)
  expect(await reached('pipelined')).toBe(0)
  expect(socket.destroyed).toBe(false)
  socket.destroy()
})

test('120,000 that wait on sixty connections: few of each are read, and no more kept of all than may be', async () => {
  const sockets = await Promise.all(Array.from({ length: 60 }, openUnread))
  for (const socket of sockets) socket.write(ask('/v1/receipts?wait=30').repeat(4) + ask('/v1/inbox').repeat(2_000))
  await until(async () => (await reached('pipelined')) > 0, 20_000)
  expect((await rys.get('/v1/inbox')).status).toBe(200)
  for (const socket of sockets) socket.destroy()
})
