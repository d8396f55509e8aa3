import { Readable } from 'node:stream'
import { Agent, request } from 'undici'
import { codeOf, LARGEST_ANSWER, type Line, type Progress } from './transport.ts'

/** Faults that another attempt may mend. A certificate that was refused, on either side, is none of them. */
const PASSING =
  /^(?:E(?:CONN(?:RESET|REFUSED|ABORTED)|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|AI_AGAIN)|UND_ERR_(?:SOCKET|\w+_TIMEOUT))$/

export type TlsOptions = {
  readonly url: string
  readonly tls: { readonly cert: string; readonly key: string }
  /** The trust anchors of the gateway's own certificate, PEM. */
  readonly ca: string | readonly string[]
  readonly connections?: number
  readonly language?: 'en' | 'fr'
}

/** Takes where and as whom to connect, and how long a connection may take; gives a line by mutual TLS 1.3, under Node. */
export function openTlsLine(options: TlsOptions, connectMs: number): Line {
  const ca = typeof options.ca === 'string' ? options.ca : [...options.ca]
  const agent = new Agent({
    connections: options.connections ?? 8,
    maxResponseSize: LARGEST_ANSWER,
    allowH2: false,
    connect: { ...options.tls, ca, minVersion: 'TLSv1.3', timeout: connectMs },
  })
  return {
    async attempt(call, sent, signal) {
      const { statusCode, headers, body } = await request(new URL(call.path, options.url), {
        dispatcher: agent,
        method: call.method,
        query: Object.fromEntries(Object.entries(call.query ?? {}).filter(([, value]) => value !== undefined)),
        body: call.body instanceof Blob ? Readable.from(inPieces(call.body, sent)) : (call.body ?? null),
        headers: {
          'accept-language': options.language ?? 'en',
          ...(call.contentType !== undefined && { 'content-type': call.contentType }),
          ...(call.body instanceof Blob && { 'content-length': String(call.body.size) }),
          ...(call.fromByte !== undefined && { range: `bytes=${call.fromByte}-` }),
        },
        headersTimeout: 0,
        bodyTimeout: 0,
        signal,
      })
      return { status: statusCode, headers, body }
    },
    mayPass: (cause) => PASSING.test(codeOf(cause)),
    close: () => agent.destroy(),
  }
}

async function* inPieces(blob: Blob, sent: Progress): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const piece of blob.stream()) {
    yield piece
    bytes += piece.length
    sent(bytes)
  }
}
