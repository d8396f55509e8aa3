import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { issue, makeRoot, toPem } from '../../certs-dev/pki.ts'
import { createReceiver, type Draft, examplesOf, newId } from '../../sdk/index.ts'
import { readdir, readFile } from 'node:fs/promises'
import { temporaryFolder, type TemporaryFolder } from '../support/folder.ts'
import { until } from '../support/gateway.ts'
import { runProcess, type RunningProcess, startProcess } from '../support/process.ts'
import { type Partner, sitDown } from '../support/sandbox-partner.ts'

/** The sandbox as a partner meets it: a process, its page's forms, and its gateway by the SDK. */

/** What the agencies wait before they answer: long enough for an order to be seen. */
const PACE = '50'
const LONG = 60_000

let folder: TemporaryFolder
let sandbox: RunningProcess
let page: string
let gateway: string
const partners: Partner[] = []
/** A charity's seat. */
let rys: Partner

const args = (...more: string[]) => ['sandbox/main.ts', '--folder', folder.path, '--pace', PACE, ...more]
async function start(...ports: string[]): Promise<void> {
  sandbox = await startProcess(args(...ports), {}, { ready: /^sandbox ready .*$/m, withinMs: LONG })
  const [, at = '', url = ''] = /page (\S+) gateway (\S+)/.exec(sandbox.ready) ?? []
  page = at
  gateway = url
}

async function sit(id: string): Promise<Partner> {
  const partner = await sitDown(folder.path, gateway, id)
  partners.push(partner)
  return partner
}

