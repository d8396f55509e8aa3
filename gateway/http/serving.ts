import type { FastifyReply } from 'fastify'
import type { SchemaFiles } from '../protocol/catalogue.ts'
import type { Accepting } from '../exchange/accept.ts'
import type { Pushing } from '../delivery/pushes.ts'
import type { Refusing } from '../exchange/refuse.ts'
import type { Health } from '../operations/health.ts'
import type { GatewayKeys } from '../identity/keys.ts'
import type { LogKeys } from '../identity/own-keys.ts'
import type { RateLimit } from './rate-limit.ts'

/** What the routes of the agency listener work with. */
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

/** What those of the operations listener work with. */
export type Operating = Serving & {
  readonly health: Health
  /** The OpenAPI description of both listeners. */
  readonly describe: () => object
}
