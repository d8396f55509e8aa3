import { writeFile } from 'node:fs/promises'
import type { ServerOptions } from 'node:https'
import type { Server } from 'node:net'
import { join } from 'node:path'
import { type Issued, type Issuer, issue, makeCrl, makeIntermediate, makeRoot, toPem } from '../../certs-dev/pki.ts'
import { openPusher, type Parcel, type Pusher, type PusherOptions, type Target } from '../../gateway/delivery/push.ts'
import { openTrust, type TrustSnapshot } from '../../gateway/identity/trust.ts'
import { type Answer, type Endpoint, listen, startEndpoint } from './endpoint.ts'
import { temporaryFolder } from './folder.ts'
import { quiet } from './quiet.ts'

const MINUTE = 60_000

export const message: Parcel = {
  id: '019aee00-0000-7000-8000-000000000001',
  from: 'gb-ctac',
  attempt: 3,
  bytes: Buffer.from('e30.e30.AA'),
}

/** Where to push: a URL and the anchors of its endpoint, PEM or an authority. */
export function at(url: string, anchors: Issuer | string): Target {
  return { url, trustAnchors: typeof anchors === 'string' ? anchors : toPem(anchors.certificate) }
}

export type Pushing = Awaited<ReturnType<typeof openPushing>>

/**
 * Opens all that pushing takes: a trust folder with a root, an intermediate and their CRLs (which lapse after half an
 * hour; certificates last an hour), the gateway's certificate, and an authority that the folder does not know.
 */
export async function openPushing() {
  const [past, begin, lapse, end] = [-10, -5, 30, 60].map((minutes) => new Date(Date.now() + minutes * MINUTE))
  if (!past || !begin || !lapse || !end) throw new Error('four times')
  const validity = { notBefore: begin, notAfter: end }
  const expired = { notBefore: past, notAfter: begin }
  const folder = await temporaryFolder()
  const root = await makeRoot('CN=push root', validity)
  const intermediate = await makeIntermediate(root, 'CN=push intermediate', validity)
  const stranger = await makeRoot('CN=a partner of its own', validity)

  const issueTls = (issuer: Issuer, name = 'endpoint', when = validity) =>
    issue(issuer, { subject: `CN=${name}`, validity: when, use: 'tls', local: true })

  const writeCrl = async (issuer: Issuer, name: string, number: number, serials: readonly string[] = []) => {
    const revoked = serials.map((serial) => ({ serial, at: begin }))
    const list = { number, thisUpdate: begin, nextUpdate: lapse, revoked }
    await writeFile(join(folder.path, name), await makeCrl(issuer, list))
  }

  await writeFile(join(folder.path, 'root.crt'), toPem(root.certificate))
  await writeFile(join(folder.path, 'intermediate.crt'), toPem(intermediate.certificate))
  await writeCrl(root, 'root.crl', 1)
  await writeCrl(intermediate, 'intermediate.crl', 1)
  const gateway = await issueTls(intermediate, 'gateway')
  const trust = await openTrust(folder.path, { crlGraceMs: 0, now: () => new Date(), log: quiet, pollMs: 20 })
  const servers: Server[] = []
  const pushers: Pusher[] = []

  return {
    root,
    intermediate,
    stranger,
    gateway,
    expired,
    lapse,
    issueTls,

    /** Revokes, and waits until that is in force. */
    async revoke(issuer: Issuer, name: string, number: number, serials: readonly string[]): Promise<void> {
      const changed = new Promise<TrustSnapshot>((resolve) => trust.onChange(resolve))
      await writeCrl(issuer, name, number, serials)
      await changed
    },

    async start(answer: Answer, options: ServerOptions & { leaf?: Issued } = {}, host?: string): Promise<Endpoint> {
      const { leaf = await issueTls(intermediate), ...rest } = options
      const pair = { key: leaf.key, cert: leaf.crt, ca: toPem(root.certificate) }
      const endpoint = await startEndpoint(answer, { ...pair, ...rest }, host)
      servers.push(endpoint.server)
      return endpoint
    },

    /** Starts any other server and gives the URL at which a push would find it. */
    async startOther(server: Server): Promise<string> {
      servers.push(server)
      return `https://127.0.0.1:${await listen(server)}/`
    },

    startPusher(options: Partial<PusherOptions> = {}): Pusher {
      const tls = () => ({ cert: gateway.crt, key: gateway.key })
      const given = { tls, trust: () => trust.current(), timeoutMs: 5_000, now: () => new Date() }
      const pusher = openPusher({ ...given, ...options })
      pushers.push(pusher)
      return pusher
    },

    /** Ends what one test has started. */
    async reset(): Promise<void> {
      await Promise.all(pushers.splice(0).map((pusher) => pusher.close()))
      await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))))
    },

    async close(): Promise<void> {
      await trust.close()
      await folder.remove()
    },
  }
}
