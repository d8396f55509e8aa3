/** The honest answers: what a gateway says that has nothing to hide and nothing to fear. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { isObject } from '../shape.ts'
import { releases } from '../validate/validate.ts'
import type { Clock } from './clock.ts'
import type { Exchange, Waiting } from './exchange.ts'
import { type Asked, json, problem, type Reply, type Route } from './http.ts'
import { directoryOf, type Publication, wellKnownOf } from './publication.ts'
import { partsOf } from './sealing.ts'

export type World = {
  readonly agency: string
  readonly exchange: Exchange
  readonly publication: Publication
  readonly clock: Clock
  /** How many entries a page holds; of the feed, page by page in turn. */
  pageSizes: { inbox: number; feed: readonly number[] }
}

const SCHEMAS = new URL('../../schemas/', import.meta.url)
const PATH = /^(?:\d+\.\d+\/)?(?:codes\/)?[A-Za-z-]+\.(?:schema|examples)?\.?json$/
/** Seconds for which a signature is fresh (section 3). */
const FRESH_S = 300
const PRIORITIES = ['immediate', 'urgent', 'routine']
const notFound = (): Reply => problem(404, 'not-found')

export function answerOf(world: World, asked: Asked): Reply {
  return answers[asked.route](world, asked)
}

const answers: Readonly<Record<Route, (world: World, asked: Asked) => Reply>> = {
  wellKnown: ({ publication }) => json(200, wellKnownOf(publication, releases())),
  directory: ({ publication }) => json(200, directoryOf(publication)),
  schemas: (_, { names: [name = ''] }) => {
    const file = new URL(name === '' ? 'catalogue.json' : name, SCHEMAS)
    if ((name !== '' && !PATH.test(name)) || !existsSync(file)) return notFound()
    return { status: 200, headers: { 'content-type': 'application/schema+json' }, body: readFileSync(file) }
  },
  submit,
  status: ({ exchange }, { names: [id = '', receipts = ''] }) => {
    const sent = [...exchange.submitted.values()].find((one) => one.id === id)
    if (sent === undefined) return notFound()
    const payload = partsOf(sent.bytes)?.payload
    const { from, to, caseId, type, priority } = isObject(payload) ? payload : {}
    const about = { messageId: id, from, to, caseId, type, priority, acceptedAt: new Date(sent.at).toISOString() }
    return json(
      200,
      receipts === ''
        ? { ...about, state: 'accepted', attempts: 0, receipts: [sent.receipt] }
        : { receipts: [sent.receipt] },
    )
  },
  feed,
  inbox,
  read: ({ exchange }, { names }) => {
    const found = find(exchange, names)
    if (found === undefined) return notFound()
    return { status: 200, headers: { 'content-type': 'application/jose' }, body: found.bytes }
  },
  acknowledge,
  put: ({ exchange }, { names: [name = ''], body, headers }) => {
    const digest = createHash('sha256').update(body).digest('base64url')
    if (digest !== name) return problem(422, 'attachment-digest-mismatch')
    const mediaType = headers['content-type'] ?? ''
    const isNew = !exchange.attachments.has(`sha-256:${digest}`)
    exchange.attachments.set(`sha-256:${digest}`, { bytes: body, mediaType })
    return json(isNew ? 201 : 200, { digest: `sha-256:${digest}`, mediaType, size: body.length })
  },
  fetch: ({ exchange }, { names, headers }) => {
    const served = find(exchange, names)?.attachments.get(`sha-256:${names[2]}`)
    if (served === undefined) return notFound()
    const [, first] = /^bytes=(\d+)-$/.exec(headers.range ?? '') ?? []
    const common = { 'content-type': served.mediaType, 'accept-ranges': 'bytes', 'content-disposition': 'attachment' }
    if (first === undefined) return { status: 200, headers: common, body: served.bytes }
    const begin = Number(first)
    const range = `bytes ${begin}-${served.bytes.length - 1}/${served.bytes.length}`
    return { status: 206, headers: { ...common, 'content-range': range }, body: served.bytes.subarray(begin) }
  },
  other: notFound,
}

function find(exchange: Exchange, [from, id]: readonly string[]): Waiting | undefined {
  return exchange.waiting.find((one) => one.from === from && one.id === id)
}