/** Submits one of the page's forms, as a script would; a browser is tried in `test/browser`. */
const submit = (form: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  fetch(new URL(`en/${form}`, page), { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual', headers })
const asked = async (form: string, fields?: Record<string, string>): Promise<void> => {
  const answer = await submit(form, fields)
  expect(answer.status, await answer.text()).toBe(303)
}

const question = (to: string, priority: Draft['priority'] = 'routine'): Draft => {
  const [{ body }] = examplesOf('information-request')
  return { type: 'information-request', from: rys.id, to, caseId: newId(), priority, body }
}

beforeAll(async () => {
  folder = await temporaryFolder()
  await start('--port', '0', '--operations-port', '0', '--page-port', '0')
  rys = await sit('fr-rys')
}, LONG * 2)

afterAll(async () => {
  await Promise.all(partners.map((partner) => partner[Symbol.asyncDispose]()))
  await sandbox?.stop()
  await folder?.remove()
})

test('it says at once what to do next, and on every answer that it is a test', async () => {
  await until(() => sandbox.stdout().includes('Next: '))
  expect(sandbox.stdout()).toContain('passerelle configure --gateway https://localhost:')
  expect((await rys.client.wellKnown()).environment).toBe('test')
  expect((await fetch(page)).headers.get('passerelle-environment')).toBe('test')
})

test('the page’s own command connects, typed as it stands', async () => {
  const command = /<code>(curl [^<]+)/.exec(await (await fetch(page)).text())?.[1] ?? ''
  expect(command).toContain('agencies/fr-rys/tls.crt')
  const { stdout } = await promisify(execFile)('sh', ['-c', command])
  expect(JSON.parse(stdout)).toEqual({ messages: [] })
})

describe('a charity’s case', () => {
  test('of a child that is found goes through to its outcome and its closure', async () => {
    const { caseId, id } = await rys.refer('Amina')
    expect(await rys.eventsOf(id, 'ContentHandover')).toEqual([
      'SubmissionAcceptance',
      'ContentConsignment',
      'ContentHandover',
    ])
    const got = await rys.receive(caseId, 'case-closure')
    expect(got.map(({ type }) => type)).toEqual(['outcome', 'case-closure'])
    expect(got[0]).toMatchObject({ inReplyTo: id, body: { outcome: 'in-local-authority-care', final: true } })
    expect(JSON.stringify(got)).not.toMatch(/Kent|e10000016/i)
  })

  test('of a child that is not found ends with an outcome that is not final', async () => {
    const { caseId } = await rys.refer('Layla')
    const [told] = await rys.receive(caseId, 'outcome')
    expect(told?.body).toMatchObject({ outcome: 'not-located', final: false, flagged: true })
  })

  test('whose authority refuses goes to another', async () => {
    const { caseId } = await rys.refer('Dawit')
    const [told] = await rys.receive(caseId, 'outcome')
    expect(told?.body).toMatchObject({ outcome: 'in-local-authority-care' })
  })

  test('whose authority is out of hours waits, says so, and goes on when the desk is opened', async () => {
    const { caseId } = await rys.refer('Farid')
    const [told] = await rys.receive(caseId, 'outcome')
    expect(told?.body).toMatchObject({ outcome: 'being-assessed', final: false })
    await asked('behaviour', { agency: 'gb-la-e06000044', behaviour: 'normal' })
    const [, outcome] = await rys.receive(caseId, 'case-closure')
    expect(outcome?.body).toMatchObject({ outcome: 'in-local-authority-care', supersedes: told?.id })
  })
})

describe.concurrent('each fault, whenever a partner likes', () => {
  test.each([
    ['slow', 2],
    ['busy', 2],
    ['twice', 2],
    ['forged', 1],
  ])('gb-la-%s: taken at the attempt %i, and answered once', async (way, attempts) => {
    const draft = question(`gb-la-${way}`)
    const { envelope } = await rys.client.send(draft)
    const events = await rys.eventsOf(envelope.id, 'ContentConsignment')
    // What a stranger has signed is believed by nobody: the true word comes later.
    if (way === 'forged') expect(events).not.toContain('ContentHandover')
    await rys.eventsOf(envelope.id, 'ContentHandover')
    expect((await rys.client.status(envelope.id)).attempts).toBe(attempts)
    const got = await rys.receive(draft.caseId, 'information-response')
    expect(got).toMatchObject([{ inReplyTo: envelope.id }])
    await sleep(4 * Number(PACE))
    expect((await rys.client.case(draft.caseId)).messages).toHaveLength(2)
  })

  test('refused, and out of hours', async () => {
    const [{ body }] = examplesOf('safeguarding-information')
    const base = { type: 'safeguarding-information', from: rys.id, priority: 'routine', body } as const
    const refused = await rys.client.send({ ...base, to: 'fr-dep-59', caseId: newId() })
    expect(await rys.eventsOf(refused.envelope.id, 'ConsignmentRejection')).not.toContain('ContentHandover')
    const waiting = await rys.client.send({ ...base, to: 'fr-dep-14', caseId: newId() })
    expect(Date.parse(waiting.notBefore ?? '')).toBeGreaterThan(Date.now())
    const urgent = await rys.client.send({ ...base, to: 'fr-dep-14', caseId: newId(), priority: 'immediate' })
    await rys.eventsOf(urgent.envelope.id, 'ContentHandover')
    expect((await rys.client.status(waiting.envelope.id)).state).toBe('accepted')
  })

  test('of any agency, by the page', async () => {
    await asked('behaviour', { agency: 'gb-ctac', behaviour: 'busy' })
    const { id } = await rys.refer('Layla')
    await rys.eventsOf(id, 'ContentHandover')
    expect((await rys.client.status(id)).attempts).toBe(2)
    await asked('behaviour', { agency: 'gb-ctac', behaviour: 'normal' })
  })
})

test('whoever takes a seat plays it: its player stands aside, and comes back', async () => {
  await asked('seat', { agency: 'gb-home-office', take: 'yes' })
  const homeOffice = await sit('gb-home-office')
  const { caseId } = await rys.refer('Amina')
  const [check] = await homeOffice.receive(caseId, 'status-check-request')
  await sleep(4 * Number(PACE))
  expect((await homeOffice.client.case(caseId)).messages).toHaveLength(1)
  const found = examplesOf('status-check-result').find(({ body }) => body.result === 'not-located')
  if (found === undefined || check === undefined) throw new Error('no example of a child who is not found')
  const answer = { type: 'status-check-result', from: homeOffice.id, to: 'gb-ctac', caseId } as const
  await homeOffice.client.send({ ...answer, inReplyTo: check.id, priority: 'urgent', body: found.body })
  const [told] = await rys.receive(caseId, 'outcome')
  expect(told?.body).toMatchObject({ outcome: 'not-located' })
  await asked('seat', { agency: 'gb-home-office', take: 'no' })
  const again = await rys.refer('Bilal')
  expect((await rys.receive(again.caseId, 'outcome'))[0]?.body).toMatchObject({ final: true })
})

test('who refers nobody has a child referred by the page', async () => {
  await asked('seat', { agency: 'gb-la-e10000016', take: 'yes' })
  await asked('refer', { agency: 'fr-dep-62', name: 'Céline' })
  const kent = await sit('gb-la-e10000016')
  await until(() => kent.got.some(({ type }) => type === 'safeguarding-information'))
  await asked('seat', { agency: 'gb-la-e10000016', take: 'no' })
})

test('an endpoint of a partner’s own gets what is for it, and on request twice', async () => {
  const validity = { notBefore: new Date(Date.now() - 3_600_000), notAfter: new Date(Date.now() + 3_600_000) }
  const authority = await makeRoot('CN=partner', validity)
  const { crt: cert, key } = await issue(authority, { subject: 'CN=endpoint', validity, use: 'tls', local: true })
  const taken: string[] = []
  const asks: string[] = []
  const receiver = createReceiver({
    agency: rys.id,
    client: rys.client,
    signer: rys.identity.signer,
    tls: { cert, key },
    ca: await readFile(join(folder.path, 'pki/trust/ca.crt'), 'utf8'),
    take: ({ type }) => {
      taken.push(type)
      return 'accepted'
    },
    memory: {
      get: (key) => {
        asks.push(key)
        return asks.filter((each) => each === key).length > 1 ? 'accepted' : undefined
      },
      set: () => undefined,
    },
  })
  const port = await receiver.listen(0, '127.0.0.1')
  const url = `https://localhost:${port}/`
  await asked('endpoint', { agency: rys.id, url, anchors: toPem(authority.certificate), twice: 'yes' })
  await rys.refer('Layla')
  await until(() => asks.length === 2)
  expect([taken, new Set(asks).size]).toEqual([['outcome'], 1])
  await asked('endpoint', { agency: rys.id, url: '' })
  await receiver.close()
})

test('of the files of this machine the page shows the documentation, and nothing beside it', async () => {
  const site = await fetch(new URL('docs/', page))
  if (site.status !== 200) expect(await site.text()).toContain('npm run docs')
  for (const path of [
    'docs/..%2F..%2F..%2Fpackage.json',
    'docs/%2e%2e/%2e%2e/%2e%2e/package.json',
    'docs/nothing.html',
  ])
    expect((await fetch(new URL(path, page))).status, path).toBe(404)
})

describe('only this machine’s own pages may do anything', () => {
  test.each([
    ['another origin', { origin: 'https://elsewhere.example' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['the same site on another port', { 'sec-fetch-site': 'same-site' }],
  ])('%s is turned away', async (_, headers) => {
    expect((await submit('reset', {}, headers)).status).toBe(403)
  })

  test('what cannot be is refused in words', async () => {
    for (const [form, fields] of [
      ['seat', { agency: 'fr-nobody' }],
      ['behaviour', { agency: 'fr-rys', behaviour: 'slow' }],
      ['behaviour', { agency: 'gb-ctac', behaviour: 'closed' }],
      ['refer', { agency: 'gb-ctac', name: 'Amina' }],
      ['refer', { agency: 'fr-dep-62', name: ' ' }],
      ['endpoint', { agency: 'fr-rys', url: 'http://localhost/', anchors: '' }],
      ['endpoint', { agency: 'gb-ctac', url: '', anchors: '' }],
    ] as const) {
      const answer = await submit(form, fields)
      expect([answer.status, await answer.text()]).toEqual([422, expect.stringContaining('Not done')])
    }
  })
})

test('a second one in the same folder is turned away', async () => {
  const { code, stderr } = await runProcess(args())
  expect([code, stderr]).toEqual([75, expect.stringContaining(page)])
})

test('a port that is taken is named at once, and who is interrupted while starting leaves nothing running', async () => {
  await using other = await temporaryFolder()
  const { port } = new URL(page)
  const elsewhere = ['sandbox/main.ts', '--folder', other.path, '--port', '0', '--operations-port', '0']
  const refused = await runProcess([...elsewhere, '--page-port', port])
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining(`--page-port ${port}`)])
  const begun = await startProcess([...elsewhere, '--page-port', '0'], {}, { ready: /^Starting/m })
  expect(await begun.stop()).toBe(0)
  expect(await readdir(other.path)).not.toContain('lock.json')
})

test('it ends at a signal, and goes on where it was: with its seats, and with what its players had still to say', async () => {
  await asked('seat', { agency: 'gb-la-e09000008', take: 'yes' })
  const { caseId } = await rys.refer('Hamid')
  const ports = [page, gateway].map((url) => new URL(url).port)
  expect(await sandbox.stop()).toBe(0)
  expect(sandbox.stderr()).toBe('')
  await expect(fetch(page)).rejects.toThrow()
  await start('--page-port', ports[0] ?? '', '--port', ports[1] ?? '', '--operations-port', '0')
  const [outcome] = await rys.receive(caseId, 'case-closure')
  expect(outcome?.body).toMatchObject({ outcome: 'in-local-authority-care' })
  expect(await (await fetch(page)).text()).toContain('agencies/gb-la-e09000008')
}, 120_000)

test('a reset, which a terminal asks the page for, forgets all but the certificates', async () => {
  const { caseId } = await rys.refer('Layla')
  const { code, stdout } = await runProcess(args('--reset'))
  expect([code, stdout]).toEqual([0, expect.stringContaining(page)])
  await expect(rys.client.case(caseId)).rejects.toMatchObject({ code: 'not-found' })
  expect(await (await fetch(page)).text()).not.toContain('agencies/gb-la-e09000008')
  const next = await rys.refer('Layla')
  await rys.receive(next.caseId, 'outcome')
  expect(partners.flatMap(({ faults }) => faults)).toEqual([])
}, 120_000)
