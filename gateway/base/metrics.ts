import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** What the gateway counts: labels are codes, priorities and agency ids, never a case, a message or a person. */
export type Metrics = ReturnType<typeof createMetrics>

/** From a push that is taken at once to a message that waits for three days. */
const WAITING_SECONDS = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600, 14_400, 43_200, 86_400, 259_200]

/**
 * Makes the metrics of one process (Prometheus text format, `/metrics`).
 * @param droppedLines how many lines the log could not write so far
 */
export function createMetrics(droppedLines: () => number = () => 0) {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const counter = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
  ): Counter<Label> =>
    new Counter({ name: `passerelle_${name}`, help, labelNames: [...labelNames], registers: [registry] })
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []): Gauge<Label> =>
    new Gauge({ name: `passerelle_${name}`, help, labelNames: [...labelNames], registers: [registry] })
  const seconds = <Label extends string>(name: string, help: string, labelNames: readonly Label[]): Histogram<Label> =>
    new Histogram({
      name: `passerelle_${name}`,
      help,
      labelNames: [...labelNames],
      buckets: WAITING_SECONDS,
      registers: [registry],
    })
  return {
    registry,
    accepted: counter('messages_accepted_total', 'Messages accepted', ['priority']),
    replayed: counter('messages_replayed_total', 'Submissions of bytes that were accepted before'),
    refused: counter('messages_refused_total', 'Submissions refused after their signature was verified', ['code']),
    problems: counter('problems_total', 'Requests answered with a problem', ['code']),
    limits: counter('limits_total', 'Times that a limit on connections, requests or answers was reached', ['limit']),
    attachmentsPut: counter('attachments_put_total', 'Attachments put, by each agency for the first time'),
    attachmentsForgotten: counter(
      'attachments_forgotten_total',
      'Attachments deleted because no message has named them, or because they broke off',
    ),
    consigned: counter('messages_consigned_total', 'Messages put into a mailbox'),
    attempts: counter('push_attempts_total', 'Attempts to push a message', ['outcome']),
    acknowledged: counter('messages_acknowledged_total', 'Acknowledgements recorded', ['outcome']),
    invalidAnswers: counter('invalid_answers_total', 'Invalid acknowledgements in the answer to a push', ['agency']),
    notificationsFailed: counter('notifications_failed_total', 'Notifications that could not be sent'),
    jobsFailed: counter('queue_failures_total', 'Jobs or calls of the queue that failed; the sweep makes them good'),
    overdue: counter('answers_overdue_total', 'Answers that were not accepted by the time that was asked for'),
    unread: counter('messages_unread_total', 'Messages that lay unread for too long', ['priority']),
    swept: counter('lanes_swept_total', 'Lanes that were due in the record and not called by the queue'),
    adapterFailures: counter('adapter_failures_total', 'Deliveries for which an adapter had no answer', ['kind']),
    logLinesDropped: new Counter({
      name: 'passerelle_log_lines_dropped_total',
      help: 'Log lines that could not be written: standard error is full, stalled or closed',
      registers: [registry],
      collect() {
        this.reset()
        this.inc(droppedLines())
      },
    }),
    certificateDays: gauge('certificate_days_left', 'Days until a certificate in force expires', ['party', 'use']),
    alarms: gauge('alarms', 'Alarms that are on', ['code']),
    silent: gauge('silent', 'Messages whose sender was told that the agency is silent about them, and still is', [
      'agency',
      'alarm',
    ]),
    backlog: gauge('deliveries', 'Deliveries waiting or dead-lettered', ['state', 'agency', 'priority']),
    oldest: gauge('deliveries_oldest_seconds', 'Age of the oldest of these deliveries', [
      'state',
      'agency',
      'priority',
    ]),
    consigningSeconds: seconds('consigning_seconds', 'Time from accepting a message to consigning it', ['priority']),
    handingOverSeconds: seconds('handing_over_seconds', 'Time from accepting a message to handing it over', [
      'priority',
    ]),
    unaccounted: gauge('messages_unaccounted', 'Messages that were accepted and have no delivery: 0 in truth'),
    crlDays: gauge('crl_days_left', 'Days until the revocation list in force of an authority ends', ['authority']),
    logLeaves: gauge('log_leaves', 'Leaves of the evidence log'),
    witnessAge: gauge('witness_age_seconds', 'Since a witness has cosigned the evidence log', ['witness']),
    witnessFailures: counter(
      'witness_failures_total',
      'Checkpoints that a witness has not cosigned when it was asked',
      ['witness', 'reason'],
    ),
    logPublished: gauge('log_published_leaves', 'Leaves that the newest checkpoint shown by this process has'),
    logLag: gauge('log_lag_seconds', 'Age of the oldest leaf that no checkpoint has; 0 where all are in one'),
    logClosed: gauge('log_closed', '1 where the log was closed, and the gateway serves reading only'),
    logsPast: gauge('logs_past', 'Logs that were closed and have a successor'),
    recordConnections: gauge('record_connections', 'Connections of this process to the record', ['state']),
    queueCalls: gauge('queue_calls', 'Calls to lanes that the queue carries', ['state']),
    clockOffset: gauge('clock_offset_seconds', 'How far this machine’s clock is ahead of the record’s'),
    alarmNotices: counter('alarm_notices_total', 'Alarms told by e-mail and webhook, or tried in vain', [
      'channel',
      'outcome',
    ]),
    spans: counter('spans_total', 'Spans of traces that were exported, or lost', ['outcome']),
    requestSeconds: new Histogram({
      name: 'passerelle_request_seconds',
      help: 'Time to answer a request, the wait of a long poll included',
      labelNames: ['route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers: [registry],
    }),
  }
}
