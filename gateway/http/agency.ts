import type { FastifyRequest } from 'fastify'
import type { Accepting } from '../flow/accept.ts'
import type { Pushing } from '../flow/push.ts'
import type { Refusing } from '../flow/refuse.ts'
import type { GatewayKeys } from '../identity/keys.ts'
import type { LogKeys } from '../identity/own-keys.ts'
import type { SchemaFiles } from '../core/schemas.ts'
import { acceptJose } from './body.ts'
import { identifyCaller } from './caller.ts'
import type { RateLimit } from './rate-limit.ts'
import { caseRoutes } from './routes/cases.ts'
import { directoryRoutes } from './routes/directory.ts'
import { inboxRoutes } from './routes/inbox.ts'
import { messageRoutes } from './routes/messages.ts'
import { problemRoutes } from './routes/problems.ts'
import { receiptRoutes } from './routes/receipts.ts'
import { schemaRoutes } from './routes/schemas.ts'
import type { Server } from './server.ts'

/** What the routes work with. */
export type Serving = Pushing & {
  readonly accept: Accepting
  readonly refuse: Refusing
  readonly rateLimit: RateLimit
  readonly keys: GatewayKeys
  readonly logKeys: LogKeys
  readonly schemaFiles: SchemaFiles
  /** Aborts when the client has gone or the process is stopping: nobody waits for either. */
  readonly untilGone: (request: FastifyRequest) => AbortSignal
}

export type AgencyServer = Server

/** Everything that an agency may ask (protocol sections 1 to 8). All but the pages of problems is for active agencies alone. */
export function addAgencyRoutes(server: Server, parts: Serving): void {
  acceptJose(server, parts.config.maxMessageBytes)
  server.addHook('onRequest', async (request, reply) => {
    if (!request.url.startsWith('/problems/')) identifyCaller(parts, request, reply)
  })
  messageRoutes(server, parts)
  inboxRoutes(server, parts)
  receiptRoutes(server, parts)
  caseRoutes(server, parts)
  directoryRoutes(server, parts)
  schemaRoutes(server, parts)
  problemRoutes(server)
}
