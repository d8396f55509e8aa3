import * as answers from './answers.ts'
import { getAttachment, type Hashing, putAttachment, type Transfer } from './attachments.ts'
import { disclosure, pathway, type Rules, untold } from './disclosure.ts'
import { type Following, follow } from './following.ts'
import { sha256 } from './hash.ts'
import { PasserelleProblem, SdkFault } from './problem.ts'
import { anyObject, type JsonObject } from './shape.ts'
import { newId, signAcknowledgement, type Signer, signMessage } from './sign.ts'
import { patience, readAnswer, type Transport, type TransportOptions, wait } from './transport.ts'
import type { Attachment, Message } from './message.ts'

/** Seconds for which the gateway may hold an answer (sections 6 and 7). */
const LONGEST_WAIT = 30
const LARGEST_PAGE = 100

/** What the calls of a client stand on, under Node or in a browser. */
export type Foundation = {
  readonly transport: Transport
  readonly hashing: Hashing
  /** Absent where nothing is to be signed: what signs throws SdkFault `key-missing` then. */
  readonly signer?: Signer | undefined
  readonly now?: (() => Date) | undefined
} & Pick<TransportOptions, 'patience' | 'sleep'>
export type Interruptible = { readonly signal?: AbortSignal | undefined }
export type Feed = Interruptible & { readonly after?: string; readonly wait?: number }
/** In which form evidence is given: a bundle where it is not said, or an ASiC-E container. */
type InForm = { readonly form?: 'json' | 'asic' }
export type InboxQuery = Feed & { readonly limit?: number; readonly page?: string; readonly desk?: string }
/** A message in the inbox, as it was read: the digest over its bytes is what the acknowledgement vouches for. */
export type Received = { readonly from: string; readonly id: string; readonly bytes: Uint8Array }
/** The release of the schemas that a message obeys unless its draft names another: the newest that this SDK knows. */
const NEWEST_RELEASE = '1.2'
/** What a message needs to be told; the rest is the same for all. `type` says what `body` holds. */
export type Draft = DraftOf<Message>
type DraftOf<Each> = Each extends Message
  ? Omit<Each, 'id' | 'schemaVersion'> & { readonly schemaVersion?: string }
  : never

