import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { TLSSocket } from 'node:tls'
import type { Client, Received } from './client.ts'
import { digestOf } from './keys.ts'
import type { Envelope } from './message.ts'
import { openCallerCheck } from './receiver.ts'
import { signAcknowledgement, type Signer } from './sign.ts'
import { verifyMessage } from './verify.ts'

/**
 * What becomes of a message: the agency has it, refuses it with a code of the list `refusalReason`, or acknowledges it later
 * through `client.acknowledge`, by which time the gateway counts it as unread (section 6).
 */
export type Outcome = 'accepted' | 'later' | { readonly refused: string }

/** Remembers what became of which message, by `<from> <id>`. Keep it in a database where a repetition after a restart would do harm. */
export type Memory = {
  get(key: string): Outcome | undefined | Promise<Outcome | undefined>
  set(key: string, outcome: Outcome): unknown
}

export type ReceiverOptions = {
  /** The agency that receives, and its client, of which the well-known document and the directory are read. */
  readonly agency: string
  readonly client: Pick<Client, 'wellKnown' | 'directory'>
  /** Who signs the acknowledgements. */
  readonly signer: Signer
  /** The endpoint's own certificate and key, PEM; the registry names its anchors (section 7). */
  readonly tls: { readonly cert: string; readonly key: string }
  /** The anchors of the gateway's certificate, PEM. */
  readonly ca: string | readonly string[]
  /**
   * Takes a message whose signature has been verified; resolves when the agency has it safely, for then it is acknowledged. It is called once for each message, also where
   * the gateway brings it several times; where it throws, the gateway is asked to come again.
   */
  readonly take: (envelope: Envelope, message: Received) => Outcome | Promise<Outcome>
  readonly memory?: Memory
  /** Told of what went wrong with a call: an unknown caller, a message that does not verify, a fault of `take`. */
  readonly onFault?: (fault: unknown) => void
  readonly now?: () => Date
}

export type Receiver = {
  /** Begins to listen; gives the port. */
  listen(port: number, host?: string): Promise<number>
  /** Finishes what is under way, and ends. */
  close(): Promise<void>
}

/** How many outcomes are remembered where no other memory is given. */
const REMEMBERED = 10_000
/** The largest message that any gateway takes is read; what is larger comes from none. */
const LARGEST_MESSAGE = 4 * 1024 * 1024
/** Where this side is at fault the gateway is asked to come again after so many seconds. */
const AGAIN_S = 5
const HEADERS_MS = 15_000
const REQUEST_MS = 60_000
const CONNECTIONS = 256

class UnknownCaller extends Error {}

/**
 * Makes an endpoint to which the gateway pushes (section 7): mutual TLS 1.3; whoever is not the gateway is cut off without an answer; each message is verified, taken
 * once, and acknowledged in the same answer with the agency's own signature.
 */
export function createReceiver(options: ReceiverOptions): Receiver {
  const { agency, client, signer, take, onFault = () => undefined, memory = rememberSome() } = options
  const now = options.now ?? (() => new Date())
  const isGateway = openCallerCheck(() => client.wellKnown())
  const underWay = new Map<string, Promise<Outcome>>()

  /** Once for each message, also where it is brought again before it has been taken. */
  const takeOnce = async (envelope: Envelope, message: Received): Promise<Outcome> => {
    const key = `${message.from} ${message.id}`
    const known = await memory.get(key)
    if (known !== undefined) return known
    const begun = underWay.get(key) ?? takeNow(key, envelope, message).finally(() => underWay.delete(key))
    underWay.set(key, begun)
    return begun
  }
  const takeNow = async (key: string, envelope: Envelope, message: Received): Promise<Outcome> => {
    const outcome = await take(envelope, message)
    await memory.set(key, outcome)
    return outcome
  }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!(await isGateway((request.socket as TLSSocket).getPeerX509Certificate())))
      throw new UnknownCaller('not the gateway')
    if (request.method !== 'POST') return void response.writeHead(405, { allow: 'POST' }).end()
    const bytes = await readBody(request)
    const from = String(request.headers['passerelle-from'])
    const id = String(request.headers['passerelle-message-id'])
    const envelope = await verifyMessage(bytes, await client.directory(), { from, id, to: agency })
    const outcome = await takeOnce(envelope, { from, id, bytes })
    if (outcome === 'later') return void response.writeHead(202).end()
    const at = now()
    const payload = {
      messageId: id,
      messageDigest: digestOf(bytes),
      at: at.toISOString(),
      ...(outcome === 'accepted'
        ? { outcome: 'accepted' as const }
        : { outcome: 'refused' as const, reason: { code: outcome.refused } }),
    }
    const signed = await signAcknowledgement(payload, signer, at)
    response.writeHead(200, { 'content-type': 'application/jose' }).end(signed)
  }

  const server = createServer(
    {
      ...options.tls,
      ca: typeof options.ca === 'string' ? options.ca : [...options.ca],
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.3',
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
    },
    (request, response) => {
      answer(request, response).catch((fault: unknown) => {
        onFault(fault)
        // A close, as a 503, makes the gateway come again; any 4xx would be a refusal for good.
        if (fault instanceof UnknownCaller || response.headersSent) response.destroy()
        else response.writeHead(503, { 'retry-after': String(AGAIN_S) }).end()
      })
    },
  )
  server.maxConnections = CONNECTIONS

  return {
    listen: async (port, host = '0.0.0.0') => {
      server.listen(port, host)
      await once(server, 'listening')
      const address = server.address()
      return typeof address === 'object' && address !== null ? address.port : port
    },
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeIdleConnections()
      await closed
    },
  }
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of request as AsyncIterable<Uint8Array>) {
    size += piece.length
    if (size > LARGEST_MESSAGE) throw new RangeError('larger than any message')
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** The newest outcomes, in memory. */
function rememberSome(): Memory {
  const kept = new Map<string, Outcome>()
  return {
    get: (key) => kept.get(key),
    set: (key, outcome) => {
      kept.set(key, outcome)
      const oldest = kept.keys().next()
      if (kept.size > REMEMBERED && oldest.done !== true) kept.delete(oldest.value)
    },
  }
}