/** Takes what can be understood at all, so that one fault of a client fails one case; what is wrong in it the cases say. */
function submit({ exchange, clock }: World, { body }: Asked): Reply {
  const bytes = body.toString('latin1')
  const before = exchange.submitted.get(bytes)
  const accepted = (id: string, receipt: string) => ({ messageId: id, state: 'accepted', receipt })
  const location = (id: string) => ({ location: `/v1/messages/${id}` })
  if (before !== undefined)
    return json(200, accepted(before.id, before.receipt), { ...location(before.id), 'idempotent-replayed': 'true' })
  const { header, payload } = partsOf(bytes) ?? {}
  if (header === undefined || !isObject(payload)) return problem(400, 'malformed-message')
  if (Math.abs(Number(header['iat']) - clock.now() / 1000) > FRESH_S) return problem(422, 'stale-message')
  const id = String(payload['id'])
  if ([...exchange.submitted.values()].some((one) => one.id === id)) return problem(409, 'id-conflict')
  const named = Array.isArray(payload['attachments']) ? (payload['attachments'] as unknown[]) : []
  if (named.some((one) => !isObject(one) || !exchange.attachments.has(String(one['digest']))))
    return problem(409, 'attachment-missing')
  const receipt = exchange.receipt('SubmissionAcceptance', exchange.aboutOf(payload, body))
  exchange.submitted.set(bytes, { bytes, id, receipt, at: clock.now() })
  return json(202, accepted(id, receipt), location(id))
}

function feed({ exchange, pageSizes }: World, { url }: Asked): Reply {
  const known = ['after', 'wait']
  if ([...url.searchParams.keys()].some((name) => !known.includes(name))) return problem(400, 'invalid-request')
  const after = url.searchParams.get('after') ?? ''
  const place = exchange.feed.findIndex(({ cursor }) => cursor === after)
  if (after !== '' && place === -1) return problem(400, 'invalid-request')
  const [size = 100, ...sizes] = pageSizes.feed
  pageSizes.feed = sizes
  const receipts = exchange.feed.slice(place + 1, place + 1 + size)
  return json(200, { receipts, next: receipts.at(-1)?.cursor ?? after })
}

function inbox({ exchange, pageSizes }: World, { url: { searchParams: query } }: Asked): Reply {
  const known = ['limit', 'page', 'wait', 'after', 'desk']
  if ([...query.keys()].some((name) => !known.includes(name))) return problem(400, 'invalid-request')
  const isByArrival = query.has('after')
  if (isByArrival && query.has('page')) return problem(400, 'invalid-request')
  const listed = exchange.waiting.filter((one) => one.acknowledged === undefined || one.isListedAgain)
  const rank = (one: Waiting) =>
    (isByArrival ? 0 : PRIORITIES.indexOf(one.priority)) * 1e6 + exchange.waiting.indexOf(one)
  const ordered = listed.toSorted((a, b) => rank(a) - rank(b))
  const place = placeOf(exchange, query, rank)
  if (place === undefined) return problem(400, 'invalid-request')
  const rest = ordered.filter((one) => rank(one) > place)
  const page = rest.slice(0, Math.min(Number(query.get('limit') ?? 50), pageSizes.inbox))
  const last = page.at(-1)
  const messages = page.map(({ from, id, type, caseId, priority, acceptedAt, bytes, cursor }) => {
    return { messageId: id, from, type, caseId, priority, acceptedAt, size: bytes.length, cursor }
  })
  const isMore = !isByArrival && last !== undefined && rest.length > page.length
  return json(200, { messages, ...(isMore && { next: exchange.cursorOf('page', exchange.waiting.indexOf(last)) }) })
}

/** Behind which entry the page begins; undefined where nobody has given that cursor. */
function placeOf(exchange: Exchange, query: URLSearchParams, rank: (one: Waiting) => number): number | undefined {
  const token = query.get('page') ?? query.get('after') ?? ''
  if (token === '') return -1
  const found = exchange.waiting.find((one, at) => one.cursor === token || exchange.cursorOf('page', at) === token)
  return found === undefined ? undefined : rank(found)
}

function acknowledge({ agency, exchange }: World, { names, body }: Asked): Reply {
  const found = find(exchange, names)
  if (found === undefined) return notFound()
  const compact = body.toString('latin1')
  const payload = partsOf(compact)?.payload
  if (!isObject(payload)) return problem(400, 'malformed-message')
  const outcome = String(payload['outcome'])
  const state = outcome === 'accepted' ? 'handed-over' : 'refused'
  const before = found.acknowledged
  if (before !== undefined)
    return before.outcome === outcome
      ? json(200, { messageId: found.id, state, receipt: before.receipt })
      : problem(409, 'already-acknowledged')
  const about = { messageId: found.id, caseId: found.caseId, type: found.type, from: found.from, to: agency }
  const receipt = exchange.receipt(
    outcome === 'accepted' ? 'ContentHandover' : 'ConsignmentRejection',
    { ...about, messageDigest: found.digest },
    { acknowledgement: compact },
  )
  const reason = isObject(payload['reason']) ? { reason: String(payload['reason']['code']) } : {}
  found.acknowledged = { outcome, ...reason, receipt }
  return json(200, { messageId: found.id, state, receipt })
}
