import { Type } from 'typebox'
import { AGENCY_ALARMS, type AgencyOverview, type Overview } from '../../operations/operations.ts'
import { agencyId, oneOf, time } from '../forms.ts'
import type { Operating } from '../serving.ts'
import type { Server } from '../server.ts'
import { reason } from './health.ts'
import { known } from './known.ts'

/** How things stand, for a console (protocol section 11). It may be a second old. */
export function overviewRoutes(server: Server, { operations }: Operating): void {
  server.get(
    '/api/overview',
    {
      config: { access: 'operator' },
      schema: {
        operationId: 'readOverview',
        tags: ['overview'],
        summary: 'How things stand, at each agency and here',
        response: { 200: overview },
      },
    },
    async () => show(await operations.overview()),
  )
}

const count = Type.Integer({ minimum: 0 })
const reasons = Type.Array(reason, { description: 'As of /health/ready' })
const condition = oneOf(['working', 'failing'])
const overview = Type.Object(
  {
    agencies: Type.Array(
      Type.Object({
        id: agencyId('Agency'),
        status: oneOf(['active', 'suspended', 'gone'], { description: '`gone`: from the registry file' }),
        paused: Type.Boolean(),
        waiting: Type.Object({ immediate: count, urgent: count, routine: count }),
        oldestWaitingSeconds: Type.Optional(count),
        inFlight: count,
        retrying: count,
        deadLetters: count,
        unread: count,
        overdue: count,
        lastSeen: Type.Optional(time),
        mailFailures: Type.Optional(
          Type.Integer({ minimum: 1, description: 'Notifications that could not be mailed since one last could' }),
        ),
        certificates: Type.Array(Type.Object({ use: oneOf(['tls', 'signing']), daysLeft: Type.Integer() })),
      }),
    ),
    queue: Type.Object({
      state: condition,
      reasons,
      depth: Type.Optional(count),
      delayed: Type.Optional(count),
      active: Type.Optional(count),
    }),
    record: Type.Object({
      state: condition,
      reasons,
      disk: oneOf(['enough', 'low', 'full', 'unknown'], {
        description: 'Free space; `unknown` where it is not watched',
      }),
    }),
    log: Type.Object({ origin: Type.String(), size: count }),
    alarms: Type.Array(Type.Object({ code: Type.String(), since: time, agency: Type.Optional(agencyId('Agency')) })),
  },
  { title: 'Overview', description: 'At most a second old' },
)

function show({ agencies, queue, record, log, alarms }: Overview) {
  const { waiting, delayed, active } = queue.depth ?? {}
  return {
    agencies: agencies.map(showAgency),
    queue: known({ state: stateOf(queue.reasons), reasons: [...queue.reasons], depth: waiting, delayed, active }),
    record: { state: stateOf(record.reasons), reasons: [...record.reasons], disk: record.disk },
    log: { ...log },
    alarms: alarms.map(({ code, subject, began }) =>
      known({ code, since: began.toISOString(), agency: AGENCY_ALARMS.has(code) ? subject : undefined }),
    ),
  }
}

function showAgency({ lastSeen, mail, waiting, certificates, ...agency }: AgencyOverview) {
  return {
    ...known({ ...agency, lastSeen: lastSeen?.toISOString(), mailFailures: mail?.failures }),
    waiting: { ...waiting },
    certificates: certificates.map((one) => ({ ...one })),
  }
}

const stateOf = (found: readonly string[]) => (found.length === 0 ? ('working' as const) : ('failing' as const))
