import { MAX_ATTACHMENT_BYTES, Problem } from '../../protocol/protocol.ts'
import { createBytes } from '../admission/bytes.ts'
import { createCalls } from '../admission/calls.ts'
import { lengthOf } from '../body.ts'
import { RETRY_OUTAGE_S } from '../problem-reply.ts'
import type { Server } from '../server.ts'
import type { Serving } from '../serving.ts'

/**
 * Counts every call of an agency by its kind before its body is read, and what is kept of it before anything is done with it
 * (protocol section 4). What would fill a disk that is nearly full is not taken; reading and acknowledging go on.
 */
export function countCalls(server: Server, { config, database, disk, rateLimit, tell }: Serving): void {
  const calls = createCalls({ submissions: config.rateLimit, callsAtOnce: config.callsAtOnce, rateLimit, tell })
  const bytes = createBytes(database, config.dailyBytes)

  server.addHook('onRequest', async (request, reply) => {
    // What is public is nobody's; an address that leads nowhere was looked up all the same.
    if (request.caller === undefined) return
    const { kind = 'look-up' } = request.routeOptions.config
    if ((kind === 'submission' || kind === 'upload') && disk.state() === 'full') {
      tell('disk')
      throw new Problem('unavailable', undefined, { retryAfter: RETRY_OUTAGE_S })
    }
    request.counted = true
    await calls.admit(request.caller.agency.id, kind, reply.raw)
  })

  server.addHook('preHandler', async (request) => {
    const { caller, body } = request
    const isUpload = request.routeOptions.config.kind === 'upload'
    if (caller === undefined || !(isUpload || Buffer.isBuffer(body))) return
    try {
      if (isUpload)
        await bytes.takeLarge(caller.agency.id, Math.min(lengthOf(request) ?? Infinity, MAX_ATTACHMENT_BYTES))
      else if (Buffer.isBuffer(body)) await bytes.take(caller.agency.id, body.length)
    } catch (error) {
      if (error instanceof Problem && error.code === 'rate-limited') tell('bytes')
      throw error
    }
  })
}
