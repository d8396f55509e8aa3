import type { FastifyReply } from 'fastify'
import type { Config } from '../base/config.ts'
import type { Log } from '../base/logger.ts'
import type { Metrics } from '../base/metrics.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { GatewayKeys } from '../identity/keys.ts'
import type { LogKeys } from '../identity/own-keys.ts'
import type { Registry } from '../identity/registry.ts'
import type { TrustSnapshot } from '../identity/trust.ts'
import type { Operations } from '../operations/operations.ts'
import type { Catalogue, SchemaFiles } from '../protocol/catalogue.ts'
import type { Database } from '../record/database.ts'
import type { RateLimit } from './rate-limit.ts'

/** What it takes to tell who is calling. */
export type Recognising = {
  /** The registry in force now: whoever decides several things by it asks once. */
  readonly registry: () => Registry
  readonly trust: () => TrustSnapshot
  readonly now: () => Date
}

/** What the routes of the agency listener work with. */
export type Serving = Recognising & {
  readonly config: Config
  readonly log: Log
  readonly metrics: Metrics
  readonly database: Database
  readonly exchange: Exchange
  readonly catalogue: Catalogue
  readonly schemaFiles: SchemaFiles
  readonly rateLimit: RateLimit
  readonly keys: GatewayKeys
  readonly logKeys: LogKeys
  /** Aborts when the client has gone or the process is stopping: nobody waits for either. */
  readonly untilGone: (reply: FastifyReply) => AbortSignal
}

/** What those of the operations listener work with. */
export type Operating = Recognising & {
  readonly operations: Operations
  readonly catalogue: Catalogue
  readonly schemaFiles: SchemaFiles
  /** The OpenAPI description of both listeners. */
  readonly describe: () => object
}
