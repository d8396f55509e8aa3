import type { FastifyReply } from 'fastify'
import { blame, codeOf, type Config, ConfigurationFault, settingName } from '../base/base.ts'
import { addAgencyRoutes } from './agency/agency.ts'
import { openAdmission } from './admission/admission.ts'
import { agencyAt, operatorAt } from './caller.ts'
import { faultPages } from './console/faults.ts'
import { loadAssets } from './console/assets.ts'
import { sendDeskProblem } from './desk/desk.ts'
import { describeRoutes } from './description/description.ts'
import { addOperationsRoutes } from './operations/operations.ts'
import { readSiteFiles, type SiteFiles } from './public/site-files.ts'
import { createServer, secureContext, type Server } from './server.ts'
import type { Operating, Serving } from './serving.ts'

/** The two listeners (protocol sections 2 and 11), as far as this process's roles have them. */
export type Listeners = {
  readonly urls: { readonly agency?: string; readonly operations?: string }
  /** Certificate, anchors and CRLs count from the next handshake on; the last two for open connections at once. */
  renew(): void
  /** Trust or registry has changed: whoever is no longer entitled is cut off at once. */
  reappraise(): void
  close(): Promise<void>
}

type Listening = Omit<
  Serving & Operating,
  'site' | 'untilGone' | 'tell' | 'giveTime' | 'describeAgency' | 'describeOperations'
>

/** @throws ConfigurationFault where a port cannot be taken */
export async function openListeners(parts: Listening): Promise<Listeners> {
  const { config, keys, log, metrics, now, stopping } = parts
  const { environment } = config
  const admission = openAdmission({ metrics, log, now, handshakeRate: config.handshakeRate })
  const urls: { agency?: string; operations?: string } = {}
  const pages = (): string =>
    config.documentationUrl ??
    withoutWildcard(urls.operations ?? `https://${config.operationsHost}:${config.operationsPort}`)
  const common = { keys: keys(), log, metrics, trust: parts.trust(), admission, stopping, pages, environment }
  const agency = createServer({
    ...common,
    send: sendDeskProblem,
    access: ['agency', 'public'],
    whoIs: (socket) => agencyAt(parts, socket),
  })
  const assets = await loadAssets()
  const site = await readSite(config)
  const operations = createServer({
    ...common,
    send: faultPages(parts, { environment, style: assets.style.path }),
    access: ['operator', 'public'],
    whoIs: (socket) => operatorAt(parts, socket),
  })
  const serving = {
    describeAgency: await describeRoutes(agency, 'agencies'),
    describeOperations: await describeRoutes(operations, 'operators'),
    ...parts,
    site,
    tell: admission.tell,
    giveTime: admission.giveTime,
    untilGone: (reply: FastifyReply) => untilGone(reply, stopping),
  }
  await addAgencyRoutes(agency, serving)
  await addOperationsRoutes(operations, serving, assets)
  await agency.ready()
  await operations.ready()
  if (config.roles.has('api'))
    urls.agency = await blame(`${settingName('host')}, ${settingName('port')}`, () =>
      listen(agency, config.host, config.port),
    )
  if (config.roles.has('operations'))
    urls.operations = await blame(`${settingName('operationsHost')}, ${settingName('operationsPort')}`, () =>
      listen(operations, config.operationsHost, config.operationsPort),
    )
  return {
    urls,
    renew() {
      for (const { server } of [agency, operations]) server.setSecureContext(secureContext(keys(), parts.trust()))
      admission.reappraise()
    },
    reappraise: admission.reappraise,
    async close() {
      await Promise.all([agency.close(), operations.close()])
    },
  }
}

/** The documentation site, where a setting asks for it and this process shows it. @throws ConfigurationFault where it cannot be read */
async function readSite({ documentationFolder, roles }: Config): Promise<SiteFiles | undefined> {
  if (documentationFolder === undefined || !roles.has('operations')) return undefined
  return await blame(settingName('documentationFolder'), () => readSiteFiles(documentationFolder))
}

/** Nobody connects to «any address»: without another word a link is then within the listener that the answer comes from. */
function withoutWildcard(url: string): string {
  return /^https:\/\/(?:0\.0\.0\.0|\[[:0]*\]):|:0$/.test(url) ? '' : url
}

async function listen(server: Server, host: string, port: number): Promise<string> {
  try {
    await server.listen({ host, port })
  } catch (error) {
    throw new ConfigurationFault(`cannot listen on ${host}:${port} (${codeOf(error)})`)
  }
  const address = server.server.address()
  const taken = typeof address === 'object' && address !== null ? address.port : port
  return `https://${host.includes(':') ? `[${host}]` : host}:${taken}`
}

/** Aborts when the answer is given or the client's connection has closed, or when the process is stopping. */
function untilGone(reply: FastifyReply, stopping: AbortSignal): AbortSignal {
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  return AbortSignal.any([gone.signal, stopping])
}
