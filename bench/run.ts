/**
 * One run against a system. Closed: each connection sends its next message when the last is answered. Open: messages come at a given
 * rate whatever the answers do, and a message's time counts from when it was due. Delivered: closed, and the recipient reads and
 * acknowledges all of it meanwhile; the clock stops with the last acknowledgement. Inbox: the recipient asks for the inbox's first page,
 * again and again.
 */
export type Run = {
  readonly mode: 'closed' | 'open' | 'delivered' | 'inbox'
  readonly connections: number
  /** What goes before and is not counted. */
  readonly warmUpSeconds: number
  readonly seconds: number
  /** Open: the rate. Otherwise the most that is expected: so many are signed before the clock starts. */
  readonly perSecond: number
}

/** Where the development PKI (protocol, section 13) and the published schemas stand. */
export type Setting = { readonly pki: string; readonly schemas: string }

/** What is measured: a system's process and PostgreSQL's first process. */
export type Watched = { readonly pid: number; readonly postmaster: number }

/** What the generator loads: a server's port and processes. */
export type Loaded = Setting & Watched & { readonly port: number }

export const ACCEPTED = 202
