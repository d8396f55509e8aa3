import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DevelopmentPki } from '../../certs-dev/tree.ts'
import { cohortSteps, parseCohort, type Row } from '../../demo/cohort.ts'
import { envelopeOf } from '../../demo/compose.ts'
import type { MessageStep } from '../../demo/scenario.ts'
import { startThread, type Thread } from '../../demo/thread.ts'
import { type Accepting, openAccepting } from '../../gateway/exchange/accept.ts'
import type { Valid } from '../../gateway/exchange/checks.ts'
import { loadSchemaFolder } from '../../gateway/exchange/schema-folder.ts'
import { parseJws } from '../../gateway/protocol/jws.ts'
import { readMessage } from '../../gateway/protocol/reading.ts'
import { compileSchemas } from '../../gateway/protocol/schemas.ts'
import { newId, type Signer, signEnvelope } from '../../sdk/index.ts'
import { readIdentity } from '../../sdk/identity.ts'
import type { TestParts } from './parts.ts'

const schemas = compileSchemas(await loadSchemaFolder(fileURLToPath(new URL('../../schemas', import.meta.url))))
const HOUR_MS = 3_600_000

/**
 * Records messages as of any time: what they say is read and sealed as a running gateway does it. Certificates of those years there
 * are none, so that alone is not asked for.
 */
export async function openHistory(pki: DevelopmentPki, parts: TestParts) {
  const accept: Accepting = openAccepting({ ...parts, keep: () => Promise.resolve(), enqueue: () => undefined })
  const { signer } = await readIdentity(join(pki.folder, 'agencies/fr-rys'))
  return {
    async tell(thread: Thread, step: MessageStep, at: Date): Promise<void> {
      const envelope = envelopeOf(step, newId(), thread.refs, at)
      const message = await signEnvelope(envelope, signer, at)
      thread.sent.set(step.as, { step, envelope, message })
      await record(accept, signer, message, at)
    },
  }
}

export type History = Awaited<ReturnType<typeof openHistory>>

async function record(accept: Accepting, signer: Signer, message: string, at: Date): Promise<void> {
  const jws = parseJws(Buffer.from(message), 'safeguarding-message+jws')
  const reading = readMessage(jws.payload, schemas)
  if ('malformed' in reading || !reading.isValid) throw new Error('the cohort obeys its schemas')
  const receipt = await accept(
    { ...reading, jws, crl: null, signer, attached: [] } as unknown as Valid,
    at,
    randomUUID(),
  )
  if (receipt === undefined) throw new Error('an id was used twice')
}

export async function readCohort(): Promise<readonly Row[]> {
  return parseCohort(await readFile(new URL('../../demo/cohort.csv', import.meta.url), 'utf8'))
}

/** All 196 children, each on the day on which they were referred, hour by hour. */
export async function tellCohort(history: History): Promise<void> {
  const rows = await readCohort()
  await Promise.all(
    rows.map(async (row) => {
      const thread = startThread()
      const start = new Date(`${row.referredOn}T08:00:00Z`).getTime()
      for (const [hour, step] of cohortSteps(row).entries())
        await history.tell(thread, step, new Date(start + hour * HOUR_MS))
    }),
  )
}
