import { Type } from 'typebox'
import { agencyId, text, time, uuid } from '../forms.ts'
import { signedAcknowledgement, signedMessage } from '../signed.ts'
import exchanged from './exchanged.json' with { type: 'json' }

const parameter = (name: string, description: string, schema: object) => ({
  in: 'header',
  name,
  required: true,
  description,
  schema,
})

/** How the gateway calls an agency's endpoint (protocol section 7). The endpoint checks that the caller shows one of its certificates. */
export const push = {
  message: {
    post: {
      operationId: 'takeMessage',
      tags: ['inbox'],
      summary: 'Take a message that the gateway pushes',
      description:
        'Where the registry gives `delivery` as `push`. At least once: a repetition is told by `Passerelle-From` and `Passerelle-Message-Id`. Redirects are not followed.',
      security: [{ gatewayCertificate: [] }],
      parameters: [
        parameter('Passerelle-Message-Id', 'Id of the message', uuid('Id of the message')),
        parameter('Passerelle-From', 'Who sends it', agencyId('Who sends it')),
        parameter('Passerelle-Attempt', 'Counts from 1', Type.Integer({ minimum: 1 })),
      ],
      requestBody: {
        required: true,
        content: { 'application/jose': { schema: signedMessage, example: exchanged.message } },
      },
      responses: {
        200: {
          description: 'Taken, and acknowledged by the body',
          content: { 'application/jose': { schema: signedAcknowledgement, example: exchanged.acknowledgement } },
        },
        '2XX': { description: 'Taken; it is acknowledged later, by a call' },
        408: { description: 'Tried again' },
        425: { description: 'Tried again' },
        429: {
          description: 'Tried again, no sooner than `Retry-After` says',
          headers: {
            'Retry-After': {
              description: 'Seconds, or a date (RFC 9110, section 10.2.3)',
              schema: { type: 'string' },
            },
          },
        },
        '5XX': { description: 'Tried again' },
        default: { description: 'Refused for good: the message is a dead letter' },
      },
    },
  },
}

const notice = Type.Object(
  {
    type: Type.String({ pattern: '^alarm\\.' }),
    timestamp: time,
    data: Type.Object({
      alarmId: uuid('Id of the alarm'),
      code: Type.String(),
      subject: Type.String(),
      since: time,
      gateway: Type.String(),
      environment: Type.String(),
      remedy: Type.Optional(text),
    }),
  },
  { title: 'AlarmNotice', description: 'Ids and codes, and what to do' },
)

/** How alarms are told by webhook, signed as Standard Webhooks 1.0 has it (protocol section 11). */
export const alarms = {
  alarm: {
    post: {
      operationId: 'takeAlarm',
      tags: ['alarms'],
      summary: 'Take an alarm that the gateway tells',
      description: 'Where `PASSERELLE_ALARM_WEBHOOK` is set. Any 2xx takes it; redirects are not followed.',
      security: [],
      parameters: [
        parameter('webhook-id', 'The same at each attempt', Type.String()),
        parameter('webhook-timestamp', 'Seconds since 1970', Type.Integer()),
        parameter('webhook-signature', '`v1,` and the HMAC-SHA256 in base64; one for each secret', Type.String()),
      ],
      requestBody: { required: true, content: { 'application/json': { schema: notice } } },
      responses: { '2XX': { description: 'Taken' }, '4XX': { description: 'Told again later' } },
    },
  },
}
