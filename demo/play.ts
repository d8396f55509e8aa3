import { isDeepStrictEqual } from 'node:util'
import type { AgencyId } from './agencies.ts'
import { probe } from './probe.ts'
import type { Scenario } from './scenario.ts'
import { playStep, refusalOf } from './step.ts'
import { startThread } from './thread.ts'
import type { World } from './world.ts'

/** Plays a scenario step by step and checks what it says of itself. Throws at the first thing that is not as it should be. */
export async function playScenario(world: World, scenario: Scenario): Promise<void> {
  const { screen } = world
  screen.heading(scenario.id, scenario.title[screen.language])
  const restore =
    scenario.registry === undefined ? undefined : await world.changeRegistry(scenario.registry(new Date()))
  const thread = startThread()
  for (const step of scenario.steps) {
    const { mark, note } = 'probe' in step ? await probe(world, step, thread) : await playStep(world, step, thread)
    screen.step(step, mark, note)
  }
  for (const { by, case: name = 'child', sees } of scenario.views ?? []) {
    await checkView(
      world,
      by,
      thread.refs.case(name),
      sees.map((step) => thread.refs.id(step)),
    )
  }
  const mine = new Set([...thread.sent.values()].map(({ envelope }) => envelope.id))
  for (const { by, text } of scenario.unseen ?? []) {
    const told = world.actor(by).received.filter(({ envelope }) => mine.has(envelope.id))
    if (told.some(({ envelope }) => JSON.stringify(envelope).includes(text)))
      throw new Error(`${by} was told «${text}»`)
  }
  await restore?.()
}

/** An agency sees of a case exactly these messages; of a case in which it has no part it learns nothing, not even that there is one. */
async function checkView(world: World, by: AgencyId, caseId: string, ids: readonly string[]): Promise<void> {
  const view = world.actor(by).client.case(caseId, { signal: world.signal })
  if (ids.length === 0) return void (await refusalOf(view, 'not-found'))
  const seen = (await view).messages.map(({ messageId }) => messageId)
  if (!isDeepStrictEqual(seen, ids))
    throw new Error(`${by} sees ${seen.length} messages of a case, not ${ids.length}, or others`)
}
