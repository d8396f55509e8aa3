import { once } from 'node:events'
import { createServer } from 'node:net'
import { pino } from 'pino'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Issued, issue, makeRoot } from '../../certs-dev/pki.ts'
import { readConfig } from '../../gateway/base/config.ts'
import { openNotifier } from '../../gateway/delivery/mail.ts'
import { openNotifying } from '../../gateway/delivery/notifications.ts'
import { createMetrics } from '../../gateway/base/metrics.ts'
import { readMail } from '../support/mail.ts'
import { type MailServerOptions, startMailServer as startServer } from '../support/mail-server.ts'
import { freePort } from '../support/port.ts'
import { quiet } from '../support/quiet.ts'

let tls: Issued
beforeAll(async () => {
  const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) }
  const root = await makeRoot('CN=mail root', validity)
  tls = await issue(root, { subject: 'CN=localhost', validity, use: 'tls' })
})

const startMailServer = (options?: MailServerOptions) => startServer(tls, options)

const duty = { email: 'duty.desk@example.org' }
const immediate = { priority: 'immediate', environment: 'production' } as const

describe('a notification', () => {
  test('says in both languages that something waits, and of which priority', async () => {
    await using server = await startMailServer()
    const notifier = openNotifier(`smtp://127.0.0.1:${server.port}?from=gateway@example.org`, quiet)
    await notifier.notify(duty, { priority: 'routine', environment: 'test' })
    const desks = [{ en: 'Front door', fr: 'Accueil' }]
    await notifier.notify(duty, { ...immediate, desks, respondBy: new Date('2016-11-14T09:00:00Z') })
    await notifier.close()
    const [routine, now] = server.mails.map((mail) => ({ ...mail, ...readMail(mail) }))
    expect(routine?.to).toEqual(['duty.desk@example.org'])
    expect(routine?.from).toBe('gateway@example.org')
    expect(routine?.header('Subject')).toBe(
      '[test] Passerelle: a routine message is waiting / un message sans urgence vous attend',
    )
    expect(now?.header('Subject')).toBe(
      'Passerelle: an immediate message is waiting / un message à traiter immédiatement vous attend',
    )
    expect(routine?.body).toContain('a routine message is waiting for you. Please open')
    expect(now?.body).toContain(
      'is waiting for you. It waits at: Front door. An answer is wanted by 14 November 2016 at 09:00 (UTC). Please',
    )
    expect(now?.body).toContain(
      'Passerelle : un message à traiter immédiatement vous attend. Service concerné\u00a0: Accueil. Une réponse est attendue avant',
    )
    expect(now?.header('X-Priority')).toBe('1 (Highest)')
    expect(now?.header('Auto-Submitted')).toBe('auto-generated')
    expect(now?.header('X-Mailer')).toBeUndefined()
  })

  test('several share a connection', async () => {
    await using server = await startMailServer()
    const notifier = openNotifier(`smtp://127.0.0.1:${server.port}`, quiet)
    for (let count = 0; count < 4; count++) await notifier.notify(duty, immediate)
    await notifier.close()
    expect(server.mails).toHaveLength(4)
    expect(server.mails[0]?.from).toBe('passerelle@localhost')
    expect(server.connections()).toBe(1)
  })

  test('closing waits for what is under way', async () => {
    await using server = await startMailServer()
    const notifier = openNotifier(`smtp://127.0.0.1:${server.port}`, quiet)
    const sent = [1, 2, 3, 4, 5].map(() => notifier.notify(duty, immediate))
    await notifier.close()
    await Promise.all(sent)
    expect(server.mails).toHaveLength(5)
  })
})

describe('the mail server', () => {
  test('over TLS from the start, with a password', async () => {
    await using server = await startMailServer({ secure: true, wantsUser: true })
    const url = `smtps://user%40example.org:secret@localhost:${server.port}?tls.rejectUnauthorized=false`
    const notifier = openNotifier(url, quiet)
    await notifier.notify(duty, immediate)
    await notifier.close()
    expect(server.mails).toMatchObject([{ secure: true, user: 'user@example.org', from: 'passerelle@localhost' }])
  })

  test('over STARTTLS, with a password', async () => {
    await using server = await startMailServer({ wantsUser: true })
    const notifier = openNotifier(
      `smtp://user:secret@127.0.0.1:${server.port}?requireTLS=true&tls.rejectUnauthorized=false`,
      quiet,
    )
    await notifier.notify(duty, immediate)
    await notifier.close()
    expect(server.mails).toMatchObject([{ secure: true, user: 'user' }])
  })

  test('whose certificate nobody vouches for gets nothing', async () => {
    await using server = await startMailServer({ secure: true })
    const notifier = openNotifier(`smtps://localhost:${server.port}`, quiet)
    await expect(notifier.notify(duty, immediate)).rejects.toThrow(/^mail-/)
    await notifier.close()
    expect(server.mails).toEqual([])
  })

  test('a password goes in the clear to this machine, never to another', async () => {
    const plain = { wantsUser: true, disabledCommands: ['STARTTLS'], allowInsecureAuth: true }
    await using here = await startMailServer(plain)
    const local = openNotifier(`smtp://user:secret@127.0.0.1:${here.port}`, quiet)
    await local.notify(duty, immediate)
    await local.close()
    expect(here.mails).toMatchObject([{ secure: false, user: 'user' }])

    await using elsewhere = await startMailServer({ ...plain, host: '127.0.0.2' }) // stands for another machine
    const remote = openNotifier(`smtp://user:secret@127.0.0.2:${elsewhere.port}`, quiet)
    await expect(remote.notify(duty, immediate)).rejects.toThrow(/^mail-/)
    await remote.close()
    expect(elsewhere.mails).toEqual([])
  })
})

