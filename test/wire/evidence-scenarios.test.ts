import { expect, test } from 'vitest'
import { agencyIds } from '../../demo/agencies.ts'
import { playScenario } from '../../demo/play.ts'
import { scenarios } from '../../demo/scenarios/all.ts'
import { figure1 } from '../../demo/scenarios/figure1.ts'
import type { Screen } from '../../demo/screen.ts'
import { words } from '../../demo/words.ts'
import { type World, withWorld } from '../../demo/world.ts'
import { EvidenceFault, type EvidenceTrust, verifyBundle } from '../../sdk/evidence/evidence.ts'
import type { BundleDocument } from '../support/evidence/plan.ts'
import { type Case, goJobs, goVerdicts, pythonVerdicts } from '../support/evidence/verifiers.ts'
import { temporaryFolder } from '../support/folder.ts'
import { askOperations } from '../support/operations.ts'
import { openRawAs, type RawClient } from '../support/raw.ts'

/** Bundles of every scenario of the demo, before and after their cases were erased, judged by three verifiers that share no code. */

const quiet: Screen = {
  language: 'en',
  words: words('en'),
  line: () => undefined,
  heading: () => undefined,
  step: () => undefined,
  progress: () => ({ tick: () => undefined, done: () => undefined }),
}

type Message = { readonly from: string; readonly id: string; readonly caseId: string }

/** What was accepted, as the receipts say that its senders got. */
const accepted = (world: World): readonly Message[] =>
  agencyIds.flatMap((from) =>
    [...world.actor(from).feed].flatMap(([id, receipts]) => {
      const { caseId } = receipts.find(({ event }) => event === 'SubmissionAcceptance') ?? {}
      return caseId === undefined ? [] : [{ from, id, caseId }]
    }),
  )

/** Evidence of messages, as their senders get it. */
async function collect(
  world: World,
  messages: readonly Message[],
  trust: EvidenceTrust,
  when: string,
): Promise<readonly Case[]> {
  const cases: Case[] = []
  for (const [from, own] of Map.groupBy(messages, (one) => one.from)) {
    using client = await openAs(world, from)
    const answers = await Promise.all(own.map(({ id }) => client.get(`/v1/messages/${id}/evidence`)))
    for (const [at, answer] of answers.entries()) {
      expect(answer.status).toBe(200)
      cases.push({ name: `${when} ${from} ${own[at]?.id}`, bundle: answer.read<BundleDocument>(), trust })
    }
  }
  return cases
}

const openAs = ({ gateway: { url }, pki }: World, id: string): Promise<RawClient> =>
  openRawAs({ pki: { folder: pki }, url }, `agencies/${id}/tls`)

const erase = ({ gateway, pki }: World, caseId: string, operator: 'duty' | 'manager') =>
  askOperations({ pki: { folder: pki }, operationsUrl: gateway.operationsUrl }, `/api/cases/${caseId}/erase`, {
    operator,
    body: { reason: 'The test is over' },
  })

const sdkVerdict = ({ bundle, trust }: Case): Promise<string> =>
  verifyBundle(bundle, trust).then(
    () => 'proven',
    (error: unknown) => (error instanceof EvidenceFault ? error.code : String(error)),
  )

test('bundles of all scenarios are proven three times, before and after erasure', { timeout: 240_000 }, async () => {
  const cases: Case[] = []
  await withWorld(quiet, new AbortController(), async (world) => {
    for (const scenario of [figure1, ...scenarios]) await playScenario(world, scenario)
    using client = await openAs(world, 'fr-rys')
    const { logs } = (await client.get('/.well-known/passerelle')).read<{ logs: { verifierKeys: string[] }[] }>()
    const trust = { anchors: [world.ca], logKeys: logs.flatMap(({ verifierKeys }) => verifierKeys) }
    const messages = accepted(world)
    cases.push(...(await collect(world, messages, trust, 'before')))

    const erased = new Set<string>()
    for (const caseId of new Set(messages.map((one) => one.caseId))) {
      await erase(world, caseId, 'duty')
      if ((await erase(world, caseId, 'manager')).status === 200) erased.add(caseId)
    }
    expect(erased.size).toBeGreaterThan(5)
    cases.push(
      ...(await collect(
        world,
        messages.filter(({ caseId }) => erased.has(caseId)),
        trust,
        'after',
      )),
    )
  })
  expect(cases.length).toBeGreaterThan(100)
  const withoutMessage = cases.filter(({ bundle }) => (bundle as BundleDocument).message === undefined)
  expect(withoutMessage.map(({ name }) => name)).toEqual(
    cases.map(({ name }) => name).filter((name) => name.startsWith('after')),
  )

  const sdk = await Promise.all(cases.map(sdkVerdict))
  expect(cases.filter((_, at) => sdk[at] !== 'proven').map(({ name }, at) => `${name}: ${sdk[at]}`)).toEqual([])
  const python = await pythonVerdicts(cases)
  expect(cases.map(({ name }) => [name, python.get(name)]).filter(([, verdict]) => verdict !== 'proven')).toEqual([])
  await using folder = await temporaryFolder()
  const jobs = cases.flatMap(({ bundle, trust }) => goJobs(bundle as BundleDocument, trust))
  expect(new Set(await goVerdicts(jobs, folder.path))).toEqual(new Set(['ok']))
})
