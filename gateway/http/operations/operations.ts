import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import type { Text } from '../../base/base.ts'
import { Problem } from '../../protocol/protocol.ts'
import { identifyOperator } from '../caller.ts'
import { actRoutes } from './acts.ts'
import { agencyRoutes } from './agencies.ts'
import { alarmRoutes } from './alarms.ts'
import { caseRoutes } from './cases.ts'
import { consoleRoutes } from '../console/console.ts'
import type { Assets } from '../console/assets.ts'
import { compressAnswers } from './compression.ts'
import { deadLetterRoutes } from './dead-letters.ts'
import { eventRoutes } from './events.ts'
import { logRoutes } from '../public/log.ts'
import { healthRoutes } from './health.ts'
import { overviewRoutes } from './overview.ts'
import { successionRoutes } from './succession.ts'
import { statisticsRoutes } from './statistics.ts'
import { documentationRoutes } from '../public/documentation.ts'
import { problemRoutes } from '../public/problems.ts'
import { schemaRoutes } from '../public/schemas.ts'
import { requireSameOrigin } from '../same-origin.ts'
import type { Server } from '../server.ts'
import type { Operating } from '../serving.ts'
import { isPublic } from '../access.ts'
import { descriptionRoute } from '../public/description.ts'
import { pathOf } from '../addresses.ts'

/** An act is an id and a reason. */
const LARGEST_ACT = 16 * 1024

/**
 * What operators and their tools may ask (protocol section 11). Health, metrics, schemas and descriptions are public; `/api/`
 * is for operators, and nothing there shows what a message says.
 */
export async function addOperationsRoutes(server: Server, parts: Operating, assets: Assets): Promise<void> {
  server.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit: LARGEST_ACT }, parseJsonBody)
  server.addHook('onRequest', async (request) => {
    const { url, config } = request.routeOptions
    // Where no route was found there is nothing to guard; but what is under `/api/`, however spelt, operators alone learn.
    if (url === undefined ? !pathOf(request.url).startsWith('/api/') : isPublic(config)) return
    const operator = identifyOperator(parts, request)
    if (request.method === 'GET' || request.method === 'HEAD') return
    requireSameOrigin(request)
    if (operator.role === 'watch' && config.harmless !== true) throw new Problem('not-permitted')
  })
  compressAnswers(server)
  healthRoutes(server, parts)
  schemaRoutes(server, parts, 'public')
  problemRoutes(server)
  if (parts.site !== undefined) documentationRoutes(server, parts.site)
  logRoutes(server, parts, { prefix: '/log', access: 'public' })
  overviewRoutes(server, parts)
  deadLetterRoutes(server, parts)
  agencyRoutes(server, parts)
  actRoutes(server, parts)
  eventRoutes(server, parts)
  caseRoutes(server, parts)
  statisticsRoutes(server, parts)
  alarmRoutes(server, parts)
  successionRoutes(server, parts)
  // In a scope of its own: a form is nothing that the API reads, so no page of another site can ask for an act by one.
  await server.register(
    async (pages) => await consoleRoutes(pages.withTypeProvider<TypeBoxTypeProvider>() as Server, parts, assets),
  )
  descriptionRoute(server, {
    path: '/openapi.json',
    access: 'public',
    operationId: 'describeApi',
    summary: 'This description',
    describe: parts.describeOperations,
  })
  // For whoever begins, and has no certificate yet.
  descriptionRoute(server, {
    path: '/openapi/agency.json',
    access: 'public',
    operationId: 'describeAgencyApi',
    summary: 'The description of the agency listener',
    describe: parts.describeAgency,
  })
}

function parseJsonBody(
  _request: FastifyRequest,
  body: string | Buffer,
  done: (error: Error | null, value?: unknown) => void,
): void {
  try {
    done(null, JSON.parse(String(body)))
  } catch {
    done(new Problem('invalid-request', NOT_JSON))
  }
}

const NOT_JSON: Text = {
  en: 'The body is not JSON (RFC 8259).',
  fr: 'Le corps n’est pas conforme à JSON (RFC 8259).',
}
