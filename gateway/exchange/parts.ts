import type { Checking } from './checking/thread.ts'
import type { Config } from '../base/config.ts'
import type { Agency } from '../protocol/agency.ts'
import type { Catalogue } from '../protocol/catalogue.ts'
import type { Certificate } from '../identity/certificate.ts'
import type { Pathway } from '../protocol/pathway.ts'
import type { Pusher } from '../delivery/push.ts'
import type { Issuer } from '../log/issue.ts'
import type { Registry } from '../identity/registry.ts'
import type { TrustSnapshot } from '../identity/trust.ts'
import type { Log } from '../base/logger.ts'
import type { Metrics } from '../base/metrics.ts'
import type { Database } from '../record/database.ts'
import type { Wakes } from '../record/wakes.ts'
import type { Lookup } from './lookup.ts'
import type { Notifying } from '../delivery/notifications.ts'
import type { Vault } from '../record/vault.ts'
import type { Lane } from '../protocol/priority.ts'

/** Who is calling: the agency that pinned the certificate of the TLS connection. */
export type Caller = { readonly agency: Agency; readonly certificate: Certificate }

/** What the flows work with: opened once by the composition root, and passed down. */
export type Parts = {
  readonly config: Config
  readonly log: Log
  readonly metrics: Metrics
  readonly database: Database
  readonly wakes: Wakes
  readonly catalogue: Catalogue
  readonly pathway: Pathway
  readonly issuer: Issuer
  /** For receipts that no request waits for: they take no time from those that one does. */
  readonly patientIssuer: Issuer
  readonly checking: Checking
  readonly vault: Vault
  readonly lookup: Lookup
  readonly pusher: Pusher
  /** Tells an agency that something waits. */
  readonly tell: Notifying
  /** The registry in force now: whoever decides several things by it asks once. */
  readonly registry: () => Registry
  readonly trust: () => TrustSnapshot
  readonly now: () => Date
  /** Calls a worker to drain a lane, now or at a time. A lost call is made good by the sweep. */
  readonly enqueue: (lane: Lane, at?: Date) => void
}
