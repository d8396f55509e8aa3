import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openBrowserClient } from '../../sdk/browser.ts'
import { type Draft, PasserelleProblem, SdkFault, verifyAcknowledgement } from '../../sdk/index.ts'
import { digestOf } from '../../sdk/keys.ts'
import { answer, cut, lines, parties, play, problem, type Step } from './sdk-gateway.ts'
import { directoryOf, envelope } from './sdk-parties.ts'

/** The gateway of these tests looks at no body. */
const draftOf = (more: object = {}): Draft => {
  const { id: _, schemaVersion: __, ...draft } = { ...envelope, ...more }
  return draft as unknown as Draft
}
const acceptedBody = { messageId: envelope.id, state: 'accepted', receipt: 'r' }

const tables: Readonly<Record<string, object>> = {
  '/schemas/disclosure.json': {
    rows: [
      {
        type: 'information-request',
        to: 'referrer',
        title: { en: 'no place', fr: 'aucun lieu' },
        members: ['/body/relative/place'],
      },
    ],
  },
  '/schemas/pathway.json': { rows: [{ type: 'information-request', from: 'any', to: 'any' }] },
}
/** The tables and the directory where they are asked for, and for all else a step. */
const gateway =
  (step: Step): Step =>
  (request, response) => {
    const { url = '' } = request
    if (url === '/v1/agencies') void parties.then((each) => answer(200, directoryOf(each))(request, response))
    else (tables[url] === undefined ? step : answer(200, tables[url]))(request, response)
  }

/** A feed of six receipts, two a page. */
const pages: Step = (request, response) => {
  const after = Number(new URL(request.url ?? '', 'https://x').searchParams.get('after') ?? 0)
  const receipts = after < 6 ? [after + 1, after + 2].map((n) => ({ cursor: String(n), receipt: `r${n}` })) : []
  response.end(JSON.stringify({ receipts, next: String(after < 6 ? after + 2 : after) }))
}

