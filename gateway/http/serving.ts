import type { FastifyReply } from 'fastify'
import type { Attachments } from '../attachments/attachments.ts'
import type { Config, Log, Metrics } from '../base/base.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { GatewayKeys, LogKeys, Registry, TrustSnapshot } from '../identity/identity.ts'
import type { ProofTexts, Tree } from '../log/log.ts'
import type { Operations } from '../operations/operations.ts'
import type { Catalogue, SchemaFiles } from '../protocol/protocol.ts'
import type { Database, Disk } from '../record/record.ts'
import type { Admission } from './admission/admission.ts'
import type { Overload } from './admission/overload.ts'
import type { FormTokens } from './console/token.ts'
import type { Cursors } from './cursor.ts'
import type { SiteFiles } from './public/site-files.ts'
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
  readonly attachments: Attachments
  readonly exchange: Exchange
  readonly catalogue: Catalogue
  readonly schemaFiles: SchemaFiles
  readonly rateLimit: RateLimit
  readonly disk: Disk
  /** An agency's cursors. */
  readonly cursorsOf: (agency: string) => Cursors
  /** Its own certificates and keys now. */
  readonly keys: () => GatewayKeys
  readonly logKeys: LogKeys
  /** The evidence log, as far as it is published. */
  readonly tree: Tree
  /** Hears of each limit that is reached. */
  readonly tell: Overload
  /** Lets a request take its time (`admission/arrivals.ts`). */
  readonly giveTime: Admission['giveTime']
  readonly stopping: AbortSignal
  /** The OpenAPI description of this listener, as JSON. */
  readonly describeAgency: () => Promise<string>
  /** Aborts when the client has gone or the process is stopping: nobody waits for either. */
  readonly untilGone: (reply: FastifyReply) => AbortSignal
}

/** What those of the operations listener work with. */
export type Operating = Recognising &
  Pick<Serving, 'describeAgency'> & {
    readonly config: Config
    readonly log: Log
    /** Of the operators' forms. */
    readonly formTokens: FormTokens
    readonly operations: Operations
    readonly keys: () => GatewayKeys
    readonly logKeys: LogKeys
    /** The evidence log, as far as it is published. */
    readonly tree: Tree
    readonly proofs: ProofTexts
    readonly cursorsOf: (agency: string) => Cursors
    readonly catalogue: Catalogue
    readonly schemaFiles: SchemaFiles
    /** The documentation site, where it is shown. */
    readonly site: SiteFiles | undefined
    /** Aborts when the client has gone or the process is stopping: nobody waits for either. */
    readonly untilGone: (reply: FastifyReply) => AbortSignal
    /** The OpenAPI description of this listener, as JSON. */
    readonly describeOperations: () => Promise<string>
  }
