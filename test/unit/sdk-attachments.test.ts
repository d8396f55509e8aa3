import { createHash, randomBytes } from 'node:crypto'
import { openAsBlob } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { PasserelleProblem, SdkFault } from '../../sdk/index.ts'
import { temporaryFolder } from '../support/folder.ts'
import { answer, cut, lines, problem, type Step } from './sdk-gateway.ts'

/** Attachments by stream (protocol section 9), against a gateway whose line breaks. */

const bytes = randomBytes(300_000)
const digest = `sha-256:${createHash('sha256').update(bytes).digest('base64url')}`
const path = `/v1/attachments/${digest.slice(8)}`
const about = { name: 'hospital.pdf', description: 'Hospital papers' }
const named = { digest, mediaType: 'application/pdf', size: bytes.length, ...about }
const message = { from: 'fr-rys', id: '0192e4a0-0000-7000-8000-000000000000' }
const pdf = new Blob([bytes], { type: 'application/pdf' })

/** Answers as RFC 9110 says, of these bytes, and cuts the line behind so many more. */
const serve =
  (content: Buffer, cutAfter = Infinity): Step =>
  (request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const rest = content.subarray(from)
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': rest.length,
      ...(from > 0 && { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }),
    })
    if (rest.length <= cutAfter) response.end(rest)
    else response.write(rest.subarray(0, cutAfter), () => setImmediate(() => request.socket.destroy()))
  }

describe.each(lines)('over %s', (_, play) => {
  test('a file is put under its digest, with progress; the envelope is given what it must say of it', async () => {
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'hospital.pdf')
    await writeFile(file, bytes)
    const { client, seen, urls } = await play([answer(201, {})])
    const told: number[] = []
    const content = await openAsBlob(file, { type: 'application/pdf' })
    expect(await client.attach(content, { ...about, onProgress: (sent) => told.push(sent) })).toEqual(named)
    expect(urls).toEqual([path])
    expect(Buffer.from(seen[0] ?? '', 'latin1').equals(bytes)).toBe(true)
    expect(told.at(-1)).toBe(bytes.length)
    expect(told).toEqual(told.toSorted((a, b) => a - b))
  })

  test('where the line breaks, the same bytes go out again from their beginning', async () => {
    const { client, seen } = await play([cut, problem(503, 'unavailable', { 'retry-after': '0' }), answer(200, {})])
    expect(await client.attach(pdf, about)).toEqual(named)
    expect(seen.map((one) => one.length)).toEqual([bytes.length, bytes.length, bytes.length])
  })

  test('a refusal is a refusal', async () => {
    const { client } = await play([problem(422, 'attachment-infected')])
    const fault = await client.attach(pdf, about).catch((error: unknown) => error)
    expect(fault).toBeInstanceOf(PasserelleProblem)
    expect(fault).toMatchObject({ code: 'attachment-infected' })
  })

  test('an attachment is read to its end, and goes on where the line broke', async () => {
    const { client, urls } = await play([serve(bytes, 100_000), serve(bytes, 70_000), serve(bytes)])
    const told: number[] = []
    const read = await buffer(client.attachment(message, named, { onProgress: (got) => told.push(got) }))
    expect(read.equals(bytes)).toBe(true)
    expect(urls).toEqual(
      Array.from({ length: 3 }, () => `/v1/inbox/fr-rys/${message.id}/attachments/${digest.slice(8)}`),
    )
    expect(told.at(-1)).toBe(bytes.length)
  })

  const changed = Buffer.from(bytes)
  changed[7] = (changed[7] ?? 0) ^ 1
  test.each<[string, Step, string]>([
    ['other bytes', serve(changed), 'not-as-expected'],
    ['fewer bytes', serve(bytes.subarray(0, 1000)), 'not-as-expected'],
    ['more bytes', serve(Buffer.concat([bytes, bytes])), 'not-as-expected'],
    ['a line that breaks before the first byte of each attempt', serve(bytes, 0), 'unreachable'],
  ])('%s are no attachment', async (_, step, code) => {
    const { client } = await play([step])
    const fault = await buffer(client.attachment(message, named)).catch((error: unknown) => error)
    expect(fault).toBeInstanceOf(SdkFault)
    expect(fault).toMatchObject({ code })
  })

  test('a gateway that begins anew where it was asked to go on is not believed', async () => {
    const whole: Step = (request, response) => {
      delete request.headers.range
      serve(bytes)(request, response)
    }
    const { client } = await play([serve(bytes, 1000), whole])
    await expect(buffer(client.attachment(message, named))).rejects.toMatchObject({ code: 'unexpected-answer' })
  })

  test('what stands still is ended after an attempt’s time, what goes on is not', async () => {
    const silent: Step = () => undefined
    const slow: Step = (_, response) => {
      response.writeHead(200, { 'content-length': bytes.length })
      const half = bytes.length / 2
      response.write(bytes.subarray(0, half))
      setTimeout(() => response.end(bytes.subarray(half)), 150)
    }
    const patience = { giveUpAfterMs: 1000, attemptMs: 250, firstDelayMs: 5, longestDelayMs: 20 }
    const { client } = await play([silent, slow], { patience })
    expect((await buffer(client.attachment(message, named))).equals(bytes)).toBe(true)
  })

  test('it ends where its signal says so', async () => {
    const { client } = await play([() => undefined])
    const stop = new AbortController()
    const reading = buffer(client.attachment(message, named, { signal: stop.signal }))
    stop.abort(new Error('no longer wanted'))
    await expect(reading).rejects.toThrow('no longer wanted')
  })
})
