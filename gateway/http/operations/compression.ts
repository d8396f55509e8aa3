import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import Negotiator from 'negotiator'
import type { Server } from '../server.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** It goes out as it is: its length must not tell what is secret in it. */
    uncompressed?: true
  }
}

const compress = promisify(gzip)
/** What fits into one packet gains nothing. */
const WORTH_BYTES = 1_024

/**
 * Has what operators are answered go out as gzip where the client takes it: one agency, or message, after another says nearly the same, and
 * a tenth of it is left. A page with a form's token is not: what a stranger makes an operator's browser ask for stands in the same page,
 * and the length would tell how much of the token it has in common with that (BREACH).
 */
export function compressAnswers(server: Server): void {
  server.addHook('onSend', async (request, reply, payload) => {
    const { access, uncompressed } = request.routeOptions.config
    if (access !== 'operator' || uncompressed === true) return payload
    if (typeof payload !== 'string' || payload.length < WORTH_BYTES) return payload
    const vary = reply.getHeader('vary')
    reply.header('vary', vary === undefined ? 'Accept-Encoding' : `${String(vary)}, Accept-Encoding`)
    if (new Negotiator(request).encoding(['gzip', 'identity']) !== 'gzip') return payload
    reply.header('content-encoding', 'gzip').removeHeader('content-length')
    return await compress(payload)
  })
}
