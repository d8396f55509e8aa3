import { CompactSign } from 'jose'
import { openClient } from '../../../../sdk/client.ts'
import type { Parts } from '../../../../sdk/conformance/own/parts.ts'
import type { AnyEnvelope } from '../../../../sdk/message.ts'
import { PasserelleProblem, SdkFault } from '../../../../sdk/problem.ts'
import { newId, signEnvelope } from '../../../../sdk/sign.ts'
import type { Broken } from '../play.ts'

/** Clients that send wrongly. */

type Sent = Awaited<ReturnType<Parts['send']>>
type Draft = Parameters<Parts['send']>[0]
const envelopeOf = (draft: Draft): AnyEnvelope => ({ id: newId(), schemaVersion: '1.2', ...draft })
const nowOf = ({ options }: Parts) => options.now?.() ?? new Date()

/** Signs in a way of its own, and submits. */
const signing =
  (sign: (envelope: AnyEnvelope, parts: Parts) => Promise<string>) =>
  (parts: Parts): Parts => ({
    ...parts,
    send: async (draft): Promise<Sent> => {
      const envelope = envelopeOf(draft)
      const message = await sign(envelope, parts)
      return { envelope, message, ...(await parts.client.submit(message)) }
    },
  })

const honestly = (envelope: AnyEnvelope, parts: Parts) =>
  signEnvelope(envelope, parts.configuration.signer, nowOf(parts))

/** An ECDSA signature as OpenSSL writes it (X9.62). */
function toDer(raw: Buffer): Buffer {
  const integer = (bytes: Buffer) => {
    // Half of a signature is never zero.
    const digits = bytes.subarray(bytes.findIndex((byte) => byte !== 0))
    const positive = (digits[0] ?? 0) < 0x80 ? digits : Buffer.concat([Buffer.of(0), digits])
    return Buffer.concat([Buffer.of(0x02, positive.length), positive])
  }
  const both = Buffer.concat([integer(raw.subarray(0, raw.length / 2)), integer(raw.subarray(raw.length / 2))])
  return Buffer.concat([Buffer.of(0x30, both.length), both])
}

/** What every submission meets that has to be repeated. */
const REPEATED = [
  'retry-cut',
  'retry-lost-answer',
  'retry-cut-answer',
  'retry-500',
  'retry-502-page',
  'no-answer',
  'retry-after-429',
  'retry-after-503',
  'lost-then-rate-limited',
]

/** Makes a message of each attempt, with an id of its own. */
const anewEachTime = (parts: Parts): Parts => {
  const hasty = openClient({
    ...parts.configuration,
    ...parts.options,
    patience: { ...parts.options.patience, giveUpAfterMs: 0 },
  })
  const mayPass = (fault: unknown) =>
    fault instanceof PasserelleProblem
      ? fault.status === 429 || fault.status >= 500
      : fault instanceof SdkFault && (fault.mayPass || fault.message.includes('status 502'))
  const send = async (draft: Draft): Promise<Sent> => {
    for (let left = 8; ; left--) {
      const envelope = envelopeOf(draft)
      const message = await honestly(envelope, parts)
      try {
        return { envelope, message, ...(await hasty.submit(message)) }
      } catch (fault) {
        if (!mayPass(fault) || left === 0) throw fault
        await parts.options.sleep?.(5000 * (1 + Math.random()), new AbortController().signal)
      }
    }
  }
  const close = async () => void (await Promise.all([parts.client.close(), hasty.close()]))
  return { ...parts, send, client: { ...parts.client, close } }
}

/** JSON has no member for what is undefined. */
const NO_REPLY: object = { inReplyTo: undefined }

/** Sends once more whatever the gateway has refused. */
const hammering =
  (again: (draft: Draft, parts: Parts) => Promise<string>, isMeant: (code: string) => boolean) =>
  (parts: Parts): Parts => ({
    ...parts,
    send: async (draft): Promise<Sent> => {
      try {
        return await parts.send(draft)
      } catch (fault) {
        if (!(fault instanceof PasserelleProblem) || !isMeant(fault.code) || fault.sent === undefined) throw fault
        const message = await again({ ...draft, ...fault.sent.envelope } as Draft, parts)
        await parts.client.submit(message)
        throw fault
      }
    },
  })