/** Takes what it stands on; gives what a partner can do, but for what is of files. */
export function openCalls({ transport, hashing, ...options }: Foundation) {
  const now = options.now ?? (() => new Date())

  const signer = (): Signer => {
    if (options.signer === undefined) throw new SdkFault('key-missing')
    return options.signer
  }
  const get = (path: string, { signal, ...query }: InboxQuery & InForm = {}) =>
    transport.call({ method: 'GET', path, query, wait: query.wait ?? 0, signal })
  const post = (path: string, body: string, signal?: AbortSignal) =>
    transport.call({ method: 'POST', path, body, contentType: 'application/jose', signal })

  /** Submits a message as signed; the same bytes may be submitted any number of times and are accepted once. */
  const submit = async (message: string, { signal }: Interruptible = {}): Promise<answers.Accepted> => {
    const answer = await post('/v1/messages', message, signal)
    const replayed = answer.headers['idempotent-replayed'] === 'true'
    return { ...readAnswer(answer, answers.accepted), replayed }
  }

  /** Signs an acknowledgement of exactly these bytes and submits it. `reason` is a code of the published list `refusalReason`. */
  const acknowledge = async (
    message: Received,
    outcome: 'accepted' | 'refused',
    { reason, signal }: Interruptible & { readonly reason?: string } = {},
  ): Promise<answers.Acknowledged> => {
    const at = now()
    const payload = {
      messageId: message.id,
      messageDigest: `sha-256:${await sha256(message.bytes)}`,
      at: at.toISOString(),
      outcome,
      ...(reason !== undefined && { reason: { code: reason } }),
    }
    const signed = await signAcknowledgement(payload, signer(), at)
    return readAnswer(await post(`${inboxPath(message)}/acknowledgement`, signed, signal), answers.acknowledged)
  }

  /** What waits: immediate first, or with `after` in order of arrival (section 7). */
  const inbox = async (query: InboxQuery = {}) => readAnswer(await get('/v1/inbox', query), answers.inboxPage)

  /** A message, byte for byte as its sender signed it. */
  const read = async (
    entry: { readonly from: string; readonly messageId: string },
    { signal }: Interruptible = {},
  ): Promise<Received> => {
    const key = { from: entry.from, id: entry.messageId }
    return { ...key, bytes: (await get(inboxPath(key), { signal })).body }
  }

  const directory = async (call: Interruptible = {}) => readAnswer(await get('/v1/agencies', call), answers.directory)

  /** What is not told to whom, and what that takes to know: for `untold`. */
  const rules = async (call: Interruptible = {}): Promise<Rules> => {
    const [told, paths, agencies] = await Promise.all([
      get('/schemas/disclosure.json', call),
      get('/schemas/pathway.json', call),
      directory(call),
    ])
    return {
      disclosure: readAnswer(told, disclosure),
      pathway: readAnswer(paths, pathway),
      directory: agencies,
    }
  }
  const rulesInForce = keep(rules, now)

  const receipts = async (query: Feed = {}) => readAnswer(await get('/v1/receipts', query), answers.receiptPage)

  const { longestDelayMs } = { ...patience, ...options.patience }
  const pause = (signal: AbortSignal) => () => (options.sleep ?? wait)(longestDelayMs, signal)

  /**
   * All receipts from a cursor on, for ever, until the signal aborts: for what the agency sent, and `ResponseOverdue` for what it owes (`to` is then the
   * agency itself, and `from` who waits for its answer). Keep the cursor of the last entry that has been dealt with: begun again there, the feed
   * neither skips nor repeats one, whatever happened in between. `onFault` is told of what it survives.
   */
  const followReceipts = (query: Following & { readonly after?: string }): AsyncGenerator<answers.FeedEntry> =>
    follow(
      async (after) => {
        const page = await receipts({ ...(after !== '' && { after }), wait: LONGEST_WAIT, signal: query.signal })
        return { entries: page.receipts, next: page.next }
      },
      { ...query, pause: pause(query.signal) },
    )

  /** All messages in order of arrival from a cursor on, of all desks or one, until the signal aborts; survives faults as the feed does. */
  const followInbox = ({
    after: begin,
    desk,
    ...following
  }: Following & { readonly after?: string; readonly desk?: string }): AsyncGenerator<answers.InboxEntry> =>
    follow(
      async (after) => {
        const place = { after, limit: LARGEST_PAGE, wait: LONGEST_WAIT, signal: following.signal }
        const { messages } = await inbox({ ...place, ...(desk !== undefined && { desk }) })
        return { entries: messages, next: messages.at(-1)?.cursor ?? after }
      },
      { ...following, after: begin, pause: pause(following.signal) },
    )

  const attach = (content: Blob, about: Transfer & Pick<Attachment, 'name' | 'description'>): Promise<Attachment> =>
    putAttachment(transport, hashing, content, about)
  const attachment = (
    message: Pick<Received, 'from' | 'id'>,
    { digest, size }: Pick<Attachment, 'digest' | 'size'>,
    transfer?: Transfer,
  ): AsyncGenerator<Uint8Array> => getAttachment(transport, hashing, inboxPath(message), { digest, size }, transfer)

  return {
    submit,
    acknowledge,
    inbox,
    read,
    receipts,
    followReceipts,
    followInbox,
    /**
     * Makes the envelope, signs it and submits it, but where it would tell its recipient too much: then it throws a SdkFault
     * `not-to-be-told`, whose `errors` say where, and nothing has left. What else it throws says in `sent` what was signed: whoever does not know whether
     * it was accepted submits that `message` again, for a new one would be a second message.
     */
    send: async (draft: Draft, call: Interruptible = {}) => {
      const envelope: Message = { id: newId(), schemaVersion: NEWEST_RELEASE, ...draft }
      const message = await signMessage(envelope, signer(), now())
      try {
        const errors = untold(envelope, await rulesInForce(call))
        if (errors.length > 0) throw new SdkFault('not-to-be-told', { errors })
        return { envelope, message, ...(await submit(message, call)) }
      } catch (error) {
        if (error instanceof SdkFault && error.code === 'not-to-be-told') throw error
        if (error instanceof PasserelleProblem || error instanceof SdkFault) error.sent = { envelope, message }
        throw error
      }
    },
    /**
     * Puts an attachment, so that a message may name it (section 9). Takes a Blob with its media type, such as `openAsBlob(path, { type })` of
     * `node:fs` gives, which is read piece by piece; gives what the envelope's `attachments` says of it.
     */
    attach,
    /**
     * The bytes of an attachment that a received message names, as they come. Only when it has ended without a fault are they what the sender
     * named: keep what comes apart until then.
     */
    attachment,
    /** What became of a message that the caller sent. */
    status: async (id: string, call: Interruptible = {}) =>
      readAnswer(await get(`/v1/messages/${encodeURIComponent(id)}`, call), answers.messageStatus),
    /**
     * What proves it off line, for `verifyBundle`: of a message that the caller sent (its id), or received. Keep the bytes as they are. With
     * `form: 'asic'` the same as an ASiC-E container (ETSI EN 319 162-1), which is a ZIP.
     */
    evidence: async (
      message: string | Pick<Received, 'from' | 'id'>,
      call: Interruptible & InForm = {},
    ): Promise<Uint8Array> => {
      const path = typeof message === 'string' ? `/v1/messages/${encodeURIComponent(message)}` : inboxPath(message)
      return (await get(`${path}/evidence`, call)).body
    },
    /** A case as the caller took part in it. */
    case: async (caseId: string, call: Interruptible = {}) =>
      readAnswer(await get(`/v1/cases/${encodeURIComponent(caseId)}`, call), answers.caseView),
    directory,
    rules,
    wellKnown: async (call: Interruptible = {}) =>
      readAnswer(await get('/.well-known/passerelle', call), answers.wellKnown),
    schemas: async (call: Interruptible = {}) => readAnswer(await get('/schemas', call), answers.catalogue),
    schema: async (version: string, name: string, call: Interruptible = {}): Promise<JsonObject> => {
      const path = [version, ...name.split('/')].map(encodeURIComponent).join('/')
      return readAnswer(await get(`/schemas/${path}.schema.json`, call), anyObject)
    },
    /** Ends what is under way and closes the connections. */
    close: () => transport.close(),
  }
}

/** So long may what was read of the gateway's tables and its directory count: the gateway itself decides by those in force. */
const RULES_MS = 5 * 60_000

/** Reads once for all who ask, and gives the same to who asks within some minutes; what failed is read again. */
function keep(read: () => Promise<Rules>, now: () => Date) {
  let kept: { readonly rules: Promise<Rules>; readonly until: number } | undefined
  return ({ signal }: Interruptible): Promise<Rules> => {
    const made =
      kept !== undefined && now().getTime() < kept.until ? kept : { rules: read(), until: now().getTime() + RULES_MS }
    kept = made
    made.rules.catch(() => (kept = kept === made ? undefined : kept))
    return signal === undefined ? made.rules : unlessAborted(made.rules, signal)
  }
}

/** What others wait for too is not ended by one of them: that one goes. @throws the signal's reason */
async function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const aborted = Promise.withResolvers<never>()
  const abort = (): void => aborted.reject(signal.reason)
  signal.addEventListener('abort', abort)
  try {
    signal.throwIfAborted()
    return await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function inboxPath(message: { readonly from: string; readonly id: string }): string {
  return `/v1/inbox/${encodeURIComponent(message.from)}/${encodeURIComponent(message.id)}`
}
