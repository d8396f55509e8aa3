import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'
import pg from 'pg'
import { expect, test } from 'vitest'
import { compileSchemas } from '../../gateway/protocol/schemas.ts'
import { createRing } from '../support/ring.ts'
import { openVault } from '../../gateway/record/vault.ts'
import { loadSchemaFolder } from '../../gateway/exchange/schema-folder.ts'
import { type Envelope, signAcknowledgement, signEnvelope } from '../../sdk/index.ts'
import { makeEnvelope, openAgency, type TestAgency } from '../support/agency.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { listInbox } from '../support/load.ts'
import { filesWith, formsOf, makeMark, markTexts, occurs } from '../support/marks.ts'
import { ask, askOperations } from '../support/operations.ts'
import { pushTo, startPushEndpoint } from '../support/push-agency.ts'
import { startRedis } from '../support/redis.ts'

const [KENT, CROYDON, HOME] = ['gb-la-e10000016', 'gb-la-e09000008', 'gb-home-office'] as const
const SENT = [
  ['referral', 'fr-rys', 'gb-ctac'],
  ['missing-notification', 'fr-rys', 'gb-ctac'],
  ['information-request', 'fr-rys', 'gb-ctac'],
  ['status-check-request', 'gb-ctac', HOME],
  ['assessment-referral', 'gb-ctac', KENT],
  ['safeguarding-information', 'gb-ctac', KENT],
  ['family-link', 'gb-ctac', CROYDON],
] as const

const schemas = compileSchemas(await loadSchemaFolder(fileURLToPath(new URL('../../schemas', import.meta.url))))

test('the search finds a word in every form that it knows, in a folder below another', async () => {
  const mark = makeMark()
  for (const before of ['', 'a', 'ab']) {
    expect(occurs(mark, Buffer.from(`${before}${mark} and more`).toString('base64url'))).toBe(true)
    expect(occurs(mark, Buffer.from(`${before}${mark} and more`).toString('base64'))).toBe(true)
  }
  expect(occurs(mark, makeMark())).toBe(false)
})

