import { issue, toPem } from '../../certs-dev/pki.ts'
import { makeEnvelope } from './agency.ts'
import { answerWith, startEndpoint } from './endpoint.ts'
import { forge, readSigner } from './forge.ts'
import { startGateway, type TestGateway, until } from './gateway.ts'
import { askOperations, type Told } from './operations.ts'
import { openRawAs, type RawAnswer, type RawClient } from './raw.ts'

/** An agency whose endpoint refuses, or takes, as a test wants it. */
export const CROYDON = 'gb-la-e09000008'

/** A gateway, the advice centre that sends, and two operators. */
export type OperatorStage = AsyncDisposable & {
  readonly gateway: TestGateway
  readonly duty: RawClient
  readonly ctac: RawClient
  /** What Croydon's endpoint answers: 400 makes dead letters. */
  answer(status: number): void
  /** An act of the duty operator. */
  post(path: string, body: unknown): Promise<RawAnswer>
  /** The manager's. */
  asManager(path: string, body?: object): Promise<Told>
  send(to: string, priority?: string): Promise<Sent>
  makeDeadLetter(priority?: string): Promise<Sent>
  stateOf(id: string): Promise<string | undefined>
}

export type Sent = { readonly id: string; readonly caseId: string }

export async function openOperatorStage(): Promise<OperatorStage> {
  const stack = new AsyncDisposableStack()
  const gateway = stack.use(await startGateway())
  const { pki, operationsUrl: url } = gateway
  const duty = stack.use(await openRawAs(gateway, 'operators/duty/tls', { url }))
  const ctac = stack.use(await openRawAs(gateway, 'agencies/gb-ctac/tls'))
  const signer = await readSigner(pki.folder, 'agencies/gb-ctac/signing')
  const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: pki.until }
  const own = await issue(pki.intermediate, { subject: 'CN=croydon endpoint', validity, use: 'tls', local: true })
  let status = 400
  const endpoint = await startEndpoint((...request) => answerWith(status)(...request), { key: own.key, cert: own.crt })
  stack.defer(() => void endpoint.server.close())
  const delivery = { mode: 'push', url: endpoint.url, trustAnchors: toPem(pki.root.certificate) }
  await gateway.changeRegistry(({ agencies }) =>
    agencies.forEach((each) => each.id === CROYDON && Object.assign(each, { delivery })),
  )

  async function send(to: string, priority = 'urgent'): Promise<Sent> {
    const example = makeEnvelope('safeguarding-information', 'gb-ctac', to)
    const payload = { ...example, priority, body: { ...example.body, message: undefined } }
    const { status: answered } = await ctac.post('/v1/messages', forge({ payload, signer }))
    if (answered !== 202) throw new Error(`not accepted: ${answered}`)
    return payload
  }
  const stateOf = async (id: string): Promise<string | undefined> => (await ctac.get(`/v1/messages/${id}`)).read().state
  return {
    gateway,
    duty,
    ctac,
    answer: (next) => void (status = next),
    post: (path, body) => duty.post(path, JSON.stringify(body), { 'content-type': 'application/json' }),
    asManager: (path, body) => askOperations(gateway, path, { operator: 'manager', ...(body && { body }) }),
    send,
    async makeDeadLetter(priority) {
      status = 400
      const sent = await send(CROYDON, priority)
      await until(async () => (await stateOf(sent.id)) === 'dead-lettered')
      return sent
    },
    stateOf,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
