import { fileURLToPath } from 'node:url'
import { loadSchemaFolder } from '../../gateway/exchange/schema-folder.ts'
import { compileSchemas } from '../../gateway/protocol/schemas.ts'
import type { State } from '../../gateway/protocol/state.ts'
import type { Envelope, Message } from '../../sdk/index.ts'
import { makeEnvelope, openAgency } from './agency.ts'
import { putFigures } from './frozen.ts'
import { startGateway, type TestGateway, until } from './gateway.ts'
import { listInbox } from './load.ts'
import { makeMark, markTexts } from './marks.ts'
import { askOperations } from './operations.ts'
import { changeAgency, pushTo, startPushEndpoint } from './push-agency.ts'

/** A gateway on which something has happened already. */
export type LivedIn = AsyncDisposable & {
  readonly gateway: TestGateway
  /** The word that stands in every free text of every message. */
  readonly mark: string
  /** A message in each state. */
  readonly messages: Readonly<Record<State, Envelope>>
}

/** What would run if any page showed it as it is. */
const MARKUP = `"><script>document.title='owned'</script>`

const [KENT, CROYDON, PORTSMOUTH] = ['gb-la-e10000016', 'gb-la-e09000008', 'gb-la-e06000044'] as const
const schemas = compileSchemas(await loadSchemaFolder(fileURLToPath(new URL('../../schemas', import.meta.url))))

/** Starts one, as `startGateway`: a message in each state, each with its receipts, attempts and operators’ acts. */
export async function liveIn(env: Record<string, string> = {}, server?: string): Promise<LivedIn> {
  const opened = new AsyncDisposableStack()
  const gateway = opened.use(await startGateway(env, server))
  await putFigures(gateway.databaseUrl)
  const mark = makeMark()
  const rys = opened.use(await openAgency(gateway, 'fr-rys'))
  const ctac = opened.use(await openAgency(gateway, 'gb-ctac'))
  const home = opened.use(await openAgency(gateway, 'gb-home-office'))
  const refusing = opened.use(
    await startPushEndpoint(gateway, KENT, (_, response) => response.writeHead(400).end(mark)),
  )
  const failing = opened.use(
    await startPushEndpoint(gateway, CROYDON, (_, response) => response.writeHead(503).end(mark)),
  )
  await changeAgency(gateway, KENT, { desks: [], delivery: await pushTo(gateway, refusing) })
  await changeAgency(gateway, CROYDON, { desks: [], delivery: await pushTo(gateway, failing) })

  const send = async (
    sender: typeof rys,
    type: string,
    to: string,
    more: Partial<Envelope> = {},
  ): Promise<Envelope> => {
    const plain = makeEnvelope(type, sender.id, to, more)
    const { body } = markTexts(schemas, type, plain.body, `${MARKUP}${mark}`)
    const envelope = { ...plain, body } as Message
    await sender.client.send(envelope)
    return envelope
  }
  const answer = async (
    reader: typeof rys,
    { id }: Envelope,
    ...word: [outcome: 'accepted' | 'refused', reason?: { reason: string }]
  ) => {
    let entry
    await until(async () => {
      entry = (await listInbox(reader)).find(({ messageId }) => messageId === id)
      return entry !== undefined
    })
    if (entry !== undefined) await reader.client.acknowledge(await reader.client.read(entry), ...word)
  }
  const becomes = ({ from, id }: Envelope, state: State) =>
    until(async () => (await askJson(gateway, `/api/messages/${from}/${id}`)).state === state)
  const act = async (operator: 'duty' | 'manager', path: string, body: object): Promise<void> => {
    const { status, text } = await askOperations(gateway, path, { operator, body })
    if (status >= 300) throw new Error(`${path}: ${text}`)
  }

  const handedOver = await send(rys, 'referral', 'gb-ctac', { priority: 'immediate' })
  await answer(ctac, handedOver, 'accepted')
  const refused = await send(ctac, 'status-check-request', 'gb-home-office', { caseId: handedOver.caseId })
  await answer(home, refused, 'refused', { reason: 'wrong-child' })
  const consigned = await send(ctac, 'assessment-referral', PORTSMOUTH, {
    caseId: handedOver.caseId,
    priority: 'urgent',
  })
  await becomes(consigned, 'consigned')
  const deadLettered = await send(ctac, 'safeguarding-information', KENT, { priority: 'immediate' })
  const discarded = await send(ctac, 'assessment-referral', KENT, { priority: 'routine' })
  for (const one of [deadLettered, discarded]) await becomes(one, 'dead-lettered')
  await act('duty', `/api/messages/gb-ctac/${deadLettered.id}/retry`, {
    reason: 'Kent has mended its endpoint',
    code: 'agency-asked',
  })
  await becomes(deadLettered, 'dead-lettered')
  for (const operator of ['duty', 'manager'] as const)
    await act(operator, `/api/messages/gb-ctac/${discarded.id}/discard`, {
      reason: 'Told by telephone',
      code: 'told-otherwise',
    })
  await act('duty', `/api/agencies/fr-dep-59/pause`, { reason: 'Works on its network tonight', code: 'maintenance' })
  const accepted = await send(ctac, 'family-link', CROYDON, { priority: 'urgent' })
  await until(async () => (await askJson(gateway, `/api/messages/gb-ctac/${accepted.id}`)).attempts.length > 0)
  return {
    gateway,
    mark,
    messages: { accepted, consigned, 'handed-over': handedOver, refused, 'dead-lettered': deadLettered, discarded },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

async function askJson(gateway: TestGateway, path: string) {
  return (await askOperations(gateway, path, { operator: 'duty' })).json as { state: State; attempts: object[] }
}