test.each(['PostgreSQL', 'Redis'])(
  'what a message says is nowhere but with its two parties, with the queue on %s',
  async (queue) => {
    await using stack = new AsyncDisposableStack()
    const redis = queue === 'Redis' ? stack.use(await startRedis()) : undefined
    const gateway = stack.use(await startGateway({ DATABASE_URL: '', ...(redis && { REDIS_URL: redis.url }) }))
    const agency = async (id: string) => stack.use(await openAgency(gateway, id))
    const [rys, ctac, kent, home] = [
      await agency('fr-rys'),
      await agency('gb-ctac'),
      await agency(KENT),
      await agency(HOME),
    ]
    const mark = makeMark()
    const answers: string[] = []
    const told = async (answer: Promise<{ text: string }>) => void answers.push((await answer).text)

    // Kent's endpoint fails once and takes it then; Croydon's refuses for good. Both repeat what they were sent.
    const failed = new Set<unknown>()
    const failing = stack.use(
      await startPushEndpoint(gateway, KENT, ({ headers }, response, body) => {
        const id = headers['passerelle-message-id']
        response.writeHead(failed.has(id) ? 200 : 503, { 'content-type': 'application/jose' }).end(body)
        failed.add(id)
      }),
    )
    const refusing = stack.use(
      await startPushEndpoint(gateway, CROYDON, (_request, response, body) => response.writeHead(400).end(body)),
    )
    const deliveries: Record<string, object | undefined> = {
      [KENT]: await pushTo(gateway, failing),
      [CROYDON]: await pushTo(gateway, refusing),
    }
    await gateway.changeRegistry(({ agencies }) => {
      for (const one of agencies) Object.assign(one, { delivery: { ...one.delivery, ...deliveries[one.id] } })
    })

    const envelopes: Envelope[] = []
    const senders = { 'fr-rys': rys, 'gb-ctac': ctac }
    for (const [type, from, to] of SENT) {
      const plain = makeEnvelope(type, from, to)
      const { body, pointers } = markTexts(schemas, type, plain.body, mark)
      expect(pointers.length, `${type} has free texts`).toBeGreaterThan(0)
      const envelope = { ...plain, body } as Envelope
      await senders[from].client.submit(await signEnvelope(envelope, senders[from].signer, new Date()))
      envelopes.push(envelope)
    }
    const stateOf = async ({ from, id }: Envelope) =>
      (await senders[from as keyof typeof senders].client.status(id)).state
    const settled = (state: string) => ['consigned', 'dead-lettered'].includes(state)
    for (const envelope of envelopes) await until(async () => settled(await stateOf(envelope)))

    // Its recipient reads it, word for word, and answers.
    for (const entry of await listInbox(ctac)) {
      const received = await ctac.client.read(entry)
      expect(occurs(mark, received.bytes)).toBe(true)
      await ctac.client.acknowledge(received, 'accepted')
    }
    const [atHome] = await listInbox(home)
    if (atHome === undefined) throw new Error('nothing came')
    await home.client.acknowledge(await home.client.read(atHome), 'refused', { reason: 'wrong-child' })

    // Refusals, of all kinds, of what is full of it.
    const submit = (as: TestAgency, body: string) =>
      ask(gateway.pki.folder, `${gateway.url}/v1/messages`, {
        as: `agencies/${as.id}`,
        body,
        contentType: 'application/jose',
      })
    const refused = async (change: (envelope: Envelope) => object) => {
      const envelope = { ...structuredClone(envelopes[0]), id: crypto.randomUUID() } as Envelope
      const answer = await submit(rys, await signEnvelope(change(envelope) as Envelope, rys.signer, new Date()))
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.status).toBeLessThan(500)
      answers.push(answer.text)
    }
    await refused((envelope) => ({ ...envelope, body: { ...envelope.body, child: mark, purpose: mark } }))
    await refused((envelope) => ({ ...envelope, type: mark }))
    await refused((envelope) => ({ ...envelope, priority: mark, caseId: mark, respondBy: mark }))
    await refused((envelope) => ({ ...envelope, inReplyTo: crypto.randomUUID() }))
    await refused((envelope) => ({ ...envelope, to: 'gb-nobody' }))
    const [first] = envelopes
    if (first === undefined) throw new Error('nothing was sent')
    const good = await signEnvelope(first, rys.signer, new Date())
    const parts = good.split('.')
    for (const bytes of [
      [parts[0], Buffer.from(`{"${mark}": ${mark}`).toString('base64url'), parts[2]].join('.'),
      [Buffer.from(`{"alg":"${mark}","typ":"${mark}"}`).toString('base64url'), parts[1], parts[2]].join('.'),
      [parts[0], parts[1], 'AAAA'].join('.'),
      `${mark}.${mark}`,
    ])
      await told(submit(rys, bytes))
    await told(submit(kent, good))
    const acknowledgement = { messageId: first.id, messageDigest: mark, at: mark, outcome: 'accepted' as const }
    const path = `${gateway.url}/v1/inbox/fr-rys/${first.id}/acknowledgement`
    const body = await signAcknowledgement(acknowledgement, ctac.signer, new Date())
    await told(ask(gateway.pki.folder, path, { as: 'agencies/gb-ctac', body, contentType: 'application/jose' }))

    // A dead letter is put back; why is the operators' own affair.
    const why = makeMark()
    const dead = envelopes.find(({ to }) => to === CROYDON)
    const act = { operator: 'duty' as const, body: { reason: `told by telephone: ${why}` } }
    expect((await askOperations(gateway, `/api/messages/gb-ctac/${dead?.id}/retry`, act)).status).toBe(200)
    if (dead) await until(async () => (await stateOf(dead)) === 'dead-lettered')

    // What anybody else is answered, operators included.
    const asked = ['/v1/inbox', '/v1/receipts', `/v1/cases/${first.caseId}`, `/v1/messages/${first.id}`, '/v1/agencies']
    for (const as of ['fr-dep-62', CROYDON])
      for (const path of [...asked, `/v1/inbox/fr-rys/${first.id}`, `/v1/messages/${mark}`])
        await told(ask(gateway.pki.folder, `${gateway.url}${path}`, { as: `agencies/${as}` }))
    for (const as of ['fr-rys', 'gb-ctac'])
      for (const path of asked) await told(ask(gateway.pki.folder, `${gateway.url}${path}`, { as: `agencies/${as}` }))
    for (const path of ['/metrics', '/health/ready', '/openapi.json', '/api/messages?limit=100'])
      await told(askOperations(gateway, path, { operator: 'duty' }))
    for (const { from, id } of envelopes)
      await told(askOperations(gateway, `/api/messages/${from}/${id}`, { operator: 'duty' }))
    expect(answers.length).toBeGreaterThan(30)
    for (const text of answers)
      expect(occurs(mark, unwrap(text)) || occurs(why, unwrap(text)), text.slice(0, 300)).toBe(false)

    await checkRest(gateway, [mark, why], first)
    if (redis) {
      const console = new Redis(redis.url)
      await console.save()
      console.disconnect()
      for (const word of [mark, why]) expect(filesWith(word, redis.folder)).toEqual([])
    }
    expect(await gateway.process.stop()).toBe(0)
    for (const word of [mark, why]) {
      expect(filesWith(word, gateway.data)).toEqual([])
      expect(occurs(word, gateway.process.stderr()) || occurs(word, gateway.process.stdout())).toBe(false)
    }
  },
  90_000,
)

