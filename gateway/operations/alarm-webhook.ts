import { createHmac } from 'node:crypto'
import { request as plainRequest } from 'node:http'
import { type Agent, request as secureRequest } from 'node:https'
import { type Config, ConfigurationFault, blame, codeOf, readSecret, settingName } from '../base/base.ts'
import { type Channel, describeNotice, type Notice } from './alarm-channel.ts'

/** One alarm's post may take so long, the answer's head included. */
const POST_MS = 10_000

type Needs = {
  readonly url: string
  /** Of each secret that the receiver may know, its bytes: two while one takes the place of the other. */
  readonly secrets: readonly Buffer[]
  readonly gateway: () => string
  readonly environment: string
  readonly now: () => Date
  /** What connections are made by; without it, Node's own, which trusts the system's authorities and NODE_EXTRA_CA_CERTS. */
  readonly agent?: Agent
}

/**
 * Alarms by webhook: each is posted by itself, as JSON, signed as Standard Webhooks 1.0 says (standardwebhooks.com). Any 2xx takes it;
 * redirects are not followed, and what is answered is not read.
 */
export function openAlarmWebhook(needs: Needs): Channel {
  return {
    name: 'webhook',
    async tell(notices, signal) {
      const told: Notice[] = []
      for (const notice of notices) {
        const fault = await post(needs, notice, signal)
        if (fault !== undefined) return { told, fault }
        told.push(notice)
      }
      return { told }
    },
    close: async () => undefined,
  }
}

/** @returns what kept it from being taken, as a fixed word */
async function post(needs: Needs, notice: Notice, stop: AbortSignal): Promise<string | undefined> {
  const body = Buffer.from(JSON.stringify(contentOf(needs, notice)))
  const headers = {
    'content-type': 'application/json',
    'content-length': String(body.length),
    'user-agent': 'passerelle',
    ...signWebhook(needs.secrets, notice.id, needs.now(), body),
  }
  const signal = AbortSignal.any([stop, AbortSignal.timeout(POST_MS)])
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  const send = needs.url.startsWith('https:') ? secureRequest : plainRequest
  const request = send(needs.url, { method: 'POST', headers, signal, ...(needs.agent && { agent: needs.agent }) })
  request.on('response', (response) => {
    const { statusCode = 0 } = response
    resolve(statusCode >= 200 && statusCode < 300 ? undefined : `status-${statusCode}`)
    response.destroy()
  })
  request.on('error', (error) => resolve(signal.aborted ? 'timeout' : codeOf(error) || 'unreachable'))
  request.end(body)
  return await promise
}

/** What is posted: ids and codes, and what to do. */
function contentOf({ gateway, environment, now }: Needs, notice: Notice) {
  const { alarmId, what, code, subject, since } = notice
  const { remedy } = describeNotice(notice)
  return {
    type: `alarm.${what}`,
    timestamp: now().toISOString(),
    data: {
      alarmId,
      code,
      subject,
      since: since.toISOString(),
      gateway: gateway(),
      environment,
      ...(remedy && { remedy }),
    },
  }
}

/**
 * The headers by which a receiver knows that a post is the gateway's, and when it was made (Standard Webhooks 1.0, «Signature
 * scheme»): HMAC-SHA256 over id, time and body, by each secret.
 * @param secrets their bytes; @param id the same each time that it is tried
 */
export function signWebhook(
  secrets: readonly Buffer[],
  id: string,
  at: Date,
  body: Buffer,
): Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>> {
  const time = String(Math.floor(at.getTime() / 1000))
  const signatures = secrets.map(
    (secret) => `v1,${createHmac('sha256', secret).update(`${id}.${time}.`).update(body).digest('base64')}`,
  )
  return { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signatures.join(' ') }
}

/** A line of the secret's file: 24 to 64 bytes, as Standard Webhooks has them. */
const SECRET = /^whsec_([A-Za-z0-9+/]{32,88}={0,2})$/

/**
 * Reads the secrets that posts are signed with.
 * @throws ConfigurationFault where there is a URL and no secret, or a file that holds none
 */
export async function readWebhookSecrets({
  alarmWebhookSecretFile: file,
}: Pick<Config, 'alarmWebhookSecretFile'>): Promise<readonly Buffer[]> {
  const name = settingName('alarmWebhookSecretFile')
  if (file === undefined)
    throw new ConfigurationFault(`${name} must name a file: what ${settingName('alarmWebhook')} is sent is signed`)
  return await blame(name, async () => {
    const lines = (await readSecret(file)).trim().split(/\r?\n/)
    const secrets = lines.map((line) => Buffer.from(SECRET.exec(line.trim())?.[1] ?? '', 'base64'))
    if (secrets.length > 2 || secrets.some(({ length }) => length < 24 || length > 64))
      throw new ConfigurationFault(`${file} must hold whsec_ and 24 to 64 bytes in base64, in one line or two`)
    return secrets
  })
}
