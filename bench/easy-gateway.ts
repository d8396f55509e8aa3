import { createPrivateKey, randomUUIDv7, X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { createPostgresBackend, Queue } from 'bullmq'
import fastify from 'fastify'
import { CompactSign, compactVerify } from 'jose'
import { Pool } from 'pg'
import { parseCertificate } from '../gateway/identity/certificate.ts'
import { parseEnvelope } from '../gateway/protocol/envelope.ts'
import { isFresh, parseJws } from '../gateway/protocol/jws.ts'
import { makeReceipt } from '../gateway/protocol/receipt.ts'
import { compileSchemas } from '../gateway/protocol/schemas.ts'
import { loadSchemaFolder } from '../gateway/exchange/schema-folder.ts'
import { answerQuestions } from './child.ts'
import { sender } from './messages.ts'
import type { Setting } from './run.ts'

/**
 * The gateway that a competent developer writes first: fastify, mutual TLS with CRLs, jose, Ajv, one insert and one queued job a
 * message, each awaited before the answer. The same message, the same checks of its form, freshness, signature, strict JSON and schema,
 * the same receipt, the same fsync as Passerelle; keys are imported once. It knows one agency, seals nothing, keeps no log, limits
 * no rate and delivers nothing.
 */
type Start = Setting & { readonly databaseUrl: string; readonly redisUrl?: string }

const CONNECTIONS = 16

answerQuestions(async (start: Start) => ({ port: await serve(start) }))

async function serve({ pki, schemas: folder, databaseUrl, redisUrl }: Start): Promise<number> {
  const read = (...path: string[]): Buffer => readFileSync(join(pki, ...path))
  const agency = parseCertificate(read('agencies', sender, 'signing.crt'))
  const agencyTls = new X509Certificate(read('agencies', sender, 'tls.crt')).fingerprint256
  const ownKey = createPrivateKey(read('gateway', 'signing.key'))
  const own = parseCertificate(read('gateway', 'signing.crt'))
  const schemas = compileSchemas(await loadSchemaFolder(folder))
  const pool = await openRecord(databaseUrl)
  const queue = openQueue(databaseUrl, redisUrl)

  const crls = readdirSync(join(pki, 'trust')).filter((name) => name.endsWith('.crl'))
  const server = fastify({
    https: {
      cert: read('gateway', 'tls.crt'),
      key: read('gateway', 'tls.key'),
      ca: [read('trust', 'ca.crt'), read('trust', 'intermediate.crt')],
      crl: crls.map((name) => read('trust', name)),
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.3',
    },
  })
  server.addContentTypeParser('application/jose', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  server.post('/v1/messages', async (request, reply) => {
    const socket = request.raw.socket as TLSSocket
    if (socket.getPeerX509Certificate()?.fingerprint256 !== agencyTls) return reply.code(403).send()
    const bytes = request.body as Buffer
    const now = new Date()
    const { header, digest } = parseJws(bytes, 'safeguarding-message+jws')
    if (header.thumbprint !== agency.thumbprint) return reply.code(403).send()
    const { payload } = await compactVerify(bytes, agency.publicKey, { algorithms: ['ES256'] })
    if (!isFresh({ header }, now)) return reply.code(422).send()
    const envelope = parseEnvelope(payload, schemas.types)
    if (envelope.from !== sender) return reply.code(403).send()
    if (!schemas.accepts(envelope.schemaVersion, envelope.type, envelope.body)) return reply.code(422).send()

    const { id, type, from, to, caseId } = envelope
    const facts = makeReceipt({
      receiptId: randomUUIDv7(),
      event: 'SubmissionAcceptance',
      messageId: id,
      caseId,
      type,
      from,
      to,
      messageDigest: `sha-256:${digest.toString('base64url')}`,
      at: now,
      gateway: 'easy',
      attempt: 0,
    })
    const iat = Math.floor(now.getTime() / 1000)
    const receipt = await new CompactSign(Buffer.from(JSON.stringify(facts)))
      .setProtectedHeader({ alg: 'ES256', typ: 'delivery-receipt+jws', cty: 'json', iat, 'x5t#S256': own.thumbprint })
      .sign(ownKey)
    await pool.query({
      name: 'insert',
      text: INSERT,
      values: [from, id, to, caseId, type, now, digest, bytes, receipt],
    })
    await queue.add('deliver', { from, id })
    return reply.code(202).header('location', `/v1/messages/${id}`).send({ messageId: id, state: 'accepted', receipt })
  })

  await server.listen({ host: '127.0.0.1', port: 0 })
  return (server.server.address() as AddressInfo).port
}

const INSERT = 'insert into message values ($1, $2, $3, $4, $5, $6, $7, $8, $9)'

async function openRecord(connectionString: string): Promise<Pool> {
  const pool = new Pool({ connectionString, max: CONNECTIONS })
  await pool.query(`create table if not exists message (sender text, id uuid, recipient text, case_id uuid, type text,
    accepted_at timestamptz, digest bytea, bytes bytea, receipt text, primary key (sender, id))`)
  return pool
}

function openQueue(connectionString: string, redisUrl: string | undefined): Pick<Queue, 'add'> {
  if (redisUrl !== undefined) return new Queue('easy', { connection: { url: redisUrl } })
  return new Queue('easy', { connection: { connectionString, max: CONNECTIONS, migrate: true } }, createPostgresBackend)
}