/** An answer may carry receipts: what they say counts as well. */
function unwrap(text: string): string {
  return `${text}\n${[...text.matchAll(/[\w-]{16,}(?=[."])/g)].map(([part]) => Buffer.from(part, 'base64url').toString()).join('\n')}`
}

/** Looks through all files and processes, and shows that it would have found something there. */
async function checkRest(
  gateway: TestGateway,
  words: readonly string[],
  { from, id, caseId }: Envelope,
): Promise<void> {
  const postmaster = readFileSync(join(gateway.data, 'postgres/postmaster.pid'), 'utf8').split('\n')
  const record = new pg.Client({ host: postmaster[4], user: 'passerelle', database: 'passerelle' })
  await record.connect()
  try {
    const planted = makeMark()
    await record.query('create table planted as select $1::text as word', [planted])
    await record.query('checkpoint')
    const found = filesWith(planted, gateway.data)
    expect(
      found.some((file) => file.includes('/base/')),
      'what PostgreSQL holds would be found',
    ).toBe(true)
    expect(
      found.some((file) => file.includes('/pg_wal/')),
      'in the write-ahead log too',
    ).toBe(true)
    await record.query('drop table planted')

    // What was sealed is there, and only the data key opens it.
    const { rows } = await record.query<{ sealed: Buffer; wrapped: Buffer }>(
      'select sealed, wrapped from message join case_key using (case_id) where sender = $1 and id = $2',
      [from, id],
    )
    const [content] = rows
    if (content === undefined) throw new Error('the message is not in the record')
    const vault = openVault(createRing([Buffer.from(readFileSync(join(gateway.data, 'data.key'), 'utf8'), 'base64')]))
    const bytes = vault.open({ sender: from, id, case_id: caseId }, content.sealed, content.wrapped)
    expect(occurs(words[0] ?? '', bytes)).toBe(true)
  } finally {
    await record.end()
  }
  const file = join(gateway.data, 'planted')
  for (const form of formsOf(words[0] ?? '')) {
    writeFileSync(file, Buffer.concat([Buffer.alloc(100_001), form, Buffer.alloc(99)]))
    expect(filesWith(words[0] ?? '', gateway.data)).toEqual([file])
  }
  writeFileSync(file, '')
  for (const word of words) {
    expect(filesWith(word, gateway.data)).toEqual([])
    for (const pid of [gateway.process.pid, Number(postmaster[0])])
      for (const name of ['environ', 'cmdline']) expect(occurs(word, readFileSync(`/proc/${pid}/${name}`))).toBe(false)
  }
}
