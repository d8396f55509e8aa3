import { createPrivateKey, randomUUIDv7 } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Pool } from 'pg'
import { parseCertificate } from '../gateway/identity/certificate.ts'
import { parseEnvelope } from '../gateway/protocol/envelope.ts'
import { isFresh, parseJws } from '../gateway/protocol/jws.ts'
import { makeReceipt } from '../gateway/protocol/receipt.ts'
import { compileSchemas } from '../gateway/protocol/schemas.ts'
import { type Signer, signJws, verifySignature } from '../gateway/protocol/signature.ts'
import { loadSchemaFolder } from '../gateway/exchange/schema-folder.ts'
import { pack } from '../gateway/record/arrays.ts'
import { isOutage } from '../gateway/record/database.ts'
import { createGroup } from '../gateway/base/batching.ts'
import { answerQuestions } from './child.ts'
import { readReferral, readSignatory, sender, signReferrals } from './messages.ts'
import type { Measured } from './report.ts'
import type { Run, Setting } from './run.ts'
import { startTally, waitUntilQuiet } from './tally.ts'
import { onThreadPool } from './thread-pool.ts'

/**
 * The floor: what one process can do at best with the gateway's own checks and the gateway's own way to share a commit, where no
 * network, TLS, sealing, log, queue or delivery costs anything. Messages stand ready in memory; each is parsed, its signature
 * verified, its body validated, a receipt signed, and both inserted; a batch shares one insert and one fsync.
 */
type Question = Setting & { readonly databaseUrl: string; readonly postmaster: number; readonly run: Run }
type Accepted = { readonly id: string; readonly digest: Buffer; readonly bytes: Buffer; readonly receipt: Buffer }

/** Two writers keep PostgreSQL and its disk busy while the next batch gathers; more only makes the batches smaller. */
const WRITERS = 2
const LARGEST_BATCH = 256

answerQuestions((question: Question) => measure(question))

async function measure({ pki, schemas: folder, databaseUrl, postmaster, run }: Question): Promise<Measured> {
  const pool = await openRecord(databaseUrl)
  const accept = await prepare(pki, folder, pool)
  const count = Math.ceil(run.perSecond * (run.warmUpSeconds + run.seconds))
  const referrals = signReferrals(readSignatory(pki, sender), readReferral(folder), count, new Date())
  const watched = { pid: process.pid, postmaster }
  await waitUntilQuiet(watched)

  const tally = startTally(watched, run)
  let next = 0
  const loop = async (): Promise<void> => {
    while (!tally.isOver() && next < count) {
      const since = performance.now()
      await accept(referrals.at(next++))
      tally.note(since)
    }
  }
  await Promise.all(Array.from({ length: run.connections }, loop))
  const measured = await tally.end()
  await pool.end()
  return measured
}

/** Reads what a gateway keeps ready, gives the loop's body: the line of a message without its network. */
async function prepare(pki: string, folder: string, pool: Pool): Promise<(bytes: Buffer) => Promise<void>> {
  const read = (...path: string[]): string => readFileSync(join(pki, ...path), 'utf8')
  const agency = parseCertificate(read('agencies', sender, 'signing.crt'))
  const certificate = parseCertificate(read('gateway', 'signing.crt'))
  const signer: Signer = { alg: 'ES256', key: createPrivateKey(read('gateway', 'signing.key')), certificate }
  const verdicts = new Map([[agency.thumbprint, agency]])
  const schemas = compileSchemas(await loadSchemaFolder(folder))
  const group = createGroup((batch: readonly Accepted[]) => insert(pool, batch), {
    largest: LARGEST_BATCH,
    atOnce: WRITERS,
    isOutage,
  })

  return async (bytes) => {
    const now = new Date()
    const jws = parseJws(bytes, 'safeguarding-message+jws')
    const signedBy = verdicts.get(jws.header.thumbprint)
    if (signedBy === undefined || !(await verifySignature(jws, signedBy, onThreadPool)))
      throw new Error('not signed by the sender')
    if (!isFresh(jws, now)) throw new Error('stale')
    const envelope = parseEnvelope(jws.payload, schemas.types)
    if (!schemas.accepts(envelope.schemaVersion, envelope.type, envelope.body)) throw new Error('not valid')
    const receipt = makeReceipt({
      receiptId: randomUUIDv7(),
      event: 'SubmissionAcceptance',
      messageId: envelope.id,
      caseId: envelope.caseId,
      type: envelope.type,
      from: envelope.from,
      to: envelope.to,
      messageDigest: `sha-256:${jws.digest.toString('base64url')}`,
      at: now,
      gateway: 'floor',
      attempt: 0,
    })
    const signed = await signJws('delivery-receipt+jws', receipt, signer, now, onThreadPool)
    await group.add({ id: envelope.id, digest: jws.digest, bytes, receipt: Buffer.from(signed, 'latin1') })
  }
}

async function openRecord(connectionString: string): Promise<Pool> {
  const pool = new Pool({ connectionString, max: WRITERS })
  await pool.query(`
    create table if not exists message (id uuid primary key, digest bytea not null, bytes bytea not null);
    alter table message alter column bytes set storage external;
    create table if not exists receipt (message_id uuid not null, jws bytea not null)`)
  return pool
}

async function insert(pool: Pool, batch: readonly Accepted[]): Promise<readonly undefined[]> {
  const messages = pack(batch.map(({ bytes }) => bytes))
  const receipts = pack(batch.map(({ receipt }) => receipt))
  await pool.query({
    name: 'insert',
    text: `
      with input as materialized (
        select * from unnest($1::uuid[], $2::int[], $3::int[], $4::int[], $5::int[])
          with ordinality as input (id, start, length, receipt_start, receipt_length, ord)),
      message as (
        insert into message
        select id, substring($6::bytea from (32 * (ord - 1) + 1)::int for 32), substring($7::bytea from start for length) from input)
      insert into receipt select id, substring($8::bytea from receipt_start for receipt_length) from input`,
    values: [
      batch.map(({ id }) => id),
      messages.starts,
      messages.lengths,
      receipts.starts,
      receipts.lengths,
      Buffer.concat(batch.map(({ digest }) => digest)),
      messages.bytes,
      receipts.bytes,
    ],
  })
  return batch.map(() => undefined)
}
