/** Tests of the ways to an agency, as operators ask for them: nothing of any message goes out (protocol section 11). */
import { codeOf, type Config, every, type Log } from '../base/base.ts'
import type { Agency, Delivery } from '../protocol/protocol.ts'
import { type Database, endWayTest, takeWayTest, type WayTried } from '../record/record.ts'
import type { Registry } from '../identity/identity.ts'
import type { Notifier } from './mail.ts'
import type { Pusher } from './push.ts'

type Needs = {
  readonly config: Pick<Config, 'environment' | 'pushTimeoutMs'>
  readonly log: Log
  readonly database: Database
  readonly notifier: Notifier
  readonly pusher: Pick<Pusher, 'reach'>
  /** The registry in force now: whoever decides several things by it asks once. */
  readonly registry: () => Registry
  readonly now: () => Date
  /** Notes what came of a mail to an agency. */
  readonly noteMail: (agency: string, detail: string | undefined) => Promise<void>
}

const EVERY_MS = 1_000
/** Beyond the time that an endpoint may take, before another worker believes that this one has died. */
const MARGIN_MS = 30_000

/** Makes the tests that are asked for, one at a time; gives the call that stops it. */
export function startWayTests(needs: Needs): () => Promise<void> {
  return every(
    EVERY_MS,
    async () => void (await testWaysOnce(needs)),
    (error) => needs.log.warn({ err: error }, 'the ways to an agency could not be tested'),
  )
}

/** Makes one test that waits. @returns whether there was one */
export async function testWaysOnce(needs: Needs): Promise<boolean> {
  const { database, registry, config, now } = needs
  const at = now()
  const asked = await takeWayTest(database, at, new Date(at.getTime() - config.pushTimeoutMs - MARGIN_MS))
  if (asked === undefined) return false
  const agency = registry().agencies.get(asked.agency)
  const results = agency === undefined ? [] : await tryAll(needs, agency)
  await endWayTest(database, asked, results, now())
  return true
}

/** Each endpoint and each address once, at the desk that names it first. */
async function tryAll(needs: Needs, agency: Agency): Promise<readonly WayTried[]> {
  const places: { desk?: string; delivery: Delivery }[] = [
    { delivery: agency.delivery },
    ...agency.desks.map(({ id, delivery }) => ({ desk: id, delivery })),
  ]
  const tried = new Map<string, Promise<WayTried>>()
  for (const { desk, delivery } of places) {
    const at = desk === undefined ? {} : { desk }
    if (delivery.mode === 'push' && !tried.has(delivery.url))
      tried.set(
        delivery.url,
        needs.pusher.reach(delivery).then((detail) => ({ ...at, way: 'endpoint', detail })),
      )
    const email = delivery.notify?.email
    if (email !== undefined && !tried.has(email))
      tried.set(
        email,
        mailTo(needs, agency.id, email).then((detail) => ({ ...at, way: 'email', detail })),
      )
  }
  return await Promise.all(tried.values())
}

async function mailTo({ notifier, config, noteMail }: Needs, agency: string, email: string): Promise<string> {
  if (!notifier.mails) return 'no-mail-server'
  const fault = await notifier.test({ email }, config).then(
    () => undefined,
    (error: unknown) => codeOf(error, 'mail-failed'),
  )
  await noteMail(agency, fault)
  return fault ?? 'mailed'
}
