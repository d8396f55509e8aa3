import type { Config } from './config.ts'
import type { Log } from './logger.ts'
import type { Metrics } from './metrics.ts'

/** The steps of a message on its way, each as its line in the log says it. */
const steps = {
  accept: 'message accepted',
  repeat: 'message accepted before',
  refuse: 'message refused',
  wait: 'message taken from its lane',
  consign: 'message put into its mailbox',
  push: 'message pushed',
  'give-up': 'message given up',
  acknowledge: 'message acknowledged',
  resume: 'message put back by an operator',
  discard: 'message discarded by two operators',
  unread: 'message unread for too long',
  overdue: 'answer overdue',
} as const
export type StepName = keyof typeof steps

/** What is told of a step: ids, codes and numbers. Of what a message says there is nothing in any of them. */
export type About = {
  readonly messageId?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly priority?: string | undefined
  readonly attempt?: number | undefined
  readonly desk?: string | undefined
  /** A host name. */
  readonly endpoint?: string | undefined
  readonly outcome?: string | undefined
  readonly status?: number | undefined
  /** A fixed word, as in attempts. */
  readonly detail?: string | undefined
  /** Of the list of problems. */
  readonly code?: string | undefined
  readonly receiptId?: string | undefined
  /** The request id of the call that made the step, where that is another than the submission. */
  readonly callId?: string | undefined
  readonly actId?: string | undefined
}

/** A step, from when it began to its end. */
export type Step = {
  readonly step: StepName
  /** That of the call that submitted the message, which all its steps bear; null of one that an earlier release accepted. */
  readonly requestId: string | null
  readonly began: Date
  readonly ended: Date
  readonly about: About
}

export type Tracing = {
  /** Writes a step down: a line in the log and, where traces are collected, a span. It never throws. */
  step(step: Step): void
  close(): Promise<void>
}

/** Where spans go. */
export type Spans = { add(step: Step): void; close(): Promise<void> }

/** Opens what follows messages on their way. The SDK of traces is loaded only where they are collected. */
export async function openTracing(
  { otlpEndpoint: url, environment }: Pick<Config, 'otlpEndpoint' | 'environment'>,
  log: Log,
  metrics: Metrics,
): Promise<Tracing> {
  const { openSpans } = url === undefined ? {} : await import('./spans.ts')
  const spans = url && openSpans?.({ url, environment, log, metrics })
  return {
    step(step) {
      const { requestId, began, ended, about } = step
      log.info({ requestId: requestId ?? undefined, ...about, ms: ended.getTime() - began.getTime() }, steps[step.step])
      if (spans) spans.add(step)
    },
    async close() {
      if (spans) await spans.close()
    },
  }
}