describe.each(lines)('over %s', (_, play) => {
  describe('submitting', () => {
    test('sends the same bytes again after cuts, 429, 503 and 5xx until they are accepted', async () => {
      const steps = [
        cut,
        problem(503, 'unavailable'),
        problem(429, 'rate-limited', { 'retry-after': '0' }),
        answer(502, {}),
        answer(202, acceptedBody),
      ]
      const { client, seen } = await play(steps)
      expect(await client.submit('a.b.c')).toEqual({ ...acceptedBody, replayed: false })
      expect(seen).toEqual(Array(5).fill('a.b.c'))
    })

    test('takes a replay as accepted', async () => {
      const { client } = await play([cut, answer(200, acceptedBody, { 'idempotent-replayed': 'true' })])
      expect(await client.submit('a.b.c')).toEqual({ ...acceptedBody, replayed: true })
    })

    test('waits as long as Retry-After says', async () => {
      const slept: number[] = []
      const sleep = async (ms: number): Promise<void> => void slept.push(ms)
      const steps = [problem(503, 'unavailable', { 'retry-after': '3' }), answer(202, acceptedBody)]
      const { client } = await play(steps, { sleep })
      await client.submit('a.b.c')
      expect(slept).toEqual([3000])
    })

    test('gives up at once where Retry-After is beyond its patience, and says what the gateway said', async () => {
      const { client, seen } = await play([problem(429, 'rate-limited', { 'retry-after': '3600' })])
      await expect(client.submit('a.b.c')).rejects.toMatchObject({ code: 'rate-limited', status: 429 })
      expect(seen).toHaveLength(1)
    })

    test('throws a refusal with its receipt, and does not repeat it', async () => {
      const { client, seen } = await play([problem(409, 'pathway-violation')])
      const refusal = await client.submit('a.b.c').catch((error: unknown) => error)
      expect(refusal).toBeInstanceOf(PasserelleProblem)
      expect(refusal).toMatchObject({ code: 'pathway-violation', status: 409, receipt: 'r', requestId: 'q' })
      expect(seen).toHaveLength(1)
    })

    test('send says the newest release, or the one that the draft names', async () => {
      const draft = draftOf()
      const { releases } = JSON.parse(
        await readFile(join(import.meta.dirname, '../../schemas/catalogue.json'), 'utf8'),
      ) as { releases: { version: string; status: string }[] }
      for (const named of [undefined, '1.0']) {
        const { client } = await play([gateway(answer(202, acceptedBody))])
        const sent = await client.send({ ...draft, ...(named !== undefined && { schemaVersion: named }) })
        const current = releases.find(({ status }) => status === 'current')?.version
        expect(sent.envelope.schemaVersion, 'NEWEST_RELEASE of sdk/calls.ts').toBe(named ?? current)
      }
    })

    test('what send throws holds what was signed, to be submitted again', async () => {
      const draft = draftOf()
      const patience = { giveUpAfterMs: 20, attemptMs: 1000, firstDelayMs: 5 }
      for (const step of [cut, problem(422, 'schema-violation')]) {
        const { client, seen } = await play([gateway(step)], { patience })
        const fault = await client.send(draft).catch((error: unknown) => error)
        if (!(fault instanceof SdkFault || fault instanceof PasserelleProblem)) throw new Error('it was sent')
        expect(fault.sent?.envelope).toMatchObject(draft)
        expect(fault.sent?.message).toBe(seen.find((body) => body !== ''))
      }
    })

    test('what the recipient is not told is not sent, and nothing has left', async () => {
      const draft = draftOf({ body: { relative: { place: { country: 'GRC' } } }, to: 'fr-rys' })
      const { client, seen, urls } = await play([gateway(answer(202, acceptedBody))])
      const fault: unknown = await client.send(draft).catch((error: unknown) => error)
      expect(fault).toBeInstanceOf(SdkFault)
      expect(fault).toMatchObject({
        code: 'not-to-be-told',
        errors: [{ pointer: '/body/relative/place', message: 'no place' }],
      })
      expect(fault).toHaveProperty('sent', undefined)
      expect(seen.join('')).toBe('')
      await client.send(draftOf({ to: 'fr-rys', body: {} }))
      expect(urls.filter((url) => url === '/schemas/disclosure.json')).toHaveLength(1)
    })

    test('many that are sent at once read the rules once, and one that is aborted ends no other', async () => {
      const draft = draftOf({ body: {} })
      const { client, urls } = await play([gateway(answer(202, acceptedBody))])
      const stop = new AbortController()
      const first = client.send(draft, { signal: stop.signal })
      const others = Array.from({ length: 8 }, () => client.send(draft))
      stop.abort(new Error('enough'))
      await expect(first).rejects.toThrow('enough')
      await Promise.all(others)
      expect(urls.filter((url) => url === '/schemas/disclosure.json')).toHaveLength(1)
      expect(urls.filter((url) => url === '/v1/agencies')).toHaveLength(1)
    })

    test('where the rules cannot be had, nothing is known of the message', async () => {
      const draft = draftOf()
      const { client, seen } = await play([problem(403, 'unknown-agency')])
      const fault: unknown = await client.send(draft).catch((error: unknown) => error)
      expect(fault).toMatchObject({ code: 'unknown-agency', sent: { envelope: draft } })
      expect(seen.join('')).toBe('')
    })

    test('does not wait for ever for an answer', async () => {
      const { client, seen } = await play([() => undefined], {
        patience: { attemptMs: 60, giveUpAfterMs: 600, firstDelayMs: 1 },
      })
      await expect(client.submit('a.b.c')).rejects.toMatchObject({ code: 'unreachable' })
      expect(seen.length).toBeGreaterThan(1)
    })

    test('ends when it is aborted, and when the client is closed', async () => {
      const { client } = await play([() => undefined])
      const stop = new AbortController()
      const aborted = client.submit('a.b.c', { signal: stop.signal })
      stop.abort(new Error('enough'))
      await expect(aborted).rejects.toThrow('enough')
      const closed = expect(client.submit('a.b.c')).rejects.toBeInstanceOf(SdkFault)
      await client.close()
      await closed
    })

    test('does not take an answer of another form for an acceptance', async () => {
      const { client } = await play([answer(202, { messageId: envelope.id })])
      await expect(client.submit('a.b.c')).rejects.toMatchObject({ code: 'unexpected-answer' })
    })
  })

  describe('receiving', () => {
    test('acknowledges exactly the bytes that were read, with the recipient’s own signature', async () => {
      const bytes = 'x.y.z'
      const steps: Step[] = [
        (_, response) => void response.end(bytes),
        answer(200, { messageId: envelope.id, state: 'handed-over', receipt: 'r' }),
      ]
      const { client, seen, urls } = await play(steps)
      const received = await client.read({ from: 'gb-ctac', messageId: envelope.id })
      expect(Buffer.from(received.bytes).toString()).toBe(bytes)
      expect(await client.acknowledge(received, 'refused', { reason: 'wrong-area' })).toMatchObject({
        state: 'handed-over',
      })
      expect(urls).toEqual([`/v1/inbox/gb-ctac/${envelope.id}`, `/v1/inbox/gb-ctac/${envelope.id}/acknowledgement`])
      const [rys] = await parties
      const expected = { by: 'fr-rys', messageId: envelope.id, messageDigest: digestOf(bytes) }
      const signed = await verifyAcknowledgement(seen[1] ?? '', directoryOf([rys]), expected)
      expect(signed).toMatchObject({ outcome: 'refused', reason: { code: 'wrong-area' } })
    })

    test('follows the feed through faults, skipping and repeating nothing, until it is aborted', async () => {
      const { client, urls } = await play([pages, cut, problem(503, 'unavailable'), pages])
      const stop = new AbortController()
      const seen: string[] = []
      const following = (async () => {
        for await (const { receipt } of client.followReceipts({ signal: stop.signal })) {
          seen.push(receipt)
          if (seen.length === 6) stop.abort()
        }
      })()
      await expect(following).rejects.toThrow()
      expect(seen).toEqual(['r1', 'r2', 'r3', 'r4', 'r5', 'r6'])
      expect(urls[0]).toBe('/v1/receipts?wait=30')
    })

    test('passes on that its certificate will expire', async () => {
      const notices: string[] = []
      const step = answer(200, { messages: [] }, { 'passerelle-certificate-expires': 'tls 2026-06-01T00:00:00Z' })
      const { client, urls } = await play([step], { onExpiry: (notice) => notices.push(notice) })
      await client.inbox({ limit: 5, desk: 'duty', wait: 0 })
      expect(notices).toEqual(['tls 2026-06-01T00:00:00Z'])
      expect(urls).toEqual(['/v1/inbox?limit=5&desk=duty&wait=0'])
    })
  })

  test('an id is one part of a path, whatever it holds', async () => {
    const { client, urls } = await play([problem(404, 'not-found')])
    for (const call of [client.status('../inbox?'), client.case('a/b')])
      await expect(call).rejects.toMatchObject({ code: 'not-found' })
    expect(urls.toSorted()).toEqual(['/v1/cases/a%2Fb', '/v1/messages/..%2Finbox%3F'])
  })

  test('a pause between attempts ends with the client, or with the call’s signal and its reason', async () => {
    const { client, seen } = await play([problem(503, 'unavailable', { 'retry-after': '3' })])
    const stop = new AbortController()
    const aborted = expect(client.submit('a.b.c', { signal: stop.signal })).rejects.toThrow('enough')
    const closed = expect(client.submit('a.b.c')).rejects.toMatchObject({ code: 'unreachable' })
    await expect.poll(() => seen.length).toBe(2)
    await new Promise(setImmediate)
    stop.abort(new Error('enough'))
    await aborted
    await client.close()
    await closed
  })
})

test('trusts only the anchors that it was given, and does not try again', async () => {
  const [rys] = await parties
  const { client, seen } = await play([answer(202, acceptedBody)], { ca: rys.certificate })
  await expect(client.submit('a.b.c')).rejects.toMatchObject({ code: 'unreachable' })
  expect(seen).toHaveLength(0)
})

test('what is to be signed takes a key', async () => {
  const client = openBrowserClient({ url: 'http://localhost:1' })
  const received = { from: 'gb-ctac', id: envelope.id, bytes: new Uint8Array() }
  await expect(client.acknowledge(received, 'accepted')).rejects.toMatchObject({ code: 'key-missing' })
  await expect(client.send(draftOf())).rejects.toMatchObject({ code: 'key-missing' })
})
