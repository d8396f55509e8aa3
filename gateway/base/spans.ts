/** Steps of messages as spans of OpenTelemetry. Loaded only where somebody collects them. */
import { createHash, randomBytes } from 'node:crypto'
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace'
import type { Log } from './logger.ts'
import type { Metrics } from './metrics.ts'
import { within } from './time-out.ts'
import type { Spans, Step, StepName } from './tracing.ts'

type Needs = { readonly url: string; readonly environment: string; readonly log: Log; readonly metrics: Metrics }

/** Who asked for the step: a partner's call, the queue, or this process, which calls somebody. */
const kinds: Partial<Record<StepName, SpanKind>> = {
  accept: SpanKind.SERVER,
  repeat: SpanKind.SERVER,
  refuse: SpanKind.SERVER,
  acknowledge: SpanKind.SERVER,
  wait: SpanKind.CONSUMER,
  push: SpanKind.CLIENT,
}
/** The steps by which a trace begins. A call that is answered as an earlier one has a trace of its own. */
const BEGINS: ReadonlySet<StepName> = new Set(['accept', 'repeat', 'refuse'])
/** Outcomes of an attempt that count as errors. */
const FAILED = new Set(['retry', 'refused', 'given-up'])

/** What waits for the collector: some seconds of a full gateway, a few MiB. Beyond it spans are dropped, and nothing waits. */
const MOST_WAITING = 8_192
const EXPORT_MS = 10_000
const CLOSE_MS = 3_000

/**
 * Opens the export to a collector, over OTLP/HTTP as JSON (OpenTelemetry Protocol 1.x). A trace's id is the request id without its hyphens, and the
 * first span's follows from it: whichever process goes on needs nothing else to hang its spans on the right one.
 * @param url of the collector, to which `/v1/traces` is added
 */
export function openSpans({ url, environment, log, metrics }: Needs): Spans {
  let next = { traceId: '', spanId: '' }
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'passerelle', 'deployment.environment.name': environment }),
    idGenerator: { generateTraceId: () => next.traceId, generateSpanId: () => next.spanId },
    spanProcessors: [new BatchSpanProcessor({ exporter: openExporter(url, log, metrics), maxQueueSize: MOST_WAITING })],
  })
  const tracer = provider.getTracer('passerelle')
  return {
    add({ step, requestId, began, ended, about }) {
      if (requestId === null) return
      const traceId = requestId.replaceAll('-', '')
      const first = firstSpanOf(requestId)
      const begins = BEGINS.has(step)
      next = { traceId, spanId: begins ? first : randomBytes(8).toString('hex') }
      const parent = { traceId, spanId: first, traceFlags: TraceFlags.SAMPLED, isRemote: true }
      const span = tracer.startSpan(
        step,
        { kind: kinds[step] ?? SpanKind.INTERNAL, startTime: began, attributes: attributesOf(about) },
        begins ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent),
      )
      if (step === 'refuse' || (step === 'push' && FAILED.has(about.outcome ?? '')))
        span.setStatus({ code: SpanStatusCode.ERROR })
      span.end(ended)
    },
    // Whether the last ones were taken, the exporter has said.
    close: () => within(CLOSE_MS, provider.shutdown()).catch(() => undefined),
  }
}

const firstSpanOf = (requestId: string): string => createHash('sha256').update(requestId).digest('hex').slice(0, 16)

function attributesOf(about: Step['about']): Record<string, string | number> {
  const told = Object.entries(about).filter((entry): entry is [string, string | number] => entry[1] !== undefined)
  return Object.fromEntries(told.map(([name, value]) => [`passerelle.${name}`, value]))
}

/** A collector that is away is told of once, and counted; the spans are lost, and nothing else is. */
function openExporter(url: string, log: Log, metrics: Metrics): SpanExporter {
  const exporter = new OTLPTraceExporter({ url: `${url.replace(/\/+$/, '')}/v1/traces`, timeoutMillis: EXPORT_MS })
  let isAway = false
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const failed = result.error !== undefined
        metrics.spans.inc({ outcome: failed ? 'lost' : 'exported' }, spans.length)
        if (failed && !isAway) log.warn({ err: result.error }, 'traces could not be exported')
        if (!failed && isAway) log.info('traces are exported again')
        isAway = failed
        done(result)
      }),
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  }
}
