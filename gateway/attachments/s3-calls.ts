import type { S3 } from '@aws-sdk/client-s3'
import { type Config, ConfigurationFault, codeOf, type Log, settingName } from '../base/base.ts'
import { Problem } from '../protocol/protocol.ts'
import { type Reach, watchReach } from './reach.ts'
import { readAddress, readCredentials } from './s3-address.ts'
import { makeClient } from './s3-client.ts'

/** All attempts at one request together, where it carries little. */
const CALL_MS = 20_000
const RETRY_S = 5

/** No such bucket, or not in this region, or not for these credentials: what no waiting changes. */
const REFUSALS = new Set([301, 400, 401, 403, 404])

const UNAVAILABLE = {
  en: 'The store of attachments cannot be reached just now; nothing was kept.',
  fr: 'L’espace de stockage des pièces jointes est injoignable pour l’instant ; rien n’a été conservé.',
}

/** Why the store is away, in a word that names nobody: its own answer, or the system's. */
export class StoreAway extends Error {
  override readonly name = 'StoreAway'
  readonly code: string
  /** That it has answered with, if it has. */
  readonly status: number | undefined

  constructor(code: string, status: number | undefined) {
    super(code)
    this.code = code
    this.status = status
  }
}

/** What is asked of a store, and where its objects are. */
export type S3Calls = {
  readonly bucket: string
  readonly reach: Pick<Reach, 'isAway'>
  /** The place of an object, as requests name it. */
  at(name: string | null): { readonly Bucket: string; readonly Key: string }
  /**
   * Makes a request, and again where an attempt fails.
   * @param ms all attempts together; @param cancelled ends it before
   * @throws Problem `unavailable`; of what is not there, the SDK's own fault (`isAbsence`)
   */
  ask<Result>(
    request: (s3: S3, options: { abortSignal: AbortSignal }) => Promise<Result>,
    ms?: number,
    cancelled?: AbortSignal,
  ): Promise<Result>
  close(): Promise<void>
}

/**
 * Opens the calls of the store that `PASSERELLE_ATTACHMENTS_URL` names. One that is away is waited for.
 * @throws ConfigurationFault where the credentials cannot be used, or the store refuses them or has no such bucket
 */
export async function openS3Calls(
  url: string,
  config: Pick<Config, 'attachmentsCredentialsFile'>,
  log: Log,
): Promise<S3Calls> {
  const address = readAddress(url)
  const { bucket, prefix } = address
  await readCredentials(config)
  const s3 = await makeClient(address, () => readCredentials(config))

  const probe = async (): Promise<void> => {
    await s3.headBucket({ Bucket: bucket }, { abortSignal: AbortSignal.timeout(CALL_MS) })
  }
  const away = await probe().then(() => undefined, asAway)
  if (away?.status !== undefined && REFUSALS.has(away.status))
    throw new ConfigurationFault(`${settingName('attachmentsUrl')}: the store answers ${away.status} for its bucket`)
  const reach = watchReach('the store of attachments', () => probe().catch(throwAway), log)
  reach.heard(away)

  return {
    bucket,
    reach,
    at: (name) => ({ Bucket: bucket, Key: `${prefix}${name}` }),
    async ask(request, ms = CALL_MS, cancelled) {
      const late = AbortSignal.timeout(ms)
      const abortSignal = cancelled === undefined ? late : AbortSignal.any([late, cancelled])
      try {
        const result = await request(s3, { abortSignal })
        reach.heard()
        return result
      } catch (error) {
        if (isAbsence(error)) throw error
        if (cancelled?.aborted !== true) reach.heard(asAway(error))
        return refuse()
      }
    },
    async close() {
      await reach.close()
      s3.destroy()
    },
  }
}

/** Whatever it was, it can be tried again. @throws Problem `unavailable` */
export function refuse(): never {
  throw new Problem('unavailable', UNAVAILABLE, { retryAfter: RETRY_S })
}

/** An object, an upload or a range of an object that is not there. */
export function isAbsence(error: unknown): boolean {
  return error instanceof Error && ['NoSuchKey', 'NoSuchUpload', 'NotFound', 'InvalidRange'].includes(error.name)
}

function throwAway(error: unknown): never {
  throw asAway(error)
}

function asAway(error: unknown): StoreAway {
  const name = error instanceof Error ? error.name : 'unknown'
  return new StoreAway(error instanceof DOMException ? name : codeOf(error, name), statusOf(error))
}

/** The status that the store has answered with; undefined where it has not. */
function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined
  const { $metadata } = error
  if (typeof $metadata !== 'object' || $metadata === null || !('httpStatusCode' in $metadata)) return undefined
  return typeof $metadata.httpStatusCode === 'number' ? $metadata.httpStatusCode : undefined
}
