import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { reachEmbedded } from '../../gateway/record/embedded/embedded.ts'
import { newId } from '../../sdk/sign.ts'
import { makeEnvelope, openAgency, type TestAgency } from '../support/agency.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { askOperations } from '../support/operations.ts'
import { runProcess } from '../support/process.ts'
import { quiet } from '../support/quiet.ts'
import { filesWith, remember } from '../support/traces.ts'

/** `npm run retention` and `npm run maintenance`, beside a gateway on its embedded record, and without it. */

const RYS = 'fr-rys'
const CTAC = 'gb-ctac'

let gateway: TestGateway
let rys: TestAgency
let ctac: TestAgency

beforeEach(async () => {
  gateway = await startGateway({ DATABASE_URL: '' })
  rys = await openAgency(gateway, RYS)
  ctac = await openAgency(gateway, CTAC)
})
afterEach(async () => {
  for (const one of [rys, ctac, gateway]) await one[Symbol.asyncDispose]()
})

/** The record's address, while the gateway runs. */
const recordUrl = async (): Promise<string> => (await reachEmbedded(gateway.data, quiet)).url

function run(command: string, ...words: string[]) {
  const file = (name: string): string => join(gateway.pki.folder, name)
  return runProcess([`gateway/commands/${command}.ts`, ...words], {
    PASSERELLE_DATA: gateway.data,
    PASSERELLE_AGENCIES: file('agencies.json'),
    PASSERELLE_TRUST: file('trust'),
    PASSERELLE_TLS_CERT: file('gateway/tls.crt'),
    PASSERELLE_TLS_KEY: file('gateway/tls.key'),
    PASSERELLE_SIGNING_CERT: file('gateway/signing.crt'),
    PASSERELLE_SIGNING_KEY: file('gateway/signing.key'),
  })
}

async function closedCase(): Promise<{ caseId: string; messageId: string }> {
  const caseId = newId()
  const sent = await rys.client.send(makeEnvelope('referral', RYS, CTAC, { caseId }))
  const messageId = sent.envelope.id
  await ctac.client.acknowledge(await ctac.client.read({ from: RYS, messageId }), 'accepted')
  const closure = await ctac.client.send(makeEnvelope('case-closure', CTAC, RYS, { caseId }))
  await rys.client.acknowledge(await rys.client.read({ from: CTAC, messageId: closure.envelope.id }), 'accepted')
  return { caseId, messageId }
}

const readsAs = (messageId: string) =>
  ctac.client.read({ from: RYS, messageId }).then(
    () => 'there',
    ({ code }: { code: string }) => code,
  )

test('what is due is told, then done; nothing is where the registry file asks for nothing', async () => {
  const [old, young] = [await closedCase(), await closedCase()]
  expect(await run('retention')).toMatchObject({ code: 0, stdout: expect.stringContaining('sets no retention') })
  const file = join(gateway.pki.folder, 'agencies.json')
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), retention: { contentDays: 30 } }))
  const record = new Client({ connectionString: await recordUrl() })
  await record.connect()
  await record.query(`update message set accepted_at = accepted_at - interval '31 days' where case_id = $1`, [
    old.caseId,
  ])
  await record.end()

  const dry = await run('retention', '--dry-run')
  expect(dry).toMatchObject({ code: 0, stderr: '' })
  expect(dry.stdout.trim().split('\n')).toEqual([
    expect.stringMatching(new RegExp(`^${old.caseId}: 2 messages, 0 attachments, closed \\S+Z, newest \\S+Z$`)),
    '1 cases with 2 messages and 0 attachments would be erased now: closed, and for 30 days nothing new',
  ])
  expect(await readsAs(old.messageId)).toBe('there')
  expect(await run('retention')).toMatchObject({ code: 0, stdout: '1 cases erased\n' })
  expect([await readsAs(old.messageId), await readsAs(young.messageId)]).toEqual(['erased', 'there'])
  expect(await run('retention', '--dry-run')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^0 cases/) })
  expect(await run('retention', '--dryrun')).toMatchObject({ code: 64 })
})

test.each(['beside a gateway that runs', 'where none runs'])(
  'maintenance leaves nothing of what was erased, %s',
  async (how) => {
    const { caseId, messageId } = await closedCase()
    const remembered = await remember(await recordUrl(), [caseId])
    for (const operator of ['duty', 'manager'] as const)
      await askOperations(gateway, `/api/cases/${caseId}/erase`, {
        operator,
        body: { reason: 'Asked for by the court' },
      })
    expect(await readsAs(messageId)).toBe('erased')
    expect(filesWith(gateway.data, remembered)).not.toEqual([])
    const runs = how.startsWith('beside')
    if (!runs) expect(await gateway.process.stop()).toBe(0)

    const done = await run('maintenance')
    expect(done).toMatchObject({ code: 0, stderr: '' })
    expect(done.stdout).toMatch(/what was erased is in no file of the record any more\n$/)
    expect(filesWith(gateway.data, remembered)).toEqual([])
    if (!runs) return
    const sent = await rys.client.send(makeEnvelope('referral', RYS, CTAC, { caseId }))
    expect(await readsAs(sent.envelope.id)).toBe('there')
  },
)

test('of a PostgreSQL of one’s own it says what remains, and where there is no record, that', async () => {
  await using own = await startGateway()
  const told = await runProcess(['gateway/commands/maintenance.ts'], {
    DATABASE_URL: own.databaseUrl,
    PASSERELLE_DATA: own.data,
  })
  expect(told).toMatchObject({ code: 0, stderr: '' })
  expect(told.stdout).toMatch(/message: written anew.*not the gateway's: what was erased may still stand in/s)
  const nowhere = await runProcess(['gateway/commands/maintenance.ts'], { PASSERELLE_DATA: join(own.data, 'none') })
  expect(nowhere.code).toBe(78)
  expect(nowhere.stderr).toMatch(/^passerelle: PASSERELLE_DATA: there is no record/)
})