const REFUSED = [
  'retry-not-a-refusal',
  'refusal-pathway-violation',
  'refusal-unknown-agency',
  'refusal-message-too-large',
]

export const brokenSenders: readonly Broken[] = [
  {
    name: 'makes a new id at each attempt',
    role: 'referrer',
    fails: [...REPEATED, 'stale-same-id', 'reply-lost-answer', 'back-off'],
    change: anewEachTime,
  },
  {
    name: 'ignores Retry-After, and waits the same each time',
    role: 'coordinator',
    fails: ['retry-after-429', 'retry-after-503', 'back-off', 'back-off-jitter', 'inbox-rate-limited'],
    options: (given) => ({ ...given, sleep: (_, signal) => given.sleep(100, signal) }),
  },
  {
    name: 'gives up at the first fault',
    role: 'children-services',
    fails: [
      ...REPEATED,
      'tls-reset',
      'back-off',
      'back-off-jitter',
      'reply-lost-answer',
      'attachment-put-again',
      'feed-survives-faults',
      'inbox-faults',
      'inbox-rate-limited',
      'acknowledge-lost-answer',
    ],
    options: (given) => ({ ...given, patience: { ...given.patience, giveUpAfterMs: 0 } }),
  },
  {
    name: 'signs in DER',
    role: 'status-checker',
    fails: ['sign-raw'],
    change: signing(async (envelope, parts) => {
      const [header = '', payload = '', signature = ''] = (await honestly(envelope, parts)).split('.')
      const { alg } = parts.configuration.signer
      const raw = Buffer.from(signature, 'base64url')
      const der = alg === 'ES256' || alg === 'ES384' ? toDer(raw) : raw
      return `${header}.${payload}.${der.toString('base64url')}`
    }),
  },
  {
    name: 'names its key in the header',
    role: 'referrer',
    fails: ['sign-header'],
    change: signing((envelope, parts) => {
      const { alg, key, thumbprint } = parts.configuration.signer
      const iat = Math.floor(nowOf(parts).getTime() / 1000)
      const header = { alg, typ: 'safeguarding-message+jws', cty: 'json', iat, 'x5t#S256': thumbprint, kid: 'mine' }
      return new CompactSign(Buffer.from(JSON.stringify(envelope))).setProtectedHeader(header).sign(key)
    }),
  },
  {
    name: 'normalises names before it signs',
    role: 'coordinator',
    fails: ['send-name-combining'],
    change: signing((envelope, parts) =>
      honestly(JSON.parse(JSON.stringify(envelope).normalize('NFC')) as AnyEnvelope, parts),
    ),
  },
  {
    name: 'does not say what it answers',
    role: 'status-checker',
    fails: ['reply-in-reply-to'],
    change: signing((envelope, parts) => honestly({ ...envelope, ...NO_REPLY }, parts)),
  },
  {
    name: 'names a release that was never published',
    role: 'children-services',
    fails: ['envelope-valid', 'pathway-children-services'],
    change: signing((envelope, parts) => honestly({ ...envelope, schemaVersion: '0.9' }, parts)),
  },
  {
    name: 'repeats what was refused for good',
    role: 'referrer',
    fails: [...REFUSED, 'id-conflict', 'refusal-unknown-code'],
    change: hammering(
      (draft, parts) => honestly(draft as unknown as AnyEnvelope, parts),
      (code) => code !== 'stale-message',
    ),
  },
  {
    name: 'makes a second message of what is stale or in conflict',
    role: 'coordinator',
    fails: ['id-conflict', 'stale-same-id'],
    change: hammering(
      (draft, parts) => honestly({ ...(draft as unknown as AnyEnvelope), id: newId() }, parts),
      (code) => code === 'id-conflict' || code === 'stale-message',
    ),
  },
]
