/** Pushes messages to the agencies' endpoints (protocol section 7). */
import type { TrustSnapshot } from '../identity/identity.ts'
import type { IncomingMessage } from 'node:http'
import { nameFault, type Outcome, readAnswer } from './answer.ts'
import { decode, MAX_ANSWER_BYTES } from './content-coding.ts'
import { type Endpoint, openEndpoint, type Terms } from './endpoint.ts'
import { DeliveryFault } from './fault.ts'
import { createLookup } from './resolve.ts'

export type { Outcome } from './answer.ts'

/** `places` tells apart what must not wait for each other's connections. */
export type Target = { readonly url: string; readonly trustAnchors: string; readonly places?: string }

export type Parcel = {
  readonly id: string
  readonly from: string
  readonly attempt: number
  readonly bytes: Buffer
  /** Of its submission, where it is known. */
  readonly requestId?: string | null
}

export type Pusher = {
  push(target: Target, message: Parcel): Promise<Outcome>
  /** Opens a connection to an endpoint, as a push would, and asks nothing. @returns `reached`, or the fixed word for the fault */
  reach(target: Target): Promise<string>
  /** Ends what is under way: each is an attempt that failed, to be tried again. */
  abandon(): void
  close(): Promise<void>
}

/** Certificates and trust are asked for at each push, so that what was renewed or revoked counts from then on. */
export type PusherOptions = {
  readonly tls: () => { readonly cert: string; readonly key: string }
  readonly trust: () => TrustSnapshot
  readonly timeoutMs: number
  readonly now: () => Date
}

const MAX_ENDPOINTS = 1024 // far more than agencies; only a registry that changes all day gets there

/**
 * Opens what pushes. `push` gives an outcome for whatever happens and never throws: a fault of the network, of the
 * endpoint or of its entry in the registry is tried again, since the next attempt may find it mended. `timeoutMs` bounds
 * the whole of a push: name, connection, TLS and answer.
 */
export function openPusher({ tls, trust, timeoutMs, now }: PusherOptions): Pusher {
  const endpoints = new Map<string, { readonly terms: Terms; readonly endpoint: Endpoint }>() // least recently used first
  const closing = new Set<Promise<void>>()
  const abandoned = new AbortController()
  const lookup = createLookup()
  let closed = false

  const retire = (endpoint: Endpoint) => {
    const done = endpoint.close().finally(() => closing.delete(done)) // what is under way ends first
    closing.add(done)
  }

  const find = (url: URL, places: string, terms: Terms): Endpoint => {
    const key = `${url.origin}\n${places}\n${terms.trustAnchors}`
    const known = endpoints.get(key)
    const usable = known && isSame(known.terms, terms)
    const entry = usable ? known : { terms, endpoint: openEndpoint(url, terms, lookup, now) }
    if (known && !usable) retire(known.endpoint)
    endpoints.delete(key)
    endpoints.set(key, entry)
    for (const [oldest, { endpoint }] of endpoints) {
      if (endpoints.size <= MAX_ENDPOINTS) break
      endpoints.delete(oldest)
      retire(endpoint)
    }
    return entry.endpoint
  }

  /** Does something with an endpoint in the time that it has; gives the fixed word for whatever fault there was instead. */
  async function withEndpoint<Done>(
    target: Target,
    work: (endpoint: Endpoint, url: URL, signal: AbortSignal) => Promise<Done>,
  ): Promise<Done | string> {
    if (closed || abandoned.signal.aborted) return 'closing'
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(), timeoutMs)
    try {
      const url = parseUrl(target.url)
      const terms = { trustAnchors: target.trustAnchors, tls: tls(), trust: trust() }
      const endpoint = find(url, target.places ?? '', terms)
      return await work(endpoint, url, AbortSignal.any([deadline.signal, abandoned.signal]))
    } catch (error) {
      if (abandoned.signal.aborted) return 'closing'
      return deadline.signal.aborted ? 'timeout' : nameFault(error)
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    async push(target, message) {
      const outcome = await withEndpoint(target, (endpoint, url, signal) =>
        send(endpoint, `${url.pathname}${url.search}`, message, signal, now),
      )
      return typeof outcome === 'string' ? { kind: 'retry', detail: outcome } : outcome
    },

    async reach(target) {
      const fault = await withEndpoint(target, (endpoint, _url, signal) => endpoint.reach(signal))
      return fault ?? 'reached'
    },

    abandon: () => abandoned.abort(),

    async close() {
      closed = true
      for (const { endpoint } of endpoints.values()) retire(endpoint)
      endpoints.clear()
      await Promise.all(closing)
    },
  }
}

function isSame(one: Terms, other: Terms): boolean {
  return one.trust.version === other.trust.version && one.tls.cert === other.tls.cert && one.tls.key === other.tls.key
}

function parseUrl(text: string): URL {
  const url = URL.parse(text)
  if (url?.protocol !== 'https:') throw new DeliveryFault('not-https')
  return url
}

/** An answer cut short is none: it throws, and the message is sent again, so that no acknowledgement is lost. */
async function send(
  endpoint: Endpoint,
  path: string,
  message: Parcel,
  signal: AbortSignal,
  now: () => Date,
): Promise<Outcome> {
  const headers = {
    'Content-Type': 'application/jose',
    'Content-Length': message.bytes.length,
    'Accept-Encoding': 'identity',
    'Passerelle-Message-Id': message.id,
    'Passerelle-From': message.from,
    'Passerelle-Attempt': String(message.attempt),
    ...(message.requestId && { 'Passerelle-Request-Id': message.requestId }),
  }
  const response = await endpoint.post(path, headers, message.bytes, signal)
  const { statusCode: status = 0 } = response
  if (status >= 200 && status <= 299) {
    const body = await readBody(response)
    return readAnswer(status, undefined, body && decode(body, response.headers['content-encoding']), now())
  }
  await readBody(response).catch(() => undefined) // the status has said it all
  return readAnswer(status, response.headers['retry-after'], undefined, now())
}

/** Gives the body, or nothing of one that is larger than any acknowledgement: there reading ends, and the connection. */
async function readBody(body: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_ANSWER_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
