import { once } from 'node:events'
import { join } from 'node:path'
import { P12_PASSWORD } from '../certs-dev/tree.ts'
import { newId, signEnvelope } from '../sdk/index.ts'
import { type AgencyId, agencyIds, birmingham, ctac, homeOffice, rys } from './agencies.ts'
import { envelopeOf } from './compose.ts'
import { playScenario } from './play.ts'
import { figure1 } from './scenarios/figure1.ts'
import { nameOf } from './screen.ts'
import { startThread } from './thread.ts'
import type { World } from './world.ts'

/** Who is likely to be tried first. */
const SEATS: readonly AgencyId[] = [rys, ctac, homeOffice, birmingham]

/**
 * `npm run demo -- --desk`: one child's case that is over, and one whose messages nobody has read yet; then says how a browser opens the desk, and leaves the
 * gateway running until the world's signal aborts.
 */
export async function leaveDesk(world: World): Promise<void> {
  const { screen, signal } = world
  await playScenario(world, figure1)
  for (const id of agencyIds) await world.actor(id).pause()
  await sendUnread(world)
  const { desk } = screen.words
  const address = `https://localhost:${new URL(world.gateway.url).port}/desk/`
  screen.line(`\n${desk.open(address)}`)
  screen.line(desk.files(P12_PASSWORD, join(world.pki, 'trust', 'ca.crt')))
  for (const id of SEATS) {
    screen.line(`\n  ${nameOf(id, screen.language)}`)
    screen.line(`    ${desk.connection} ${join(world.pki, 'agencies', id, 'agency.p12')}`)
    screen.line(`    ${desk.key} ${join(world.pki, 'agencies', id, 'signing.p12')}`)
  }
  screen.line(`\n${desk.others(join(world.pki, 'agencies'))}`)
  screen.line(desk.end)
  if (!signal.aborted) await once(signal, 'abort')
}

/** The same pathway for another case, up to its end, so that something waits at each desk. */
async function sendUnread(world: World): Promise<void> {
  const thread = startThread()
  for (const step of figure1.steps) {
    if ('probe' in step || step.papers !== undefined) continue
    const now = new Date()
    const envelope = envelopeOf(step, newId(), thread.refs, now)
    const message = await signEnvelope(envelope, world.identity(step.from).signer, now)
    thread.sent.set(step.as, { step, envelope, message })
    await world.actor(step.from).client.submit(message, { signal: world.signal })
  }
}
