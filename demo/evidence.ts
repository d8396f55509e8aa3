import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { agencyIds, type AgencyId, ctac } from './agencies.ts'
import { eachBounded } from './board.ts'
import type { World } from './world.ts'

type Sent = { readonly from: AgencyId; readonly id: string; readonly caseId: string }

/** Bundles asked for, or cases erased, at once. */
const AT_ONCE = 8

/**
 * `--evidence FOLDER`: keeps the evidence bundle of every message that was accepted so far (protocol section 10), erases their cases, and
 * keeps the bundles of what was erased again: `before/<message id>.json`, `after/<message id>.json`, and whom to trust, `trust.json`.
 * A case with a message that nobody has acknowledged cannot be erased (section 12) and stays. @returns how many were kept
 */
export async function keepEvidence(world: World, folder: string): Promise<number> {
  const sent = accepted(world)
  const logs = (await world.actor(ctac).client.wellKnown({ signal: world.signal })).logs ?? []
  const trust = { anchors: [world.ca], logKeys: logs.flatMap(({ verifierKeys }) => verifierKeys) }
  await keep(world, join(folder, 'before'), sent)
  await writeFile(join(folder, 'trust.json'), `${JSON.stringify(trust, undefined, 2)}\n`)
  const erased = new Set<string>()
  await eachBounded([...new Set(sent.map(({ caseId }) => caseId))], AT_ONCE, async (caseId) => {
    await erase(world, caseId, 'duty')
    if ((await erase(world, caseId, 'manager')) === 200) erased.add(caseId)
  })
  const gone = sent.filter(({ caseId }) => erased.has(caseId))
  await keep(world, join(folder, 'after'), gone)
  return sent.length + gone.length
}

/** What was accepted, as its senders' receipts say. */
function accepted(world: World): readonly Sent[] {
  return agencyIds.flatMap((from) =>
    [...world.actor(from).feed].flatMap(([id, receipts]) => {
      const { caseId } = receipts.find(({ event }) => event === 'SubmissionAcceptance') ?? {}
      return caseId === undefined ? [] : [{ from, id, caseId }]
    }),
  )
}

async function keep(world: World, folder: string, sent: readonly Sent[]): Promise<void> {
  await mkdir(folder, { recursive: true })
  await eachBounded(sent, AT_ONCE, async ({ from, id }) => {
    const bundle = await world.actor(from).client.evidence(id, { signal: world.signal })
    await writeFile(join(folder, `${id}.json`), bundle)
  })
}

/** Asks for a case to be erased, as an operator; two must. Gives the status of the answer. */
async function erase({ gateway, pki, ca, signal }: World, caseId: string, operator: string): Promise<number> {
  const file = (name: string) => readFile(join(pki, 'operators', operator, name))
  const [cert, key] = await Promise.all([file('tls.crt'), file('tls.key')])
  const url = new URL(`/api/cases/${caseId}/erase`, gateway.operationsUrl)
  const headers = { 'content-type': 'application/json' }
  const call = request(url, { method: 'POST', headers, ca, cert, key, signal, agent: false, servername: 'localhost' })
  call.end(JSON.stringify({ reason: 'The demo is over', code: 'retention' }))
  const [answer] = await once(call, 'response', { signal })
  answer.resume()
  return answer.statusCode ?? 0
}
