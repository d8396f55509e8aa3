import type { Hash } from './attachments.ts'
import { openCalls } from './calls.ts'
import { type FetchOptions, openFetchLine } from './fetch-line.ts'
import { sha256 } from './hash.ts'
import type { Signer } from './sign.ts'
import { joined } from './streams.ts'
import { openTransport, type TransportOptions } from './transport.ts'

export type BrowserClientOptions = FetchOptions &
  TransportOptions & {
    /** Absent where nothing is to be signed: what signs throws SdkFault `key-missing` then. */
    readonly signer?: Signer | undefined
    readonly now?: (() => Date) | undefined
  }

export type BrowserClient = ReturnType<typeof openBrowserClient>

/**
 * Gives what a partner can do, as `openClient` does under Node and with the same patience and faults, over a browser's own `fetch`: to the page's own origin, and as
 * the agency whose client certificate the browser shows.
 */
export function openBrowserClient(options: BrowserClientOptions = {}) {
  const transport = openTransport(openFetchLine(options), options)
  return openCalls({ ...options, transport, hashing: openHash })
}

function openHash(): Hash {
  const pieces: Uint8Array[] = []
  return { update: (piece) => pieces.push(piece), digest: () => sha256(joined(pieces)) }
}
