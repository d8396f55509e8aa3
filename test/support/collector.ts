import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { listen } from './endpoint.ts'

/** A span as it came, with its attributes by name. */
export type CollectedSpan = {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly name: string
  readonly kind: number
  readonly failed: boolean
  readonly ms: number
  readonly attributes: Readonly<Record<string, string | number>>
}

export type Collector = AsyncDisposable & {
  readonly url: string
  readonly spans: readonly CollectedSpan[]
  /** All that came, as text. */
  text(): string
  /** Refuses from now on, or takes again. */
  refuse(refuses: boolean): void
}

type Value = { readonly stringValue?: string; readonly intValue?: number | string }
type Wire = {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly status?: { readonly code?: number }
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly { readonly key: string; readonly value: Value }[]
}
type Export = {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly Wire[] }[] }[]
}

const FAILED = 2

/** Starts a collector of OpenTelemetry that speaks OTLP over HTTP, as JSON, on a free port of this machine. */
export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = []
  const came: unknown[] = []
  let refuses = false
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      if (refuses || request.url !== '/v1/traces') return response.writeHead(refuses ? 400 : 404).end()
      came.push(body)
      const { resourceSpans } = body as Export
      spans.push(...resourceSpans.flatMap((one) => one.scopeSpans.flatMap((scope) => scope.spans.map(read))))
      return response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    text: () => JSON.stringify(came),
    refuse: (now) => void (refuses = now),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function read({ status, startTimeUnixNano: start, endTimeUnixNano: end, attributes, ...span }: Wire): CollectedSpan {
  const { traceId, spanId, parentSpanId, name, kind } = span
  const valueOf = ({ stringValue, intValue }: Value): string | number => stringValue ?? Number(intValue)
  return {
    traceId,
    spanId,
    parentSpanId,
    name,
    kind,
    failed: status?.code === FAILED,
    ms: Number((BigInt(end) - BigInt(start)) / 1_000_000n),
    attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)])),
  }
}
