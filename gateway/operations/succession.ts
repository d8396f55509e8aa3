import { createHash, randomBytes, randomUUIDv7 } from 'node:crypto'
import type { Log } from '../base/base.ts'
import type { LogKeys, Registry } from '../identity/identity.ts'
import type { Issuer } from '../log/log.ts'
import { digestText, Problem } from '../protocol/protocol.ts'
import {
  type Database,
  forgetSuccessorRequest,
  isDone,
  keepSuccessorRequest,
  latestCheckpoint,
  type Leaf,
  logInForce,
  type Queryable,
  recordAct,
  succeedLog,
  type SuccessorRequest,
  successorRequest,
  transaction,
  type Vault,
  type Wakes,
} from '../record/record.ts'
import { acts, type Subjects } from './acts.ts'
import { type Decision, type Performed, PENDING_MS } from './perform.ts'

type Needs = {
  readonly log: Log
  readonly database: Database
  readonly wakes: Wakes
  readonly vault: Vault
  readonly issuer: Issuer
  /** Of the log that this process can sign: the successor's, where the one in force was closed. */
  readonly logKeys: Pick<LogKeys, 'origin' | 'verifierKeys'>
  readonly registry: () => Registry
  readonly now: () => Date
}

const SALT_BYTES = 16
const NAME = 'succeed'

/** What a successor's first leaf names: the log before it, and the last checkpoint that was published of it, as far as it is known. */
export async function predecessor(database: Queryable): Promise<Subjects['log']> {
  const { origin, published } = await logInForce(database)
  const { size, root } = published ?? (await latestCheckpoint(database)) ?? { size: 0, root: undefined }
  return { origin, size, ...(root && { rootHash: root.toString('base64') }) }
}

/**
 * Starts a successor of a log that was closed (protocol section 10), when the second of two operators asks for it. Both acts become
 * leaves of the successor then, its first: to the old log nothing is appended.
 * @throws Problem `log-in-force` where the log was not closed, or this process has still its keys
 */
export async function startSuccessor(needs: Needs, decision: Decision): Promise<Performed> {
  const { database, vault, wakes, log } = needs
  const { operator, code } = decision
  if (operator.role === 'watch') throw new Problem('not-permitted')
  if (code !== undefined && !acts[NAME].reasons.some((one) => one === code)) throw new Problem('invalid-request')
  const done = await vault.sealing(() =>
    transaction(database, async (tx) => ({ result: await ask(needs, tx, decision) })),
  )
  if (done === 'pending') return { pending: true }
  if (done === 'repeated') return { pending: false, changed: 0, repeated: true }
  wakes.wake(['log'])
  log.info({ act: NAME, operator: operator.id, origin: needs.logKeys.origin }, 'an operator acted')
  return { pending: false, changed: 1 }
}

async function ask(needs: Needs, tx: Queryable, decision: Decision): Promise<'pending' | 'repeated' | 'done'> {
  const { logKeys, registry, now } = needs
  if (decision.id !== undefined && (await isDone(tx, decision.id))) return 'repeated'
  const closed = await logInForce(tx, true)
  if (closed.closedAt === undefined || closed.origin === logKeys.origin) throw new Problem('log-in-force')
  const at = now()
  const first = await successorRequest(tx, new Date(at.getTime() - PENDING_MS))
  if (first?.operator === decision.operator.id) return 'pending'
  const own = await sign(needs, tx, decision, at)
  if (first === undefined) {
    await keepSuccessorRequest(tx, own)
    return 'pending'
  }
  const managers = [...registry().operators.values()].filter(({ role }) => role === 'manage').map(({ id }) => id)
  if (managers.length > 0 && !managers.includes(own.operator) && !managers.includes(first.operator))
    throw new Problem('not-permitted')
  await succeedLog(tx, logKeys)
  for (const request of [first, own]) await record(tx, request)
  await forgetSuccessorRequest(tx)
  return 'done'
}

async function sign(
  { issuer, vault }: Needs,
  tx: Queryable,
  { id = randomUUIDv7(), operator, reason, code }: Decision,
  at: Date,
): Promise<SuccessorRequest> {
  const salt = randomBytes(SALT_BYTES)
  const reasonDigest = digestText(createHash('sha256').update(salt).update(reason).digest())
  const said = { act: NAME, operator: operator.id, reasonDigest, predecessor: await predecessor(tx) }
  const { jws } = await issuer.act(id, said, at)
  const sealedReason = vault.sealWords(`${salt.toString('base64url')}.${reason}`, id)
  return { actId: id, operator: operator.id, at, reasonCode: code, sealedReason, jws }
}

async function record(tx: Queryable, request: SuccessorRequest): Promise<void> {
  const { actId, operator, at, reasonCode, sealedReason, jws } = request
  const leaf: Leaf = { id: actId, typ: 'operator-act+jws', jws }
  await recordAct(tx, { id: actId, at, act: NAME, operator, sealedReason, reasonCode, subject: {}, leaf }, [])
}
