import { ConfigurationFault, type Log, settingName } from '../base/base.ts'
import type { GatewayKeys } from '../identity/identity.ts'
import type { Lane, SignatureWork } from '../protocol/protocol.ts'
import {
  type Database,
  keepVerifierKeys,
  logInForce,
  openLog as standingOrigin,
  transaction,
} from '../record/record.ts'
import { enforce, follow, type InForce } from './entries.ts'
import { createIssuer, type Issuer } from './issue.ts'

export { checkProof, type ProofFault, type ProofVerdict, type Proven } from './check-proof.ts'
export { type CosignedState, cosignedState } from './cosigned.ts'
export { type Cosigning, openCosigning } from './cosigning.ts'
export { recallPublished } from './examine.ts'
export { markFile } from './mark.ts'
export { openProofTexts, type ProofTexts, type StampedCheckpoint } from './proof-texts.ts'
export { isStampLate, openTimeStamping } from './time-stamping.ts'
export { CHECKPOINT, openTree, type Tree, type TreeState } from './tree.ts'
export { type Issuer, type ReceiptContent } from './issue.ts'
export { receiptContent } from './receipt-content.ts'

type Signing = Pick<SignatureWork, 'sign'>

type Needs = {
  readonly database: Database
  readonly keys: () => GatewayKeys
  /** Of the log: its origin, and by what its checkpoints are verified. */
  readonly logKeys: { readonly origin: string; readonly verifierKeys: readonly string[] }
  /** Where signatures are made: those that a request waits for, and the others. Without it, here and now. */
  readonly signing?: Signing & { readonly background: Signing }
  readonly log: Log
  readonly now: () => Date
}

/** The evidence log, open: what signs its leaves, and what puts the registry's entries into it. */
export type EvidenceLog = {
  readonly issuer: Issuer
  /** For receipts that no request waits for: they take no time from those that one does. */
  readonly backgroundIssuer: Issuer
  /** Puts registry and certificates in force in the record, once; `release`: lanes that were held and go on. */
  enforce(inForce: InForce, release: (lane: Lane) => void): Promise<void>
  /** The same for each that comes, until it is done: then it resolves. Rejects where the process stops before. */
  follow(
    inForce: InForce,
    release: (lane: Lane) => void,
    stopping: AbortSignal,
  ): (next: Partial<InForce>) => Promise<void>
}

/**
 * Opens the evidence log (protocol section 10).
 * @throws ConfigurationFault where the record holds the log of another key: writing on would fork the evidence. One that was closed
 *   may stand there: the other key is then its successor's
 */
export async function openLog(needs: Needs): Promise<EvidenceLog> {
  const { database, keys, logKeys, signing } = needs
  const isOther = await transaction(database, async (tx) => {
    const standing = await standingOrigin(tx, logKeys.origin)
    if (standing !== logKeys.origin) return { result: (await logInForce(tx)).closedAt === undefined }
    const kept = await keepVerifierKeys(tx, logKeys.verifierKeys)
    return { result: kept.some((key, at) => key !== logKeys.verifierKeys[at]) }
  })
  if (isOther)
    throw new ConfigurationFault(
      `${settingName('logKeyFile')}: the log key is not the one of the evidence log in this record`,
    )
  const { id } = keys()
  const signer = () => keys().signer
  const issuer = createIssuer(id, signer, signing)
  const entering = { ...needs, issuer }
  return {
    issuer,
    backgroundIssuer: createIssuer(id, signer, signing?.background),
    enforce: (inForce, release) => enforce(entering, inForce, release),
    follow: (inForce, release, stopping) => follow(entering, inForce, release, stopping),
  }
}
