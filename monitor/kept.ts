import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { X509Certificate } from 'node:crypto'
import { leafHash, type Tree, verifyInclusion } from '../tlog/tree.ts'
import { alarm, CannotLook, type Finding } from './finding.ts'
import type { Gateway } from './gateway.ts'
import { digestOf, type Jws, parseJws } from './jws.ts'

/** What an agency has kept: the messages that it sent, and receipts. */
export type Kept = { readonly messages: readonly Jws[]; readonly receipts: readonly Jws[] }

const MESSAGE = 'safeguarding-message+jws'
const RECEIPT = 'delivery-receipt+jws'
const LARGEST_FILE = 256 * 1024 * 1024
const MOST_FILES = 1_000_000

/** Reads compact JWS from files, or all files of folders: one, or one a line. What is nothing of both is passed over. */
export async function readKept(paths: readonly string[]): Promise<Kept> {
  const found = (await Promise.all(paths.map(filesOf))).flat()
  if (found.length > MOST_FILES) throw new CannotLook('--kept: too many files')
  const all: Jws[] = []
  for (const file of found) {
    if ((await stat(file)).size > LARGEST_FILE) throw new CannotLook(`--kept: ${file} is too large`)
    for (const line of (await readFile(file, 'utf8')).split('\n')) {
      const jws = parseJws(line.trim())
      if (jws !== undefined) all.push(jws)
    }
  }
  return {
    messages: all.filter(({ typ }) => typ === MESSAGE),
    receipts: all.filter(({ typ }) => typ === RECEIPT),
  }
}

async function filesOf(path: string): Promise<readonly string[]> {
  if (!(await stat(path)).isDirectory()) return [path]
  const names = await readdir(path, { recursive: true, withFileTypes: true })
  return names.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name))
}

type Needs = {
  readonly gateway: Pick<Gateway, 'proof' | 'receiptsOf'>
  readonly signers: ReadonlyMap<string, X509Certificate>
  /** The tree that this monitor has verified. */
  readonly tree: Tree
  readonly now: Date
}

/** A receipt is in a checkpoint within 10 s (section 10), and a submission is answered within as much. */
const GRACE_SECONDS = 60
/** From the last of the horizons, 72 h by default and paused meanwhile, on: a week without a word is worth a question. */
const SILENT_SECONDS = 7 * 24 * 3600
/** What ends the way of a message: nothing more is expected behind it. */
const FINAL: ReadonlySet<string> = new Set(['ContentHandover', 'ConsignmentRejection', 'MessageDiscarded'])
/** What says that it was at least put at the recipient's disposal, or why not. */
const ON_ITS_WAY: ReadonlySet<string> = new Set([...FINAL, 'ContentConsignment', 'ContentConsignmentFailure'])

/**
 * Asks of each message that was kept for the receipts that its sender may expect, and of each receipt for its place in the log.
 * @param settled digests of messages that need not be asked for any more
 */
export async function checkKept(
  kept: Kept,
  settled: ReadonlySet<string>,
  needs: Needs,
): Promise<{ readonly findings: readonly Finding[]; readonly settled: readonly string[] }> {
  const findings: Finding[] = []
  const done = new Set(settled)
  const rejected = new Set(
    kept.receipts
      .filter(({ payload }) => payload['event'] === 'SubmissionRejection')
      .map(({ payload }) => String(payload['messageDigest'])),
  )
  for (const message of kept.messages) {
    const digest = digestOf(message.compact)
    if (done.has(digest) || isYoung(message.iat, needs.now)) continue
    const { wrong, isFinal } = await checkMessage(message, digest, rejected.has(digest), needs)
    findings.push(...wrong)
    if (wrong.length === 0 && isFinal) done.add(digest)
  }
  const logged = new Set<string>()
  for (const receipt of kept.receipts) {
    const id = String(receipt.payload['receiptId'])
    if (logged.has(id) || isYoung(receipt.iat, needs.now)) continue
    logged.add(id)
    findings.push(...(await checkReceipt(receipt, needs)))
  }
  return { findings, settled: [...done] }
}

async function checkMessage(
  message: Jws,
  digest: string,
  isRejected: boolean,
  needs: Needs,
): Promise<{ readonly wrong: readonly Finding[]; readonly isFinal: boolean }> {
  const id = String(message.payload['id'])
  const receipts = (await needs.gateway.receiptsOf(id))?.map(parseJws)
  if (receipts === undefined)
    return { wrong: isRejected ? [] : [missing(id, digest, 'SubmissionAcceptance')], isFinal: isRejected }
  const wrong: Finding[] = []
  const events = new Set<string>()
  for (const receipt of receipts) {
    if (receipt === undefined || receipt.payload['messageDigest'] !== digest) {
      wrong.push(otherBytes(id))
      continue
    }
    events.add(String(receipt.payload['event']))
    if (!isYoung(receipt.iat, needs.now)) wrong.push(...(await checkReceipt(receipt, needs)))
  }
  if (!events.has('SubmissionAcceptance')) wrong.push(missing(id, digest, 'SubmissionAcceptance'))
  const isSilent = needs.now.getTime() / 1000 - message.iat > SILENT_SECONDS
  if (isSilent && !some(events, ON_ITS_WAY)) wrong.push(missing(id, digest, 'ContentConsignment'))
  return { wrong, isFinal: some(events, FINAL) }
}

const some = (events: ReadonlySet<string>, wanted: ReadonlySet<string>): boolean =>
  [...wanted].some((event) => events.has(event))

const isYoung = (iat: number, now: Date): boolean => now.getTime() / 1000 - iat < GRACE_SECONDS

/** Whether a receipt is signed by the gateway, and a leaf of the tree that this monitor has seen. */
async function checkReceipt(receipt: Jws, { gateway, signers, tree }: Needs): Promise<readonly Finding[]> {
  const id = String(receipt.payload['receiptId'])
  const event = String(receipt.payload['event'])
  if (!receipt.verifiedBy(signers))
    return [
      alarm(
        'receipt-not-signed',
        {
          en: `The receipt ${id} (${event}) is not signed by a certificate that the gateway names.`,
          fr: `Le récépissé ${id} (${event}) n’est pas signé par un certificat que la passerelle nomme.`,
        },
        { receiptId: id, event },
      ),
    ]
  const proof = await gateway.proof(id, tree.size)
  const leaf = leafHash(Buffer.from(receipt.compact))
  if (proof !== undefined && verifyInclusion(leaf, proof.leafIndex, tree, proof.path)) return []
  return [
    alarm(
      'receipt-not-in-log',
      {
        en: `The receipt ${id} (${event}) is not in the log, though the gateway has signed it.`,
        fr: `Le récépissé ${id} (${event}) n’est pas dans le journal, alors que la passerelle l’a signé.`,
      },
      { receiptId: id, event },
    ),
  ]
}

const missing = (id: string, digest: string, event: string): Finding =>
  alarm(
    'receipt-missing',
    {
      en: `For the message ${id} that you have kept there is no ${event}.`,
      fr: `Pour le message ${id} que vous avez conservé, il n’y a pas de ${event}.`,
    },
    { messageId: id, digest, event },
  )

const otherBytes = (id: string): Finding =>
  alarm(
    'receipt-of-other-bytes',
    {
      en: `A receipt for the message ${id} is about other bytes than those that you have kept.`,
      fr: `Un récépissé du message ${id} porte sur d’autres octets que ceux que vous avez conservés.`,
    },
    { messageId: id },
  )
