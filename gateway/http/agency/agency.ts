import { Problem } from '../../protocol/protocol.ts'
import { isPublic } from '../access.ts'
import { acceptJose } from '../body.ts'
import { admitPeer, identifyCaller } from '../caller.ts'
import { attachmentRoutes } from './attachments.ts'
import { caseRoutes } from './cases.ts'
import { countCalls } from './counting.ts'
import { deskRoutes, isOfDesk } from '../desk/desk.ts'
import { directoryRoutes } from './directory.ts'
import { evidenceRoutes } from './evidence.ts'
import { inboxRoutes } from './inbox.ts'
import { noteCalls } from './last-seen.ts'
import { logRoutes } from '../public/log.ts'
import { logEntryRoutes } from './log-entries.ts'
import { messageRoutes } from './messages.ts'
import { descriptionRoute } from '../public/description.ts'
import { proofRoutes } from './log.ts'
import { problemRoutes } from '../public/problems.ts'
import { receiptRoutes } from './receipts.ts'
import { isLinkFollowed, requireSameOrigin } from '../same-origin.ts'
import { schemaRoutes } from '../public/schemas.ts'
import type { Server } from '../server.ts'
import type { Serving } from '../serving.ts'

const READING: ReadonlySet<string> = new Set(['GET', 'HEAD'])
/** Two operators are needed. */
const CLOSED_S = 60

/** Everything that an agency may ask (protocol sections 1 to 10). All but the pages of problems is for active agencies alone. */
export async function addAgencyRoutes(server: Server, parts: Serving): Promise<void> {
  acceptJose(server, parts.config.maxMessageBytes)
  server.addHook('onRequest', (request, reply, done) => {
    // Nobody is answered on a connection that is no longer entitled: it is closed.
    const peer = admitPeer(parts, request, reply)
    if (peer === undefined) return
    try {
      if (!isPublic(request.routeOptions.config)) {
        if (!(isOfDesk(request) && isLinkFollowed(request))) requireSameOrigin(request)
        identifyCaller(parts, peer, request, reply)
      }
      // Where the log is closed nothing new is taken, and all else is there to be read (protocol section 10).
      if (parts.tree.isClosed() && !READING.has(request.method))
        throw new Problem('unavailable', undefined, { retryAfter: CLOSED_S })
      done()
    } catch (error) {
      done(error instanceof Error ? error : new Error('the caller could not be identified'))
    }
  })
  countCalls(server, parts)
  noteCalls(server, parts)
  messageRoutes(server, parts)
  inboxRoutes(server, parts)
  evidenceRoutes(server, parts)
  attachmentRoutes(server, parts)
  receiptRoutes(server, parts)
  caseRoutes(server, parts)
  directoryRoutes(server, parts)
  logRoutes(server, parts, { prefix: '/v1/log', access: 'agency' })
  proofRoutes(server, parts)
  logEntryRoutes(server, parts)
  schemaRoutes(server, parts, 'agency')
  if (parts.config.desk === 'on') await deskRoutes(server)
  problemRoutes(server)
  descriptionRoute(server, {
    path: '/openapi.json',
    access: 'agency',
    operationId: 'describeApi',
    summary: 'This description',
    describe: parts.describeAgency,
  })
}
