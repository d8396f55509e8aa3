import exchanged from './exchanged.json' with { type: 'json' }

/** What a call is like: its request, and its answers by status. */
type Example = { readonly request?: unknown; readonly [status: number]: unknown }

const id = '01a20ea6-f1d3-7208-81fb-96ee73443308'
const caseId = '01a20ea6-f1d3-79e8-87bb-44eefdb7e69f'
const acceptedAt = '2026-11-24T17:42:31.731Z'
const cursor = 'FZ-HQ1GucExNSzyDzjhXtA'
const inCase = { messageId: id, from: 'gb-ctac', type: 'information-request', priority: 'urgent', acceptedAt }
const about = { ...inCase, caseId }
const metadata = { ...about, to: 'fr-rys', state: 'handed-over', attempts: 1 }
const put = {
  digest: 'sha-256:MZWf90lhnabePzYkYWDL-s1j52YQWDKdQI-QJUTGKBo',
  mediaType: 'image/jpeg',
  size: 48_211,
}
const accepted = { messageId: id, state: 'accepted', receipt: exchanged.receipt }
const certificate = {
  pem: '-----BEGIN CERTIFICATE-----\nMIIB9jCCAZygAwIBAgIQTcOgRzvDHlEnmmvwOa1ZBjAKBggqhkjOPQQDAjBf…\n-----END CERTIFICATE-----\n',
  thumbprint: 'DDPR-giSau5ykiZKGGJPcIj2HyrABsB7WaFB53p1eoM',
  notBefore: '2026-11-24T16:42:24Z',
  notAfter: '2028-11-23T17:42:24Z',
  current: true,
}
const office = { en: 'Advice centre', fr: 'Centre de conseil' }
const at = '2026-11-24T18:03:10.512Z'
const actId = '01a20eb9-d64f-7e0c-a4d6-0f6a3a8a2f54'
const alarmId = '01a20ec1-5a0d-7c55-9d43-1c2be3f0a9b7'
const reasoned = { reason: 'The endpoint answers again.', code: 'fault-mended' }
const standing = { agency: 'fr-rys', paused: true, since: at, operator: 'duty' }
const cell = { code: 'located', title: { en: 'Located', fr: 'Localisé' }, count: '<5' }
const table = { title: { en: 'Result', fr: 'Résultat' }, cells: [cell] }

/**
 * One example of each call, by its operation id; everybody in them is synthetic. What is signed is the exchange of the protocol page, byte for byte
 * (`exchanged.json`).
 */
