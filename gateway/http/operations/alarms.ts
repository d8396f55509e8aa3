import { Type } from 'typebox'
import { AGENCY_ALARMS, remedyOf } from '../../operations/operations.ts'
import { Problem } from '../../protocol/protocol.ts'
import { agencyId, text, time, uuid } from '../forms.ts'
import type { Operating } from '../serving.ts'
import type { Server } from '../server.ts'
import { decisionOf, reasoned } from './acting.ts'

/** The alarms that are on, over all processes, and who sees to them (protocol section 11). */
export function alarmRoutes(server: Server, { operations }: Operating): void {
  server.get(
    '/api/alarms',
    {
      config: { access: 'operator' },
      schema: {
        operationId: 'listAlarms',
        tags: ['alarms'],
        summary: 'The alarms that are on',
        response: { 200: alarms },
      },
    },
    async () => ({
      alarms: (await operations.alarms.standing()).map(({ id, code, subject, began, acknowledgedBy }) => {
        const remedy = remedyOf(code)
        return {
          id,
          code,
          subject,
          ...(AGENCY_ALARMS.has(code) && { agency: subject }),
          since: began.toISOString(),
          ...(acknowledgedBy !== null && { acknowledgedBy }),
          ...(remedy && { remedy: { ...remedy } }),
        }
      }),
    }),
  )

  server.post(
    '/api/alarms/:id/acknowledge',
    {
      config: { access: 'operator' },
      schema: {
        operationId: 'acknowledgeAlarm',
        tags: ['alarms'],
        summary: 'Say that you see to an alarm: it is not told every hour any more',
        params: Type.Object({ id: uuid('Id of the alarm') }),
        body: reasoned('acknowledge'),
        response: { 200: seenTo },
      },
    },
    async (request) => {
      const { id } = request.params
      const decision = decisionOf(request)
      const find = async () => (await operations.alarms.standing()).find((one) => one.id === id)
      const found = await find()
      if (found === undefined) throw new Problem('not-found')
      await operations.acts.onAlarm('acknowledge', found, decision)
      // Another operator may have been first.
      return { id, acknowledgedBy: (await find())?.acknowledgedBy ?? decision.operator.id }
    },
  )
}

const alarm = Type.Object(
  {
    id: uuid('Alarm'),
    code: Type.String(),
    subject: Type.String(),
    agency: Type.Optional(agencyId('The agency that it is about')),
    since: time,
    acknowledgedBy: Type.Optional(Type.String()),
    remedy: Type.Optional(text),
  },
  { title: 'Alarm' },
)
const alarms = Type.Object({ alarms: Type.Array(alarm) }, { title: 'Alarms', description: 'Over all processes' })
const seenTo = Type.Object(
  { id: uuid('Alarm'), acknowledgedBy: Type.String() },
  { title: 'SeenTo', description: 'Who sees to it' },
)