describe('a failure', () => {
  const fail = async (url: string, email = duty.email, timeoutMs?: number) => {
    const notifier = openNotifier(url, quiet, timeoutMs)
    const error = await notifier.notify({ email }, immediate).catch((error: unknown) => error)
    await notifier.close()
    return error
  }

  test('is told in a fixed word that holds no address', async () => {
    await using server = await startMailServer({
      onRcptTo: ({ address }, _session, done) => done(new Error(`unknown mailbox ${address}`)),
    })
    const error = await fail(`smtp://127.0.0.1:${server.port}`)
    expect(error).toMatchObject({ name: 'DeliveryFault', code: 'mail-refused', message: 'mail-refused' })
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('duty.desk')
    expect(error).not.toHaveProperty('cause')
  })

  test('of the password', async () => {
    await using server = await startMailServer({ wantsUser: true })
    const url = `smtp://user:wrong@127.0.0.1:${server.port}?requireTLS=true&tls.rejectUnauthorized=false`
    expect(await fail(url)).toMatchObject({ code: 'mail-authentication-failed' })
  })

  test('of the connection', async () => {
    expect(await fail(`smtp://127.0.0.1:${await freePort()}`)).toMatchObject({ code: 'mail-server-unreachable' })
  })

  test('of a server that never greets is told in time', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const address = silent.address()
    const port = typeof address === 'object' ? address?.port : undefined
    expect(await fail(`smtp://127.0.0.1:${port}`, duty.email, 100)).toMatchObject({ code: 'mail-timeout' })
    silent.close()
  })

  test.each([
    'a@example.org, b@example.org',
    'a@example.org\r\nBcc: b@example.org',
    'Duty <a@example.org>',
    'a@example.org\u0000',
    'nobody',
    `${'a'.repeat(250)}@example.org`,
  ])('of an address that is not one plain address: %j', async (email) => {
    await using server = await startMailServer()
    expect(await fail(`smtp://127.0.0.1:${server.port}`, email)).toMatchObject({ code: 'mail-address-unusable' })
    expect(server.mails).toEqual([])
  })

  test('of the URL comes at once', () => {
    expect(() => openNotifier('http://127.0.0.1', quiet)).toThrow(TypeError)
    expect(() => openNotifier('mail server', quiet)).toThrow(TypeError)
  })
})

describe('without a mail server', () => {
  const lines: string[] = []
  const log = pino({ base: null }, { write: (line: string) => lines.push(line) })

  test('the notification is logged, without whose mailbox it is', async () => {
    const notifier = openNotifier(undefined, log)
    await notifier.notify(duty, immediate)
    await notifier.close()
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      priority: 'immediate',
      environment: 'production',
      domain: 'example.org',
    })
    expect(lines[0]).not.toContain('duty')
  })
})

const referral = { type: 'assessment-referral', respond_by: null }

test('what comes within a minute of a notification is told of once more, at the latest when the process ends', async () => {
  await using server = await startMailServer()
  const notifier = openNotifier(`smtp://127.0.0.1:${server.port}`, quiet)
  const notifying = openNotifying({
    notifier,
    noteMail: async () => undefined,
    metrics: createMetrics(),
    log: quiet,
    config: readConfig({}),
    pathway: new Map(),
    registry: () => ({ agencies: new Map() }),
  })
  const one = { delivery: { mode: 'mailbox', notify: duty }, desk: undefined, due: referral } as const
  for (const priority of [0, 0, 0, 1]) notifying.tell({ recipient: 'fr-rys', priority }, [one, one])
  await expect.poll(() => server.mails.length).toBe(2)
  await notifying.close()
  await notifier.close()
  const named = server.mails.map(
    (mail) =>
      readMail(mail)
        .header('Subject')
        ?.match(/immediate|urgent/)?.[0],
  )
  expect(new Set(named.slice(0, 2))).toEqual(new Set(['immediate', 'urgent']))
  expect(named.slice(2)).toEqual(['immediate'])
})
