import { setTimeout as sleep } from 'node:timers/promises'
import { newId, type Priority, signEnvelope, verifyReceipt } from '../sdk/index.ts'
import { croydon, ctac, homeOffice } from './agencies.ts'
import { envelopeOf } from './compose.ts'
import { closedDesk, dutyTeam } from './desks.ts'
import { type Endpoint, openEndpoint } from './endpoint.ts'
import { startThread } from './thread.ts'
import { atTheWeekend, s7 } from './scenarios/s7.ts'
import { playStep } from './step.ts'
import type { World } from './world.ts'

/** How long the gateway may take to try all twelve while the endpoint is down. */
const OUTAGE_MS = 20_000
const POLL_MS = 50
/** The desk takes no more than this: then what is immediate goes ahead of what waits (section 7). */
const MAX_PER_MINUTE = 600

/** S7: the Home Office's endpoint is down from Friday to Monday, here for some seconds, and the gateway is restarted meanwhile. */
export async function playWeekend(world: World): Promise<void> {
  const { screen } = world
  screen.heading(s7.id, s7.title[screen.language])
  const resume = await world.actor(homeOffice).pause()
  const endpoint = await openEndpoint(world)
  try {
    const delivery = { mode: 'push', url: endpoint.url, trustAnchors: endpoint.ca, maxPerMinute: MAX_PER_MINUTE }
    const restore = await world.changeRegistry({ [homeOffice]: { delivery } })
    await throughWeekend(world, endpoint)
    await restore()
  } finally {
    await endpoint.close()
  }
  resume()
  await playClosedDesk(world)
}

/** Croydon's front door is closed: what is urgent waits, its sender is told at once, and sends it to the duty team. */
async function playClosedDesk(world: World): Promise<void> {
  const { screen } = world
  const restore = await world.changeRegistry({ [croydon]: { desks: [closedDesk(new Date()), dutyTeam] } })
  const thread = startThread()
  const { note = '' } = await playStep(world, { ...atTheWeekend, priority: 'urgent', waits: true }, thread)
  screen.line(`  ${screen.words.frontDoor} ${note}`)
  await playStep(world, { ...atTheWeekend, priority: 'immediate', desk: 'emergency-duty' }, thread)
  screen.line(`  ${screen.words.dutyTeam} ✓`)
  await restore()
}

async function throughWeekend(world: World, endpoint: Endpoint): Promise<void> {
  const { screen } = world
  const ids = await sendChecks(world)
  screen.line(`  ${screen.words.friday}`)

  const deadline = performance.now() + OUTAGE_MS
  while (ids.some((id) => !endpoint.turnedAway.has(id))) {
    if (performance.now() > deadline) throw new Error('not every check was tried while the endpoint was down')
    await sleep(POLL_MS, undefined, { signal: world.signal })
  }
  // While an attempt is under way there is no next one: the sender sees it between two.
  for (;;) {
    const { attempts, nextAttemptAt } = await world.actor(ctac).client.status(ids[0] ?? '', { signal: world.signal })
    if (attempts >= 1 && nextAttemptAt !== undefined) break
    if (performance.now() > deadline) throw new Error('the sender does not see that it will be tried again')
    await sleep(POLL_MS, undefined, { signal: world.signal })
  }
  screen.line(`  ${screen.words.saturday}`)

  const urgent = ids.filter((_, at) => s7.checks[at]?.priority === 'urgent')
  for (const id of urgent)
    for (const side of [ctac, homeOffice] as const) await world.actor(side).evidence.wait(`${id} ResponseOverdue`)
  screen.line(`  ${screen.words.overdue} ${urgent.length} ✓`)

  await world.gateway.restart()
  screen.line(`  ${screen.words.sunday}`)

  endpoint.up()
  for (const id of ids) {
    await world.actor(ctac).evidence.wait(`${id} ContentConsignment`)
    await world.actor(ctac).evidence.wait(`${id} ContentHandover`)
  }
  const taken = new Set(endpoint.taken.map(({ id }) => id))
  if (endpoint.taken.length !== ids.length || ids.some((id) => !taken.has(id)))
    throw new Error('not each check has arrived once')
  const order = endpoint.taken.map(({ priority }) => priority)
  if (order.indexOf('immediate') > order.indexOf('routine'))
    throw new Error(`what is immediate came after: ${order.join(', ')}`)
  const runs = runsOf(order).map(([count, each]) => `${count} ${screen.words[each]}`)
  screen.line(`  ${screen.words.monday} ${runs.join(', ')} ✓`)
}

/** What came, in its order, with how many of one priority came in a row. */
function runsOf(order: readonly Priority[]): readonly (readonly [number, Priority])[] {
  const runs: [number, Priority][] = []
  for (const each of order) {
    const last = runs.at(-1)
    if (last?.[1] === each) last[0] += 1
    else runs.push([1, each])
  }
  return runs
}

/** Sends all twelve; each is accepted though nobody is there to take it. */
async function sendChecks(world: World): Promise<readonly string[]> {
  const sender = world.actor(ctac)
  const thread = startThread()
  return Promise.all(
    s7.checks.map(async (step) => {
      const now = new Date()
      const envelope = envelopeOf(step, newId(), thread.refs, now)
      const message = await signEnvelope(envelope, world.identity(ctac).signer, now)
      sender.sent.set(envelope.id, message)
      const { receipt } = await sender.client.submit(message, { signal: world.signal })
      await verifyReceipt(receipt, world.wellKnown, world.directory, { event: 'SubmissionAcceptance', message })
      world.tally.messages += 1
      return envelope.id
    }),
  )
}
