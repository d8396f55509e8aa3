import type { ServerResponse } from 'node:http'
import { accountOf, type Connection, destroy } from './connection.ts'
import type { Limit, Overload } from './overload.ts'

/** A hundred of the largest messages. Who reads takes them away as fast as they are made; so much means that nobody reads. */
const MOST_OF_ONE = 32 * 1024 * 1024
/** A quarter of a small machine's memory. */
const MOST_OF_ALL = 256 * 1024 * 1024
/** A line that has not taken a byte for so long is dead, or held open on purpose. */
const STANDSTILL_MS = 30_000

/** What has been made for clients and not yet taken by them, over both listeners. */
export type Progress = {
  /** An answer of so many bytes has been made. */
  owe(connection: Connection, response: ServerResponse, bytes: number): void
  /** It is with the system, or will never be. */
  settle(connection: Connection, response: ServerResponse): void
  /** The connection has gone, and all that was owed on it. */
  forget(connection: Connection): void
  /** Ends the connection where nothing has moved for too long though something should. */
  inspect(connection: Connection, now: number): void
}

/**
 * Bounds what is unsent, for each party and for all: where it is too much, connections are ended, the one that has stood still
 * longest first. @param tell hears which limit was reached
 */
export function createProgress(tell: Overload): Progress {
  const owed = new Map<Connection, Map<ServerResponse, number>>()
  const byAccount = new Map<string, number>()
  let all = 0

  function count(connection: Connection, bytes: number): void {
    const account = accountOf(connection)
    const left = (byAccount.get(account) ?? 0) + bytes
    if (left > 0) byAccount.set(account, left)
    else byAccount.delete(account)
    all += bytes
  }

  function forget(connection: Connection): void {
    for (const bytes of owed.get(connection)?.values() ?? []) count(connection, -bytes)
    owed.delete(connection)
  }

  function end(connection: Connection, limit: Limit): void {
    tell(limit)
    forget(connection)
    destroy(connection)
  }

  /** The one of an account that has stood still longest. */
  function slowest(account: string): Connection | undefined {
    let found: Connection | undefined
    for (const one of owed.keys())
      if (accountOf(one) === account && (found === undefined || one.stoodSince < found.stoodSince)) found = one
    return found
  }

  /** Whoever has most. */
  function greatest(): string {
    let found = ''
    for (const [account, bytes] of byAccount) if (bytes > (byAccount.get(found) ?? 0)) found = account
    return found
  }

  return {
    owe(connection, response, bytes) {
      if (connection.raw.destroyed || bytes === 0) return
      const answers = owed.get(connection) ?? new Map<ServerResponse, number>()
      owed.set(connection, answers.set(response, bytes))
      count(connection, bytes)
      const account = accountOf(connection)
      for (;;) {
        const isOver = (byAccount.get(account) ?? 0) > MOST_OF_ONE
        if (!isOver && all <= MOST_OF_ALL) return
        const victim = slowest(isOver ? account : greatest())
        if (victim === undefined) return
        end(victim, 'unsent')
      }
    },
    settle(connection, response) {
      const answers = owed.get(connection)
      const bytes = answers?.get(response)
      if (answers === undefined || bytes === undefined) return
      count(connection, -bytes)
      answers.delete(response)
      if (answers.size === 0) owed.delete(connection)
    },
    forget,
    inspect(connection, now) {
      const { raw, open } = connection
      // An answer that waits for the one before it is not in the socket yet.
      const waits = open !== undefined && (open.socket.writableLength > 0 || open.socket.writableEnded)
      const written = raw.bytesWritten
      if (!waits || written !== connection.written) {
        connection.written = written
        connection.stoodSince = now
      } else if (now - connection.stoodSince > STANDSTILL_MS) end(connection, 'stalled')
    },
  }
}
