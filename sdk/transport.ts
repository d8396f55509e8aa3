import { Readable } from 'node:stream'
import { setTimeout as delayed } from 'node:timers/promises'
import { Agent, type Dispatcher, request } from 'undici'
import { PasserelleProblem, problemDocument, SdkFault } from './problem.ts'
import { parseJson, type Reader, ShapeFault } from './shape.ts'

/** How long and how often one call is tried. */
export type Patience = {
  /** All attempts of one call together. Below the 300 s for which a signature stays fresh, so that a late attempt is never stale. */
  readonly giveUpAfterMs: number
  /** One attempt, besides the time it asked the gateway to wait; of what goes by piece by piece, from one to the next. */
  readonly attemptMs: number
  readonly firstDelayMs: number
  readonly longestDelayMs: number
}
export const patience: Patience = {
  giveUpAfterMs: 240_000,
  attemptMs: 30_000,
  firstDelayMs: 250,
  longestDelayMs: 20_000,
}

/** Waits so many milliseconds, or until the signal aborts: then it rejects. */
export const wait = (ms: number, signal: AbortSignal): Promise<unknown> => delayed(ms, undefined, { signal })

/** The largest answer that is read: an attachment of 25 MiB, and some. */
const LARGEST_ANSWER = 32 * 1024 * 1024
/** How much of the back-off is left to chance, so that clients that were cut off together do not come back together. */
const JITTER = 0.2
/** Faults that another attempt may mend. A certificate that was refused, on either side, is none of them. */
const PASSING =
  /^(?:E(?:CONN(?:RESET|REFUSED|ABORTED)|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|AI_AGAIN)|UND_ERR_(?:SOCKET|\w+_TIMEOUT))$/

export type Call = {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly query?: { readonly [name: string]: string | number | undefined }
  /** A Blob goes out piece by piece, and again from its beginning at each attempt. */
  readonly body?: string | Uint8Array | Blob
  readonly contentType?: string
  /** Told how many bytes of a Blob have gone out in this attempt. */
  readonly onProgress?: Progress | undefined
  /** Where the content that is asked for is to begin (RFC 9110, section 14.2). */
  readonly fromByte?: number
  /** Seconds for which the gateway was asked to hold its answer. */
  readonly wait?: number
  readonly signal?: AbortSignal | undefined
}
export type Progress = (bytes: number) => void
export type Answer<Body = Uint8Array> = { readonly status: number; readonly headers: Headers; readonly body: Body }
type Headers = { readonly [name: string]: string | readonly string[] | undefined }

export type TransportOptions = {
  readonly url: string
  readonly tls: { readonly cert: string; readonly key: string }
  /** The trust anchors of the gateway's own certificate, PEM. */
  readonly ca: string | readonly string[]
  readonly patience?: Partial<Patience>
  readonly connections?: number
  readonly language?: 'en' | 'fr'
  readonly random?: () => number
  /** How it waits between two attempts, in ms, until the signal aborts. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>
  /** Told when the gateway warns that the caller's own certificate ends within 30 days: `<use> <time>` (section 1). */
  readonly onExpiry?: (notice: string) => void
}
export type Transport = {
  call(call: Call): Promise<Answer>
  /** The same, but the answer's body is left to be read piece by piece; it throws SdkFault `unreachable` where it breaks off. */
  open(call: Call): Promise<Answer<AsyncIterable<Uint8Array>>>
  close(): Promise<void>
}

/**
 * Takes where and as whom to connect; gives calls over mutual TLS 1.3. Every call of the protocol may be repeated, so a network fault, a 429 or a
 * 5xx is tried again with the same bytes, after `Retry-After` or a doubling delay, until patience ends. A call throws PasserelleProblem for a refusal,
 * SdkFault `unreachable` or `unexpected-answer`, and the signal's reason when aborted.
 */
