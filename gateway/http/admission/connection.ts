import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'

/** Who is at the other end, once the handshake has told. */
export type Standing = {
  /** An agency or an operator by id, or nobody that the registry knows. */
  readonly party: string | undefined
  /** The certificate that was shown; on the operations listener there may be none. */
  readonly thumbprint: string | undefined
  /** When that certificate ends. */
  readonly until: Date | undefined
}

/** A request that is still coming in. */
export type Arriving = {
  readonly request: IncomingMessage
  since: number
  /** It may take as long as it goes on; what of its connection had come when that was last looked at, and when. */
  patience: { read: number; movedAt: number } | undefined
}

/** One open connection, from the moment it was accepted. Times are of `performance.now()`. */
export type Connection = {
  readonly raw: Socket
  readonly address: string
  readonly since: number
  /** Absent until its handshake is done. `account` is on whose account unsent bytes are: strangers are told apart by address. */
  open: { readonly socket: TLSSocket; standing: Standing; readonly account: string } | undefined
  /** Requests that were begun and whose answers are not yet with the system. */
  underWay: number
  /** What is still coming in; the one before it has come. */
  arriving: Arriving | undefined
  /** How much had been written when that was last looked at, and since when it has not grown. */
  written: number
  stoodSince: number
}

/** Takes a socket that was just accepted. */
export function makeConnection(raw: Socket): Connection {
  const since = performance.now()
  const address = addressOf(raw.remoteAddress ?? '')
  return { raw, address, since, open: undefined, underWay: 0, arriving: undefined, written: 0, stoodSince: since }
}

/** On whose account it is: an agency's or an operator's, else its address's. */
export const accountOf = ({ open, address }: Connection): string => open?.account ?? address

/** Ends a connection at once: what the other end has not read by now it does not get. */
export function destroy({ raw, open }: Connection): void {
  if (open === undefined) raw.destroy()
  else open.socket.destroy()
}

/**
 * What counts as one address. Of IPv6 that is the network of 64 bits, the least that one subscriber is given (RFC 6177): each has
 * more addresses in it than any table has rows.
 */
export function addressOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped?.[1] !== undefined) return mapped[1]
  if (!address.includes(':')) return address
  const [head = '', tail] = (address.split('%', 1)[0] ?? '').split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0')
  const groups = [...left, ...zeros, ...right].slice(0, 4)
  return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')
}
