import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Algorithm } from '../jws.ts'
import { newId } from '../sign.ts'
import type { OpenAdapter, Setup } from './adapter.ts'
import { NotTried } from './unmet.ts'
import type { Clock } from './clock.ts'
import { openDriver } from './driver.ts'
import { openEndpoint, type Endpoint } from './endpoint.ts'
import type { Served, Waiting } from './exchange.ts'
import { openGateway } from './gateway.ts'
import type { Issued, Pki } from './pki.ts'
import type { Listed, Publication } from './publication.ts'
import { agencies, bodyOf, type Role } from './roles.ts'
import { headerOf, seal } from './sealing.ts'

/** All that one case plays with: a gateway of its own, whoever writes to the partner, and the partner. */
export type Stage = Awaited<ReturnType<typeof openStage>>

export type StageOptions = {
  readonly role: Role
  readonly pki: Pki
  readonly clock: Clock
  /** An empty folder, for the partner's keys and whatever its client keeps. */
  readonly folder: string
  readonly open: OpenAdapter | undefined
  /** Where the partner is pushed to, where its endpoint was started by hand. */
  readonly endpoint: string | undefined
  readonly port: number
  readonly limitMs: number
  /** Which key the partner signs with. */
  readonly algorithm: Algorithm
}

/** What a delivered message may be like, other than any. */
export type Delivered = {
  readonly envelope?: object
  /** The payload's very text, instead of the envelope's. */
  readonly text?: string
  readonly algorithm?: Algorithm
  readonly signer?: Issued
  readonly at?: Date
  readonly served?: ReadonlyMap<string, Served>
  /** Changes the signed bytes. */
  readonly spoil?: (compact: string) => string
  /** What the inbox says of it. */
  readonly listed?: Partial<Pick<Waiting, 'from' | 'id' | 'type' | 'priority'>>
}

export const GATEWAY_ID = 'passerelle-conformance'
export const ALGORITHMS: readonly Algorithm[] = ['ES256', 'ES384', 'PS256', 'EdDSA']

/** Builds what a case needs. What it opens, `close` ends. */
export async function openStage(options: StageOptions) {
  const { role, pki, clock, folder } = options
  const signs = (name: string, algorithm: Algorithm = 'ES256'): Promise<Issued> =>
    pki.issue({ name: `${name} signing`, use: 'signing', algorithm })
  const [tls, signing, own, ownTls, endpointTls] = await Promise.all([
    pki.issue({ name: GATEWAY_ID, use: 'server' }),
    signs(GATEWAY_ID),
    signs(role.agency, options.algorithm),
    pki.issue({ name: role.agency, use: 'tls' }),
    pki.issue({ name: `${role.agency} endpoint`, use: 'server' }),
  ])
  const listed = async (issued: Promise<Issued>): Promise<Listed> => ({ issued: await issued, current: true })
  const directory = new Map<string, readonly Listed[]>()
  for (const id of Object.keys(agencies)) {
    const algorithms = id === role.from ? ALGORITHMS : (['ES256'] as const)
    const certificates = id === role.agency ? [Promise.resolve(own)] : algorithms.map((each) => signs(id, each))
    directory.set(id, await Promise.all(certificates.map(listed)))
  }
  const publication: Publication = {
    id: GATEWAY_ID,
    signing: [{ issued: signing, current: true }],
    tls: [{ issued: tls, current: true }],
    agencies: directory,
    extra: {},
  }
  const gateway = await openGateway({ pki, agency: role.agency, clock, publication, tls, signing, port: options.port })
  await writeSetup(folder, gateway.url, role.agency, pki.anchor, { tls: ownTls, signing: own, endpoint: endpointTls })
  const setup: Setup = { folder, gateway: gateway.url, agency: role.agency }
  const open: OpenAdapter =
    options.open ??
    (() => {
      throw new NotTried('client')
    })
  const client = openDriver(open, setup, role, options.limitMs)

  /** A message to the partner, signed as it is wanted. */
  const compose = async (wanted: Delivered = {}) => {
    const envelope: { readonly [name: string]: unknown } = {
      id: newId(),
      type: role.gets,
      schemaVersion: '1.2',
      from: role.from,
      to: role.agency,
      caseId: newId(),
      priority: 'urgent',
      body: bodyOf(role.gets),
      ...wanted.envelope,
    }
    const signer = wanted.signer ?? (await signs(role.from, wanted.algorithm))
    const header = headerOf('safeguarding-message+jws', signer, wanted.at ?? new Date(clock.now()))
    const compact = seal(header, wanted.text ?? JSON.stringify(envelope), signer)
    return { envelope, bytes: wanted.spoil?.(compact) ?? compact }
  }
  /** Puts a message into the partner's inbox. */
  const deliver = async (wanted: Delivered = {}): Promise<Waiting> => {
    const { envelope, bytes } = await compose(wanted)
    const of = (name: string) => String(envelope[name])
    const about = { from: of('from'), id: of('id'), type: of('type'), priority: of('priority'), caseId: of('caseId') }
    return gateway.exchange.put({ ...about, bytes, ...wanted.listed }, wanted.served)
  }

  let endpoint: Endpoint | undefined
  return {
    role,
    pki,
    clock,
    folder,
    gateway,
    client,
    own,
    signing,
    signs,
    compose,
    deliver,
    isDriven: options.open !== undefined,
    /** The partner's endpoint: the one that was named, or the one that its client opens. */
    endpoint: async (): Promise<Endpoint> => {
      endpoint ??= await openEndpoint({
        url: options.endpoint ?? (await client.done({ do: 'listen' })).url ?? '',
        pki,
        clock,
        gateway: tls,
      })
      return endpoint
    },
    close: async (): Promise<void> => {
      await client.crash().catch(() => undefined)
      await gateway.close()
    },
  }
}

/** The partner's keys and its configuration, as the SDK reads it, and a folder that is the client's own. */
async function writeSetup(
  folder: string,
  gateway: string,
  agency: string,
  anchor: string,
  keys: Readonly<Record<'tls' | 'signing' | 'endpoint', Issued>>,
): Promise<void> {
  await mkdir(join(folder, 'state'), { recursive: true, mode: 0o700 })
  const write = (name: string, content: string) => writeFile(join(folder, name), content, { mode: 0o600 })
  const pair = (use: string) => ({ certificate: `${use}.crt`, key: `${use}.key` })
  await Promise.all([
    write('ca.crt', anchor),
    ...Object.entries(keys).flatMap(([use, { certificate, key }]) => [
      write(`${use}.crt`, certificate),
      write(`${use}.key`, key),
    ]),
    write(
      'passerelle.json',
      JSON.stringify({ gateway, agency, anchors: 'ca.crt', tls: pair('tls'), signing: pair('signing') }),
    ),
  ])
}
