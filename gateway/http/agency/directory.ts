import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { showDesks } from '../../delivery/delivery.ts'
import { type Certificate, parseCertificate } from '../../identity/identity.ts'
import { type Agency, MAX_ATTACHMENT_BYTES, PROTOCOL_VERSION, rfc3339 } from '../../protocol/protocol.ts'
import { inboxVisitors, logInForce, pastLogs, shownCertificates, signingCertificates } from '../../record/record.ts'
import { callerOf } from '../caller.ts'
import type { Serving } from '../serving.ts'
import { agencyId, kind, name, oneOf, role, text, thumbprint, time } from '../forms.ts'
import type { Server } from '../server.ts'
import { type Answer, shareAnswer } from './shared-answer.ts'

/**
 * Processes are told one after the other: so long the certificate before may still be shown by one. And so long a mailbox
 * counts as read.
 */
const DAY_MS = 24 * 3_600_000

/** Who takes part, and by which certificates their signatures, and the gateway's, are verified (protocol section 1). */
export function directoryRoutes(server: Server, parts: Serving): void {
  const sources = (): readonly unknown[] => [parts.registry(), parts.trust(), parts.keys()]
  const gateway = shareAnswer(sources, () => describeGateway(parts))
  const agencies = shareAnswer(sources, () => describeAgencies(parts))

  server.get(
    '/.well-known/passerelle',
    {
      config: { access: 'agency', kind: 'directory' },
      schema: {
        operationId: 'describeGateway',
        tags: ['directory'],
        summary: 'The gateway: versions, limits, logs, certificates',
        response: { 200: wellKnown },
      },
    },
    async (_request, reply) => answer(reply, await gateway()),
  )

  server.get(
    '/v1/agencies',
    {
      config: { access: 'agency', kind: 'directory' },
      schema: {
        operationId: 'listAgencies',
        tags: ['directory'],
        summary: 'The directory of agencies',
        response: { 200: directory },
      },
    },
    async (_request, reply) => answer(reply, await agencies()),
  )

  server.get(
    '/v1/caller',
    {
      config: { access: 'agency', kind: 'look-up' },
      schema: {
        operationId: 'describeCaller',
        tags: ['directory'],
        summary: 'Which agency the caller is, by the certificate of its connection',
        response: { 200: caller },
      },
    },
    async (request) => {
      const { agency, certificate } = callerOf(request)
      return {
        id: agency.id,
        certificate: { thumbprint: certificate.thumbprint, notAfter: rfc3339(certificate.notAfter) },
      }
    },
  )
}

/** Sends what was written once for everybody. */
function answer<Body>(reply: FastifyReply, { body, json }: Answer<Body>): Body {
  reply.type('application/json; charset=utf-8').serializer(() => json)
  return body
}

/** The gateway: versions, limits, logs, certificates. */
async function describeGateway(parts: Serving) {
  const { id, signer, tls } = parts.keys()
  const now = parts.now()
  const shown = await shownCertificates(parts.database, id, new Date(now.getTime() - DAY_MS))
  const pinned = await signingCertificates(parts.database, id)
  const [log, past] = await Promise.all([logInForce(parts.database), pastLogs(parts.database)])
  return {
    id,
    environment: parts.config.environment,
    protocolVersion: PROTOCOL_VERSION,
    schemaVersions: parts.catalogue.releases
      .map(({ version }) => version)
      .filter((one) => parts.catalogue.isRelease(one, parts.now())),
    limits: {
      messageBytes: parts.config.maxMessageBytes,
      attachmentBytes: MAX_ATTACHMENT_BYTES,
      perMinute: parts.config.rateLimit,
    },
    logs: [log, ...past.toReversed()].map(({ origin, verifierKeys }) => ({
      origin,
      verifierKeys: [...verifierKeys],
      current: origin === log.origin,
    })),
    signingCertificates: pinned.map(({ pem }) => {
      const certificate = parseCertificate(pem)
      return { ...describe(certificate), current: certificate.thumbprint === signer.certificate.thumbprint }
    }),
    tlsCertificates: shown
      .map((pem) => parseCertificate(pem))
      .filter(({ notAfter }) => notAfter > now)
      .map((one) => ({ ...describe(one), current: one.thumbprint === tls.certificate.thumbprint })),
  }
}

