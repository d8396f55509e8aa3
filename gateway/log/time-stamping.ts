import { createHash, randomBytes } from 'node:crypto'
import { blame, type Config, ConfigurationFault, every, type Log, readText, settingName } from '../base/base.ts'
import {
  type Certificate,
  parseCertificates,
  readTimeStamp,
  timeStampRequest,
  TimeStampFault,
} from '../identity/identity.ts'
import {
  checkpointBy,
  type Database,
  keepTimeStamp,
  stampedSize,
  stampTries,
  type StampTries,
  takeStampTurn,
} from '../record/record.ts'
import { callOut } from './call.ts'
import type { Tree } from './tree.ts'

type Needs = {
  readonly config: Pick<Config, 'tsaUrl' | 'tsaAnchorsFile' | 'tsaIntervalMs'>
  readonly database: Database
  /** What was published, and nothing else, is stamped. */
  readonly tree: Pick<Tree, 'latest' | 'state'>
  readonly log: Log
  /** The record's time. */
  readonly now: () => Date
  readonly lookMs?: number
  readonly boundMs?: number
}

/** How often is looked whether a time stamp is due. */
const LOOK_MS = 5_000
const CALL_MS = 15_000
/** A token with its chain has some thousand bytes; the record takes no larger one. */
const LARGEST_ANSWER = 64 * 1024
/** Between two tries that failed, the first and the longest; no longer than the interval where that is shorter. */
const FIRST_REST_MS = 60_000
const LONGEST_REST_MS = 3_600_000

/**
 * Has the newest published checkpoint stamped by the authority that the configuration names, no sooner than the interval after the last one
 * (protocol section 10, RFC 3161). Nothing waits for it: where the authority is away, a later checkpoint is stamped, and covers what came
 * meanwhile. Of several processes one asks. Nothing where none is named.
 * @throws ConfigurationFault where there are no anchors to believe it by
 */
export async function openTimeStamping(needs: Needs): Promise<AsyncDisposable> {
  const { config, log, lookMs = LOOK_MS } = needs
  const { tsaUrl: url } = config
  if (url === undefined) return { [Symbol.asyncDispose]: async () => undefined }
  const anchors = await readAnchors(config)
  const stop = every(
    lookMs,
    (stopping) => look(needs, { url, anchors }, stopping),
    (error) => log.error({ err: error }, 'checkpoints could not be time-stamped'),
  )
  return { [Symbol.asyncDispose]: stop }
}

async function readAnchors({ tsaAnchorsFile: file }: Needs['config']): Promise<readonly Certificate[]> {
  if (file === undefined)
    throw new ConfigurationFault(
      `${settingName('tsaAnchorsFile')} must name a file: time stamps of ${settingName('tsaUrl')} count by what is in it`,
    )
  return await blame(settingName('tsaAnchorsFile'), async () => {
    const certificates = certificatesIn(await readText(file), file)
    if (!certificates.some(({ selfSigned }) => selfSigned))
      throw new ConfigurationFault(`${file} holds no self-signed certificate`)
    return certificates
  })
}

function certificatesIn(text: string, file: string): readonly Certificate[] {
  try {
    return parseCertificates(text)
  } catch {
    throw new ConfigurationFault(`${file} is not PEM certificates`)
  }
}

type Authority = { readonly url: string; readonly anchors: readonly Certificate[] }

async function look(needs: Needs, authority: Authority, stopping: AbortSignal): Promise<void> {
  const { config, database, tree, log, now } = needs
  const [newest, { origin, base, closed }] = [tree.latest(), tree.state()]
  // What a closed log has in the record may contradict what was published of it: nobody shall vouch for it.
  if (newest === undefined || newest.origin !== origin || closed) return
  if (newest.size <= (await stampedSize(database, base))) return
  const at = now()
  const tries = await stampTries(database)
  if (!isDue(tries, config.tsaIntervalMs, at) || !(await takeStampTurn(database, tries, at))) return
  const imprint = createHash('sha256').update(newest.note).digest()
  const outcome = await ask(needs, authority, imprint, stopping)
  if (stopping.aborted) return
  if ('fault' in outcome) {
    log.warn({ reason: outcome.fault, failures: tries.failures + 1 }, 'no time stamp was had for the newest checkpoint')
    return
  }
  await keepTimeStamp(database, { base, size: newest.size, note: newest.note, ...outcome })
}

/** After as many failures as there were: the interval after none, else a rest that doubles. */
function isDue({ triedAt, failures }: StampTries, intervalMs: number, at: Date): boolean {
  if (triedAt === undefined) return true
  const rest = Math.min(FIRST_REST_MS * 2 ** Math.min(failures - 1, 10), LONGEST_REST_MS, intervalMs)
  return at.getTime() - triedAt.getTime() >= (failures === 0 ? intervalMs : rest)
}

type Outcome = { readonly at: Date; readonly token: Buffer } | { readonly fault: string }

async function ask(needs: Needs, { url, anchors }: Authority, imprint: Buffer, stop: AbortSignal): Promise<Outcome> {
  const asked = { imprint, nonce: randomBytes(16) }
  const sent = { type: 'application/timestamp-query', bytes: timeStampRequest(asked) }
  const answer = await callOut('POST', url, sent, { ms: needs.boundMs ?? CALL_MS, bytes: LARGEST_ANSWER }, stop)
  if ('fault' in answer) return answer
  if (answer.status !== 200) return { fault: `status-${answer.status}` }
  try {
    return readTimeStamp(answer.body, asked, { anchors, now: needs.now() })
  } catch (error) {
    if (error instanceof TimeStampFault) return { fault: error.code }
    throw error
  }
}

/** So much later than it should have been stamped by, a checkpoint that was not is worth an alarm. */
const LATE_MS = 3_600_000

/** Whether the largest checkpoint of an interval and an hour ago is in none that was stamped. */
export async function isStampLate(
  { database, tree, config }: Pick<Needs, 'database' | 'config'> & { readonly tree: Pick<Tree, 'state'> },
  at: Date,
): Promise<boolean> {
  if (config.tsaUrl === undefined) return false
  const size = await checkpointBy(database, new Date(at.getTime() - config.tsaIntervalMs - LATE_MS))
  return size !== undefined && size > (await stampedSize(database, tree.state().base))
}
