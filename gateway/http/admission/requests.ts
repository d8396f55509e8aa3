import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TLSSocket } from 'node:tls'
import type { Connection } from './connection.ts'

/** A client that pipelines has this many requests worked on at once; one that does not never has more than one. */
const MOST_UNDER_WAY = 4
/**
 * Beyond, nothing more is read from the connection; but what was read at once, up to 64 KiB, may hold 1,800 requests. So many of all
 * connections of one account are kept, at 5 KB each.
 */
const MOST_HELD = 4_096

export type Serve = (request: IncomingMessage, response: ServerResponse) => void

/** The requests of one connection. */
export type Requests = {
  /** False where there are too many. */
  take(request: IncomingMessage, response: ServerResponse): boolean
  /** The connection has gone: nothing that is held back will be begun. */
  forget(): void
}

type Opened = { readonly connection: Connection; readonly socket: TLSSocket; readonly account: string }
type Held = { readonly request: IncomingMessage; readonly response: ServerResponse }

/**
 * Lets requests through, a few of a connection at once, and reads no more from it while any is held back: an answer that nobody
 * reads keeps its place, so who does not read is not worked for.
 * @param onEnd told of each answer that is with the system, or will never be
 */
export function openRequests(
  serve: Serve,
  onEnd: (connection: Connection, response: ServerResponse) => void,
): (opened: Opened) => Requests {
  const heldBy = new Map<string, number>()

  function count(account: string, change: number): void {
    const held = (heldBy.get(account) ?? 0) + change
    if (held > 0) heldBy.set(account, held)
    else heldBy.delete(account)
  }

  return ({ connection, socket, account }) => {
    const held: Held[] = []
    // Node goes on reading at the end of each request, and of each answer.
    socket.on('resume', () => {
      if (held.length > 0) socket.pause()
    })

    function begin({ request, response }: Held): void {
      connection.underWay += 1
      response.once('close', () => {
        connection.underWay -= 1
        onEnd(connection, response)
        const next = held.shift()
        if (next === undefined) return
        count(account, -1)
        if (held.length === 0) socket.resume()
        begin(next)
      })
      serve(request, response)
    }

    return {
      take(request, response) {
        if (connection.underWay < MOST_UNDER_WAY && held.length === 0) begin({ request, response })
        else if ((heldBy.get(account) ?? 0) >= MOST_HELD) return false
        else {
          held.push({ request, response })
          count(account, 1)
          socket.pause()
        }
        return true
      },
      forget() {
        count(account, -held.length)
        held.length = 0
      },
    }
  }
}
