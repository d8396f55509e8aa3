import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { issue } from '../../certs-dev/pki.ts'
import { type Answer, type Endpoint, startEndpoint } from './endpoint.ts'
import type { TestGateway } from './gateway.ts'

export type PushEndpoint = Endpoint & AsyncDisposable

/** Starts an agency's endpoint, with a TLS certificate for this machine; whoever comes shows one of the trust anchor's. */
export async function startPushEndpoint(gateway: TestGateway, id: string, answer: Answer): Promise<PushEndpoint> {
  const { intermediate, until } = gateway.pki
  const validity = { notBefore: new Date(), notAfter: until }
  const { crt, key } = await issue(intermediate, { subject: `CN=${id} endpoint`, validity, use: 'tls', local: true })
  const ca = await readFile(join(gateway.pki.folder, 'trust/ca.crt'), 'utf8')
  const endpoint = await startEndpoint(answer, { cert: crt, key, ca, rejectUnauthorized: true })
  return {
    ...endpoint,
    async [Symbol.asyncDispose]() {
      for (const socket of endpoint.sockets) socket.destroy()
      await new Promise((resolve) => endpoint.server.close(resolve))
    },
  }
}

/** `delivery` in the registry: to this endpoint, trusting only the development anchor. */
export async function pushTo(gateway: TestGateway, { url }: Endpoint): Promise<object> {
  return { mode: 'push', url, trustAnchors: await readFile(join(gateway.pki.folder, 'trust/ca.crt'), 'utf8') }
}

/** Changes one agency's entry; it is in force when this resolves. */
export async function changeAgency(gateway: TestGateway, id: string, values: object): Promise<void> {
  await gateway.changeRegistry(({ agencies }) => {
    const agency = agencies.find((one) => one.id === id)
    if (agency === undefined) throw new Error(`${id} is not in the registry`)
    Object.assign(agency, values)
  })
}
