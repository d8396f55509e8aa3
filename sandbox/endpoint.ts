import { join } from 'node:path'
import { readFile } from 'node:fs/promises'
import { issue, makeRoot, toPem } from '../certs-dev/pki.ts'
import { type Client, createReceiver, type Identity, makeSigner, type Received, type Signer } from '../sdk/index.ts'
import type { Behaviour } from './parties.ts'
import { pause } from './player.ts'
import type { Listening } from './registry.ts'

/** The endpoint of an agency that fails before it takes a message as it should. */
export type FailingEndpoint = Listening & { close(): Promise<void> }

export type EndpointNeeds = {
  readonly agency: string
  readonly client: Client
  readonly identity: Identity
  readonly behaviour: Behaviour
  readonly desk: Desk
  /** How long the gateway waits for an answer, in ms. */
  readonly patience: number
  /** Keeps that the message is to be dealt with. */
  readonly keep: (message: Received, what: 'answer' | 'acknowledge') => Promise<void>
}

/** What all endpoints of the sandbox share: certificates of an authority of their own, and a key that is nobody's. */
export type Desk = {
  readonly ca: string
  readonly tls: { readonly cert: string; readonly key: string }
  readonly trustAnchors: string
  readonly forger: Signer
}

const YEAR_MS = 365 * 86_400_000
const HOUR_MS = 3_600_000

/** @param pki folder of the development PKI */
export async function openDesk(pki: string, now: Date): Promise<Desk> {
  const validity = { notBefore: new Date(now.getTime() - HOUR_MS), notAfter: new Date(now.getTime() + YEAR_MS) }
  const authority = await makeRoot('CN=Endpoints of the sandbox (synthetic)', validity)
  const { crt, key } = await issue(authority, { subject: 'CN=endpoint', validity, use: 'tls', local: true })
  const read = (path: string) => readFile(join(pki, path), 'utf8')
  const [ca, rogue, rogueKey] = await Promise.all(
    ['trust/ca.crt', 'rogue/unregistered.crt', 'rogue/unregistered.key'].map(read),
  )
  return {
    ca: ca ?? '',
    tls: { cert: crt, key },
    trustAnchors: toPem(authority.certificate),
    forger: makeSigner(rogue ?? '', rogueKey ?? ''),
  }
}

/** Of so many messages it is remembered that they came before. */
const REMEMBERED = 1_000
/** How much longer than the gateway a slow endpoint takes. */
const LATE_MS = 500

class NotYet extends Error {}

/** Opens it on a free port of this machine, by the SDK's receiver: it lets in the gateway alone. */
export async function openFailingEndpoint(needs: EndpointNeeds): Promise<FailingEndpoint> {
  const { agency, client, identity, behaviour, desk, patience, keep } = needs
  const ending = new AbortController()
  const seen = new Set<string>()
  const receiver = createReceiver({
    agency,
    client,
    signer: behaviour === 'forged' ? desk.forger : identity.signer,
    tls: desk.tls,
    ca: desk.ca,
    take: async (_, message) => {
      const key = `${message.from} ${message.id}`
      const isFirst = !seen.has(key)
      if (seen.size >= REMEMBERED) seen.clear()
      seen.add(key)
      // What throws is answered 503, and the gateway comes again.
      if (isFirst && behaviour === 'busy') throw new NotYet()
      if (isFirst && behaviour === 'slow') await pause(patience + LATE_MS, ending.signal)
      await keep(message, behaviour === 'forged' ? 'acknowledge' : 'answer')
      if (isFirst && behaviour === 'twice') throw new NotYet()
      return 'accepted' as const
    },
  })
  const port = await receiver.listen(0, '127.0.0.1')
  return {
    url: `https://127.0.0.1:${port}/messages`,
    trustAnchors: desk.trustAnchors,
    close: async () => {
      ending.abort()
      await receiver.close()
    },
  }
}
