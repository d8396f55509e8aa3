import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Issued, issue, makeRoot, toPem } from '../../certs-dev/pki.ts'
import { openNotifier } from '../../gateway/delivery/mail.ts'
import { openNotifying } from '../../gateway/delivery/notifications.ts'
import { testWaysOnce } from '../../gateway/delivery/ways.ts'
import type { Registry } from '../../gateway/identity/registry.ts'
import { openActs } from '../../gateway/operations/perform.ts'
import { mailTroubles, noteMail } from '../../gateway/record/mail-troubles.ts'
import { lastWayTest } from '../../gateway/record/way-tests.ts'
import { answerWith } from '../support/endpoint.ts'
import { readMail } from '../support/mail.ts'
import { startMailServer } from '../support/mail-server.ts'
import type { TestParts } from '../support/parts.ts'
import { freePort } from '../support/port.ts'
import { at, openPushing, type Pushing } from '../support/pushing.ts'
import { quiet } from '../support/quiet.ts'
import { MINUTE, setStage } from '../support/stage.ts'

const KENT = 'gb-la-e10000016'
const stage = setStage()
let pushing: Pushing
let tls: Issued
beforeAll(async () => {
  pushing = await openPushing()
  const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) }
  tls = await issue(await makeRoot('CN=mail root', validity), { subject: 'CN=localhost', validity, use: 'tls' })
})
afterEach(() => pushing.reset())
afterAll(() => pushing.close())

const decision = { operator: { id: 'duty', name: 'Duty', role: 'act' }, reason: 'Its mail server was moved' } as const
const ask = (parts: TestParts) =>
  openActs({ ...parts, enqueue: () => undefined }).onAgency('test-notification', KENT, decision)

/** The registry, with other ways to Kent. */
function withWays(parts: TestParts, delivery: object, ...desks: readonly object[]): () => Registry {
  const registry = parts.registry()
  const kent = registry.agencies.get(KENT)
  const changed = { ...kent, delivery, desks: desks.map((one, place) => ({ id: `desk-${place}`, delivery: one })) }
  return () => ({ ...registry, agencies: new Map(registry.agencies).set(KENT, changed as never) })
}

test('a test opens a connection to each endpoint and mails to each address, once, and says nothing of any message', async () => {
  const parts = await stage.open()
  await using mail = await startMailServer(tls)
  const endpoint = await pushing.start(answerWith(204))
  const nobody = await freePort()
  const push = (port: number) => ({ mode: 'push', ...at(`https://127.0.0.1:${port}/in`, pushing.root) })
  const registry = withWays(
    parts,
    { ...push(endpoint.port), notify: { email: 'duty@example.org' } },
    { mode: 'mailbox', notify: { email: 'duty@example.org' } },
    { mode: 'mailbox', notify: { email: 'night@example.org' } },
    push(nobody),
  )
  await using stack = new AsyncDisposableStack()
  const notifier = stack.adopt(openNotifier(`smtp://127.0.0.1:${mail.port}`, quiet), (one) => one.close())
  const needs = {
    ...parts,
    registry,
    notifier,
    pusher: pushing.startPusher(),
    noteMail: async () => undefined,
  }
  expect(await testWaysOnce(needs)).toBe(false)
  expect(await ask(parts)).toEqual({ pending: false, changed: 1 })
  expect(await lastWayTest(parts.database, KENT)).toMatchObject({ operator: 'duty', at: stage.now, results: undefined })
  // Another so soon is refused: nobody's mail is to be filled.
  await expect(ask(parts)).rejects.toMatchObject({ code: 'rate-limited' })

  // Two workers that look at once make it once.
  expect((await Promise.all([testWaysOnce(needs), testWaysOnce(needs)])).filter(Boolean)).toHaveLength(1)
  expect((await lastWayTest(parts.database, KENT))?.results).toEqual([
    { way: 'endpoint', detail: 'reached' },
    { way: 'email', detail: 'mailed' },
    { desk: 'desk-1', way: 'email', detail: 'mailed' },
    { desk: 'desk-2', way: 'endpoint', detail: 'connection-refused' },
  ])
  await notifier.close()
  await expect.poll(endpoint.opened).toBe(1)
  expect(endpoint.seen).toEqual([])
  expect(mail.mails.flatMap(({ to }) => to).toSorted()).toEqual(['duty@example.org', 'night@example.org'])
  for (const one of mail.mails) {
    const { header, body } = readMail(one)
    expect(header('Subject')).toBe('[development] Passerelle: test, nothing is waiting / essai, rien ne vous attend')
    expect(body).toMatch(/this is a test/)
    expect(body).toMatch(/ceci est un essai/)
  }

  // An endpoint that takes no certificate of the gateway's is found out, too.
  const strict = await pushing.start(answerWith(204), {
    rejectUnauthorized: true,
    ca: toPem(pushing.stranger.certificate),
  })
  expect(await needs.pusher.reach(push(strict.port))).toBe('connection-lost')

  // A worker that died leaves it to the next, and after a minute one may ask again.
  stage.wait(MINUTE + 1)
  await ask(parts)
  await parts.database.query('update way_test set taken_at = $1', [stage.after(-50_000)])
  expect(await testWaysOnce({ ...needs, registry: withWays(parts, { mode: 'mailbox' }) })).toBe(true)
  expect((await lastWayTest(parts.database, KENT))?.results).toEqual([])
})

test('mails that fail are counted by agency until one goes out', async () => {
  const parts = await stage.open()
  const note = (agency: string, fault: string | undefined) => noteMail(parts.database, agency, fault, stage.now)
  const notifier = openNotifier(`smtp://127.0.0.1:${await freePort()}`, quiet)
  const { tell, close } = openNotifying({ ...parts, notifier, noteMail: note })
  const due = { type: 'referral', respond_by: null }
  const delivery = { mode: 'mailbox', notify: { email: 'duty@example.org' } } as const
  tell({ recipient: KENT, priority: 0 }, [{ delivery, desk: undefined, due }])
  const began = stage.now
  await expect.poll(() => mailTroubles(parts.database)).toHaveLength(1)
  stage.wait(MINUTE)
  await note(KENT, 'mail-refused')
  expect(await mailTroubles(parts.database)).toEqual([
    { agency: KENT, failures: 2, since: began, last: stage.now, detail: 'mail-refused' },
  ])
  await note(KENT, undefined)
  expect(await mailTroubles(parts.database)).toEqual([])
  await close()
  await notifier.close()
})
