import { piecesOf } from './streams.ts'
import type { Answer, Call, Incoming, Line, Progress } from './transport.ts'

/** As much of XMLHttpRequest as an upload takes, named by its form: nothing else in a browser says how far one has come. */
export type Upload = {
  open(method: string, url: string): void
  setRequestHeader(name: string, value: string): void
  getAllResponseHeaders(): string
  send(body: Blob): void
  abort(): void
  responseType: string
  readonly response: unknown
  readonly status: number
  readonly upload: { addEventListener(type: 'progress', told: (event: { readonly loaded: number }) => void): void }
  addEventListener(type: 'load' | 'error', told: () => void): void
}

export type FetchOptions = {
  /** Where the gateway is; without it, where the page came from. */
  readonly url?: string
  readonly language?: 'en' | 'fr' | (() => 'en' | 'fr')
  readonly fetch?: typeof fetch
  /** Makes what carries an upload; without it `XMLHttpRequest` where there is one, else `fetch`. */
  readonly upload?: () => Upload
}

/** Gives a line by `fetch`: the certificate that it shows is the browser's own. */
export function openFetchLine(options: FetchOptions): Line {
  const ask = options.fetch ?? globalThis.fetch.bind(globalThis)
  const upload = options.upload ?? foundUpload()
  const base = options.url ?? ''
  const headersOf = ({ contentType, fromByte }: Call): Record<string, string> => ({
    'accept-language': (typeof options.language === 'function' ? options.language() : options.language) ?? 'en',
    ...(contentType !== undefined && { 'content-type': contentType }),
    ...(fromByte !== undefined && { range: `bytes=${fromByte}-` }),
  })

  return {
    async attempt(call, sent, signal) {
      const { method, body } = call
      const url = `${base}${call.path}${queryOf(call)}`
      if (body instanceof Blob && upload !== undefined)
        return await put(upload(), { method, url, headers: headersOf(call), body }, sent, signal)
      const response = await ask(url, {
        method,
        headers: headersOf(call),
        body: body ?? null,
        signal,
        credentials: 'same-origin',
        cache: 'no-store',
        redirect: 'error',
        referrerPolicy: 'no-referrer',
      })
      if (body instanceof Blob) sent(body.size)
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: response.body === null ? nothing() : piecesOf(response.body),
      }
    },
    // A browser tells no network fault from another; all of them are TypeErrors.
    mayPass: (cause) => cause instanceof TypeError,
    close: () => Promise.resolve(),
  }
}

function foundUpload(): (() => Upload) | undefined {
  const { XMLHttpRequest: found } = globalThis as { readonly XMLHttpRequest?: new () => Upload }
  return found && (() => new found())
}

function queryOf({ query = {} }: Call): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // An answer without a body.
}

type Putting = {
  readonly method: string
  readonly url: string
  readonly headers: Record<string, string>
  readonly body: Blob
}

async function put(
  request: Upload,
  { method, url, headers, body }: Putting,
  sent: Progress,
  signal: AbortSignal,
): Promise<Answer<Incoming>> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer<Incoming>>()
  const abort = (): void => {
    request.abort()
    reject(signal.reason)
  }
  request.open(method, url)
  request.responseType = 'arraybuffer'
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
  request.upload.addEventListener('progress', ({ loaded }) => sent(loaded))
  request.addEventListener('error', () => reject(new TypeError('the upload broke off')))
  request.addEventListener('load', () =>
    resolve({
      status: request.status,
      headers: readHeaders(request.getAllResponseHeaders()),
      body: once(new Uint8Array(request.response as ArrayBuffer)),
    }),
  )
  signal.throwIfAborted()
  signal.addEventListener('abort', abort, { once: true })
  request.send(body)
  try {
    return await promise
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function readHeaders(lines: string): Record<string, string> {
  const pairs = lines.split('\r\n').flatMap((line) => {
    const colon = line.indexOf(':')
    return colon < 0 ? [] : [[line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const]
  })
  return Object.fromEntries(pairs)
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
