import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Connection } from './connection.ts'

/** For a message of 256 KiB over a bad line; a long poll has sent its whole request before it waits. */
const WHOLE_MS = 60_000
/** For an attachment of 25 MiB at 350 kbit/s. */
export const LONGEST_MS = 600_000
/** Of a line that brings an attachment: it is dead, or held open on purpose. */
const STANDSTILL_MS = 30_000

/** How long requests take to come in. */
export type Arrivals = {
  /** A request's head has come. */
  begin(connection: Connection, request: IncomingMessage): void
  /** It may take its time, until it is answered. */
  giveTime(connection: Connection, request: IncomingMessage, response: ServerResponse): void
  /** Ends the request where it has taken too long. */
  inspect(connection: Connection, now: number): void
}

/** Bounds them. @param onLate ends the request of a connection, and the connection with it */
export function createArrivals(onLate: (connection: Connection) => void): Arrivals {
  function end(connection: Connection): void {
    connection.arriving = undefined
    onLate(connection)
  }

  return {
    begin(connection, request) {
      connection.arriving = { request, since: performance.now(), patience: undefined }
    },
    giveTime(connection, request, response) {
      const { arriving } = connection
      if (arriving?.request !== request) return
      arriving.patience = { read: connection.raw.bytesRead, movedAt: performance.now() }
      response.once('finish', () => {
        arriving.patience = undefined
        arriving.since = performance.now()
      })
    },
    inspect(connection, now) {
      const { arriving, raw } = connection
      if (arriving === undefined) return
      const { request, since, patience } = arriving
      if (request.complete) connection.arriving = undefined
      else if (patience === undefined) {
        if (now - since > WHOLE_MS) end(connection)
      } else if (raw.bytesRead !== patience.read || request.readableLength > 0) {
        // What waits to be read is late on this side.
        patience.read = raw.bytesRead
        patience.movedAt = now
      } else if (now - patience.movedAt > STANDSTILL_MS) end(connection)
    },
  }
}
