import { PasserelleProblem, problemDocument, SdkFault } from './problem.ts'
import { parseJson, type Reader, ShapeFault } from './shape.ts'
import { joined } from './streams.ts'

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
export async function wait(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  const abort = (): void => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    await promise
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}

/** The largest answer that is read: an attachment of 25 MiB, and some. */
export const LARGEST_ANSWER = 32 * 1024 * 1024
/** How much of the back-off is left to chance, so that clients that were cut off together do not come back together. */
const JITTER = 0.2

export type Call = {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly query?: { readonly [name: string]: string | number | undefined }
  /** A Blob goes out piece by piece, and again from its beginning at each attempt. */
  readonly body?: string | Blob
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

/** What carries one attempt: undici's connections under Node, `fetch` in a browser. */
export type Line = {
  /**
   * Sends a request, and gives the answer with its body still to be read. `sent` is told how much of a Blob has gone out. Rejects with the signal's reason, or
   * with what went wrong.
   */
  attempt(call: Call, sent: Progress, signal: AbortSignal): Promise<Answer<Incoming>>
  /** Whether another attempt may mend what went wrong. A certificate that was refused, on either side, is none of that. */
  mayPass(cause: Error): boolean
  close(): Promise<void>
}
export type Incoming = AsyncIterable<Uint8Array>

export type TransportOptions = {
  readonly patience?: Partial<Patience>
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
 * Takes a line to the gateway; gives calls over it. Every call of the protocol may be repeated, so a network fault, a 429 or a
 * 5xx is tried again with the same bytes, after `Retry-After` or a doubling delay, until patience ends. A call throws PasserelleProblem for a refusal,
 * SdkFault `unreachable` or `unexpected-answer`, and the signal's reason when aborted.
 */
export function openTransport(line: Line, options: TransportOptions): Transport {
  const { attemptMs, giveUpAfterMs, firstDelayMs, longestDelayMs } = { ...patience, ...options.patience }
  const random = options.random ?? Math.random
  const sleep = options.sleep ?? wait
  const closing = new AbortController()

  /** One attempt: its watch ends it, until whoever reads the body ends the watch. */
  const attempt = async (call: Call, watch: Watch): Promise<Answer<Incoming>> => {
    const sent = (bytes: number): void => {
      watch.renew()
      call.onProgress?.(bytes)
    }
    const answer = await line.attempt(call, sent, AbortSignal.any([watch.signal, ...aborters(call)]))
    const notice = answer.headers['passerelle-certificate-expires']
    // A browser gives the fields of one name as one, with commas between (RFC 9110, section 5.3).
    for (const each of [notice ?? []].flat()) for (const one of each.split(/, ?/)) options.onExpiry?.(one)
    return answer
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
        refused = failure(cause, line, aborters(call))
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
    await line.close()
  }
  return {
    call: (call) => persist(call, readWhole),
    open: (call) => persist(call, (body, watch) => readPieces(body, watch, line, aborters(call))),
    close,
  }
}

/** Ends what takes too long from one piece to the next. */
type Watch = { readonly signal: AbortSignal; renew(): void; end(): void }

function startWatch(ms: number): Watch {
  const over = new AbortController()
  const start = () => setTimeout(() => over.abort(new DOMException('took too long', 'TimeoutError')), ms)
  let timer = start()
  const end = (): void => clearTimeout(timer)
  const renew = (): void => {
    end()
    timer = start()
  }
  return { signal: over.signal, renew, end }
}

async function readWhole(body: Incoming, watch: Watch): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of body) {
    pieces.push(piece)
    size += piece.length
    if (size > LARGEST_ANSWER) throw new SdkFault('unexpected-answer', { detail: 'too large' })
  }
  watch.end()
  return joined(pieces)
}

async function* readPieces(
  body: Incoming,
  watch: Watch,
  line: Line,
  aborters: readonly AbortSignal[],
): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of body) {
      watch.renew()
      yield piece
      watch.renew()
    }
  } catch (cause) {
    throw failure(cause, line, aborters)
  } finally {
    watch.end()
  }
}

/** Takes what an attempt threw; gives it as a fault worth another attempt, or throws it. */
function failure(cause: unknown, line: Line, aborters: readonly AbortSignal[]): SdkFault {
  for (const each of aborters) each.throwIfAborted()
  if (cause instanceof SdkFault) throw cause
  const mayPass = cause instanceof Error && (cause.name === 'TimeoutError' || line.mayPass(cause))
  const detail = cause instanceof Error && { detail: codeOf(cause) }
  const fault = new SdkFault('unreachable', { cause, mayPass, ...detail })
  if (mayPass) return fault
  throw fault
}

/** What to call an error: its code where it has one. */
export function codeOf(error: Error): string {
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