export const examples: Readonly<Record<string, Example>> = {
  submitMessage: { request: exchanged.message, 200: accepted, 202: accepted },
  readSentMessage: { 200: { ...metadata, receipts: [exchanged.receipt, exchanged.handover] } },
  listReceiptsOfMessage: { 200: { receipts: [exchanged.receipt, exchanged.handover] } },
  followReceipts: { 200: { receipts: [{ cursor, receipt: exchanged.receipt }], next: cursor } },
  listInbox: { 200: { messages: [{ ...about, size: exchanged.message.length, cursor }] } },
  acknowledgeMessage: {
    request: exchanged.acknowledgement,
    200: { messageId: id, state: 'handed-over', receipt: exchanged.handover },
  },
  putAttachment: { 200: put, 201: put },
  describeGateway: {
    200: {
      id: 'passerelle-development',
      environment: 'development',
      protocolVersion: '1',
      schemaVersions: ['1.0', '1.1'],
      limits: { messageBytes: 262_144, attachmentBytes: 26_214_400, perMinute: 600 },
      logs: [{ origin: 'passerelle-development/3f9c1a7e', verifierKeys: [], current: true }],
      signingCertificates: [certificate],
      tlsCertificates: [certificate],
    },
  },
  describeCaller: {
    200: { id: 'fr-rys', certificate: { thumbprint: certificate.thumbprint, notAfter: certificate.notAfter } },
  },
  listAgencies: {
    200: {
      agencies: [
        {
          id: 'gb-ctac',
          name: office,
          country: 'GB',
          kind: 'ngo',
          roles: ['coordinator'],
          status: 'active',
          desks: [{ id: 'duty', name: office, openNow: true }],
          mailboxRead: true,
          certificates: [certificate],
        },
      ],
    },
  },
  readMessage: { 200: exchanged.message },
  readCase: { 200: { caseId, messages: [{ ...inCase, to: 'fr-rys', state: 'handed-over' }] } },
  listReleases: {
    200: { releases: [{ version: '1.1', status: 'current', types: ['referral', 'information-request'] }] },
  },

  checkLiveness: { 200: { status: 'live' } },
  checkReadiness: {
    200: { status: 'ready', reasons: [] },
    503: { status: 'not-ready', reasons: ['record-read-only'] },
  },
  readOverview: {
    200: {
      agencies: [
        {
          id: 'fr-rys',
          status: 'active',
          paused: false,
          waiting: { immediate: 0, urgent: 1, routine: 0 },
          oldestWaitingSeconds: 42,
          inFlight: 0,
          retrying: 0,
          deadLetters: 0,
          unread: 0,
          overdue: 0,
          lastSeen: at,
          certificates: [{ use: 'tls', daysLeft: 700 }],
        },
      ],
      queue: { state: 'working', reasons: [], depth: 0, delayed: 0, active: 0 },
      record: { state: 'working', reasons: [], disk: 'enough' },
      log: { origin: 'passerelle-development/3f9c1a7e', size: 812 },
      alarms: [],
    },
  },
  searchMessages: { 200: { messages: [metadata], next: cursor } },
  inspectMessage: {
    200: {
      ...metadata,
      attempts: [{ at, endpoint: 'mailbox', outcome: 'consigned', detail: 'taken', durationMs: 3 }],
      receipts: [exchanged.receipt, exchanged.handover],
    },
  },
  retryMessage: { request: reasoned, 200: { messageId: id, state: 'accepted' } },
  discardMessage: {
    request: { reason: 'The same was sent again under another id.', code: 'sent-again' },
    200: { messageId: id, state: 'discarded' },
    202: { pending: true },
  },
  noteTelephoneCall: {
    request: { reason: 'The duty desk will read it now.', code: 'will-read', at },
    200: { messageId: id, state: 'consigned' },
  },
  retryDeadLetters: { request: { agency: 'fr-rys', ...reasoned }, 200: { retried: 12 } },
  inspectCase: { 200: { caseId, messages: [metadata] } },
  eraseCase: {
    request: { reason: 'Order of the court.', code: 'court-order' },
    200: { caseId, state: 'erased' },
    202: { pending: true },
  },
  succeedLog: { request: { reason: 'Restored from last night’s backup.' }, 202: { pending: true } },
  tryWays: { request: { reason: 'They have a new endpoint.', code: 'other' }, 202: { pending: true } },
  pauseAgency: { request: { reason: 'Their endpoint is being moved.', code: 'maintenance' }, 200: standing },
  resumeAgency: { request: reasoned, 200: { agency: 'fr-rys', paused: false } },
  listActs: {
    200: {
      acts: [{ actId, at, act: 'pause', operator: 'duty', code: 'maintenance', agency: 'fr-rys', leafIndex: 811 }],
    },
  },
  listPending: { 200: { pending: [{ act: 'discard', operator: 'duty', since: at, from: 'gb-ctac', messageId: id }] } },
  listNotes: {
    200: { notes: [{ actId, at, operator: 'duty', note: 'Kent’s endpoint is slow tonight.', leafIndex: 812 }] },
  },
  leaveNote: { request: { note: 'Kent’s endpoint is slow tonight.' }, 201: { noted: true } },
  listAlarms: {
    200: { alarms: [{ id: alarmId, code: 'message-unread', subject: 'fr-rys', agency: 'fr-rys', since: at }] },
  },
  acknowledgeAlarm: { request: { reason: 'I ring them.' }, 200: { id: alarmId, acknowledgedBy: 'duty' } },
  readStatistics: {
    200: {
      period: '2016-Q4',
      frozenAt: '2017-01-01T01:00:03.000Z',
      referrals: 127,
      medianHours: 62,
      tables: { result: table, outcome: table, nationality: table, age: table, sex: table, concern: table },
    },
  },
}