export function openTransport(options: TransportOptions): Transport {
  const { attemptMs, giveUpAfterMs, firstDelayMs, longestDelayMs } = { ...patience, ...options.patience }
  const random = options.random ?? Math.random
  const sleep = options.sleep ?? wait
  const ca = typeof options.ca === 'string' ? options.ca : [...options.ca]
  const agent = new Agent({
    connections: options.connections ?? 8,
    maxResponseSize: LARGEST_ANSWER,
    allowH2: false,
    connect: { ...options.tls, ca, minVersion: 'TLSv1.3', timeout: attemptMs },
  })
  const closing = new AbortController()

  /** One attempt: its watch ends it, until whoever reads the body ends the watch. */
  const attempt = async (call: Call, watch: Watch) => {
    const { statusCode, headers, body } = await request(new URL(call.path, options.url), {
      dispatcher: agent,
      method: call.method,
      query: Object.fromEntries(Object.entries(call.query ?? {}).filter(([, value]) => value !== undefined)),
      body:
        call.body instanceof Blob ? Readable.from(inPieces(call.body, watch, call.onProgress)) : (call.body ?? null),
      headers: {
        'accept-language': options.language ?? 'en',
        ...(call.contentType !== undefined && { 'content-type': call.contentType }),
        ...(call.body instanceof Blob && { 'content-length': String(call.body.size) }),
        ...(call.fromByte !== undefined && { range: `bytes=${call.fromByte}-` }),
      },
      headersTimeout: 0,
      bodyTimeout: 0,
      signal: AbortSignal.any([watch.signal, ...aborters(call)]),
    })
    const notice = headers['passerelle-certificate-expires']
    if (notice !== undefined) for (const each of [notice].flat()) options.onExpiry?.(each)
    return { status: statusCode, headers, body }
  }

  const aborters = (call: Call) => [closing.signal, ...(call.signal ? [call.signal] : [])]

  /** Tries until the gateway has given what was asked for; `take` says what becomes of that answer's body. */
  const persist = async <Body>(call: Call, take: (body: Incoming, watch: Watch) => Body | Promise<Body>) => {
    const deadline = performance.now() + giveUpAfterMs
    for (let delay = firstDelayMs; ; delay = Math.min(delay * 2, longestDelayMs)) {
      const watch = startWatch(attemptMs + (call.wait ?? 0) * 1000)
      let refused: Answer | SdkFault
      try {
        const answer = await attempt(call, watch)
        if (answer.status < 300) return { ...answer, body: await take(answer.body, watch) }
        refused = { ...answer, body: await readWhole(answer.body, watch) }
      } catch (cause) {
        watch.end()
        refused = failure(cause, aborters(call))
      }
      if (!(refused instanceof SdkFault) && refused.status !== 429 && refused.status < 500) throw refusal(refused)
      const asked = refused instanceof SdkFault ? undefined : retryAfterMs(refused.headers)
      const pause = asked ?? delay * (1 + JITTER * (2 * random() - 1))
      if (performance.now() + pause > deadline) throw refused instanceof SdkFault ? refused : refusal(refused)
      const until = AbortSignal.any(aborters(call))
      await sleep(pause, until).catch(() => undefined)
      until.throwIfAborted()
    }
  }

  const close = async () => {
    closing.abort(new SdkFault('unreachable', { detail: 'closed' }))
    await agent.destroy()
  }
  return {
    call: (call) => persist(call, readWhole),
    open: (call) => persist(call, (body, watch) => readPieces(body, watch, aborters(call))),
    close,
  }
}

type Incoming = Dispatcher.ResponseData['body']

/** Ends what takes too long from one piece to the next. */
type Watch = { readonly signal: AbortSignal; renew(): void; end(): void }

function startWatch(ms: number): Watch {
  const over = new AbortController()
  const timer = setTimeout(() => over.abort(new DOMException('took too long', 'TimeoutError')), ms)
  return { signal: over.signal, renew: () => void timer.refresh(), end: () => clearTimeout(timer) }
}

async function* inPieces(blob: Blob, watch: Watch, onProgress?: Progress): AsyncGenerator<Uint8Array> {
  let sent = 0
  for await (const piece of blob.stream()) {
    yield piece
    watch.renew()
    sent += piece.length
    onProgress?.(sent)
  }
}

async function readWhole(body: Incoming, watch: Watch): Promise<Uint8Array> {
  const whole = new Uint8Array(await body.arrayBuffer())
  watch.end()
  return whole
}

async function* readPieces(body: Incoming, watch: Watch, aborters: readonly AbortSignal[]): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of body) {
      watch.renew()
      yield piece as Uint8Array
      watch.renew()
    }
  } catch (cause) {
    throw failure(cause, aborters)
  } finally {
    watch.end()
  }
}

/** Takes what an attempt threw; gives it as a fault worth another attempt, or throws it. */
function failure(cause: unknown, aborters: readonly AbortSignal[]): SdkFault {
  for (const each of aborters) each.throwIfAborted()
  const mayPass = cause instanceof Error && (cause.name === 'TimeoutError' || PASSING.test(codeOf(cause)))
  const detail = cause instanceof Error && { detail: codeOf(cause) }
  const fault = new SdkFault('unreachable', { cause, mayPass, ...detail })
  if (mayPass) return fault
  throw fault
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}

/** `Retry-After` in seconds (RFC 9110, section 10.2.3), which is how the gateway gives it. */
function retryAfterMs(headers: Headers): number | undefined {
  const value = headers['retry-after']
  return typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) * 1000 : undefined
}

function refusal(answer: Answer): Error {
  const id = answer.headers['passerelle-request-id']
  try {
    return new PasserelleProblem(problemDocument(parseJson(answer.body), ''), typeof id === 'string' ? id : undefined)
  } catch (cause) {
    return new SdkFault('unexpected-answer', { cause, detail: `status ${answer.status}` })
  }
}

/** Takes an answer and the form it should have; gives its content. Throws SdkFault `unexpected-answer`. */
export function readAnswer<T>(answer: Answer, reader: Reader<T>): T {
  try {
    return reader(parseJson(answer.body), '')
  } catch (cause) {
    if (!(cause instanceof ShapeFault)) throw cause
    throw new SdkFault('unexpected-answer', { cause, detail: cause.message })
  }
}
