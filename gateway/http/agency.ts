import type { FastifyReply } from 'fastify'
import type { Accepting } from '../flow/accept.ts'
import type { Pushing } from '../flow/push.ts'
import type { Refusing } from '../flow/refuse.ts'
import type { GatewayKeys } from '../identity/keys.ts'
import type { LogKeys } from '../identity/own-keys.ts'
import type { SchemaFiles } from '../core/catalogue.ts'
import { isPublic } from './access.ts'
import { acceptJose } from './body.ts'
import { admitPeer, identifyCaller } from './caller.ts'
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
  readonly untilGone: (reply: FastifyReply) => AbortSignal
}

/** Everything that an agency may ask (protocol sections 1 to 8). All but the pages of problems is for active agencies alone. */
export function addAgencyRoutes(server: Server, parts: Serving): void {
  acceptJose(server, parts.config.maxMessageBytes)
  server.addHook('onRequest', (request, reply, done) => {
    // Nobody is answered on a connection that is no longer entitled: it is closed.
    const peer = admitPeer(parts, request, reply)
    if (peer === undefined) return
    try {
      if (!isPublic(request.routeOptions.config)) identifyCaller(parts, peer, request, reply)
      done()
    } catch (error) {
      done(error instanceof Error ? error : new Error('the caller could not be identified'))
    }
  })
  messageRoutes(server, parts)
  inboxRoutes(server, parts)
  receiptRoutes(server, parts)
  caseRoutes(server, parts)
  directoryRoutes(server, parts)
  schemaRoutes(server, parts, 'agency')
  problemRoutes(server)
}