/** The directory of agencies. */
async function describeAgencies(parts: Serving) {
  const now = parts.now()
  const trust = parts.trust()
  const { agencies, bySigning } = parts.registry()
  const visitors = await inboxVisitors(parts.database, new Date(now.getTime() - DAY_MS))
  const byParty = Map.groupBy(await signingCertificates(parts.database), ({ party }) => party)
  return {
    agencies: [...agencies.values()].map((agency) => ({
      ...describeAgency(agency, now),
      ...(hasMailbox(agency) && { mailboxRead: visitors.has(agency.id) }),
      certificates: (byParty.get(agency.id) ?? []).map(({ pem }) => {
        const certificate = parseCertificate(pem)
        const revokedAt = trust.revokedAt(certificate)
        const pinned = bySigning.get(certificate.thumbprint)?.agency.id === agency.id
        return {
          ...describe(certificate),
          ...(revokedAt && { revokedAt: rfc3339(revokedAt) }),
          current: pinned && trust.judge(certificate, [], now).good,
        }
      }),
    })),
  }
}

/** Whether anything for the agency may wait for it to ask. */
const hasMailbox = (agency: Agency): boolean =>
  [agency, ...agency.desks].some(({ delivery }) => delivery.mode === 'mailbox')

/** What the directory says of an agency, but its certificates and its mailbox: `dutyTelephone` is the registry's `contact.outOfHours`. */
function describeAgency(agency: Agency, now: Date) {
  const { id, name, country, kind, roles, status, contact } = agency
  const desks = showDesks(agency, now).map(({ hours, opensAt, ...desk }) => ({
    ...desk,
    ...(hours && { hours: { ...hours, open: hours.open.map((one) => ({ ...one, days: [...one.days] })) } }),
    ...(opensAt && { opensAt: rfc3339(opensAt) }),
  }))
  const dutyTelephone = contact?.outOfHours
  return {
    id,
    name,
    country,
    kind,
    roles: [...roles],
    status,
    desks,
    ...(dutyTelephone !== undefined && { dutyTelephone }),
    ...(contact && { contact }),
  }
}

function describe({ pem, thumbprint, notBefore, notAfter }: Certificate) {
  return { pem, thumbprint, notBefore: rfc3339(notBefore), notAfter: rfc3339(notAfter) }
}

const certificate = {
  pem: Type.String({ description: 'The leaf alone' }),
  thumbprint,
  notBefore: time,
  notAfter: time,
  current: Type.Boolean({ description: 'Whether it counts now' }),
}
const ownCertificates = Type.Array(Type.Object(certificate, { title: 'GatewayCertificate' }))

const wellKnown = Type.Object(
  {
    id: Type.String({ description: 'Which receipts bear as `gateway`' }),
    environment: oneOf(['production', 'test', 'development']),
    protocolVersion: Type.String(),
    schemaVersions: Type.Array(Type.String()),
    limits: Type.Object({
      messageBytes: Type.Integer(),
      attachmentBytes: Type.Integer(),
      perMinute: Type.Integer({ description: 'Submissions' }),
    }),
    logs: Type.Array(
      Type.Object({
        origin: Type.String(),
        verifierKeys: Type.Array(Type.String(), { description: 'C2SP vkeys' }),
        current: Type.Boolean(),
      }),
    ),
    signingCertificates: ownCertificates,
    tlsCertificates: ownCertificates,
  },
  { title: 'Gateway', description: 'The gateway as it is now' },
)

const desk = Type.Object(
  {
    id: name('Desk'),
    name: text,
    hours: Type.Optional(
      Type.Object({
        timeZone: Type.String({ description: 'A name such as `Europe/Paris`' }),
        open: Type.Array(
          Type.Object({
            days: Type.Array(oneOf(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])),
            from: Type.String(),
            to: Type.String(),
          }),
        ),
      }),
    ),
    openNow: Type.Boolean(),
    opensAt: Type.Optional(time),
  },
  { title: 'Desk' },
)

const entry = Type.Object(
  {
    id: agencyId('Agency'),
    name: text,
    country: oneOf(['FR', 'GB']),
    kind,
    roles: Type.Array(role),
    status: oneOf(['active', 'suspended']),
    desks: Type.Array(desk),
    dutyTelephone: Type.Optional(Type.String()),
    mailboxRead: Type.Optional(Type.Boolean({ description: 'Whether it has asked for its inbox in the last day' })),
    contact: Type.Optional(
      Type.Object({
        email: Type.Optional(Type.String()),
        phone: Type.Optional(Type.String()),
        outOfHours: Type.Optional(Type.String()),
      }),
    ),
    certificates: Type.Array(
      Type.Object({ ...certificate, revokedAt: Type.Optional(time) }, { title: 'SigningCertificate' }),
    ),
  },
  { title: 'Agency', description: '`certificates` are its signing ones, current and past' },
)

const directory = Type.Object(
  { agencies: Type.Array(entry) },
  { title: 'Directory', description: 'All agencies of the registry' },
)

const caller = Type.Object(
  {
    id: agencyId('Agency'),
    certificate: Type.Object({ thumbprint, notAfter: time }, { title: 'CallersCertificate' }),
  },
  { title: 'Caller', description: 'Who calls: what a page in a browser cannot know by itself' },
)
