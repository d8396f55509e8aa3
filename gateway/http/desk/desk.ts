import type { FastifyReply, FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import { Refusal } from '../../exchange/exchange.ts'
import { pathOf } from '../addresses.ts'
import { languageOf, sendProblem, type SendProblem } from '../problem-reply.ts'
import { sendProblemPage } from '../public/problem-page.ts'
import type { Server } from '../server.ts'
import { type DeskFile, readDesk } from './files.ts'

const HOME = '/desk/'
const FOR_EVER = 'private, max-age=31536000, immutable'
/** Kept, and asked for each time: a 304 costs a line of text. */
const ASKED_EACH_TIME = 'private, no-cache'

/**
 * What the page may do: run, show and ask for what is served here, and nothing else; no text becomes a script (W3C CSP level 3, Trusted Types). Its
 * one policy lets through the address of its own service worker.
 */
const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types desk',
].join('; ')

/** Of all that a browser offers to pages, the desk uses the camera, and the device's own recognition of its person. */
const PERMISSIONS = [
  'camera=(self)',
  'publickey-credentials-create=(self)',
  'publickey-credentials-get=(self)',
  ...['display-capture', 'geolocation', 'hid', 'microphone', 'midi', 'payment', 'serial', 'usb'].map(
    (name) => `${name}=()`,
  ),
].join(', ')

const HEADERS = {
  'content-security-policy': CONTENT_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'permissions-policy': PERMISSIONS,
  vary: 'Accept-Encoding',
}

/** Whether an address is one of the desk's pages or files. */
export const isOfDesk = ({ url }: Pick<FastifyRequest, 'url'>): boolean => pathOf(url).startsWith(HOME)

/** The desk (protocol section 2): a row of routes that are files, read once; no path is ever made of what a client says. */
export async function deskRoutes(server: Server): Promise<void> {
  const config = { access: 'agency', kind: 'look-up' } as const
  for (const file of await readDesk())
    server.get(file.path, { config, schema: { hide: true } }, async (request, reply) => send(request, reply, file))
  server.get('/desk', { config, schema: { hide: true } }, async (_request, reply) => reply.redirect(HOME, 308))
}

function send(request: FastifyRequest, reply: FastifyReply, file: DeskFile): FastifyReply {
  const compressed = new Negotiator(request).encoding(['br', 'identity']) === 'br' ? file.compressed : undefined
  // Two forms of one file are two representations (RFC 9110, 8.8.3.3).
  const etag = `"${file.etag}${compressed === undefined ? '' : '.br'}"`
  reply.headers({ ...HEADERS, etag, 'cache-control': file.isNamedByContent ? FOR_EVER : ASKED_EACH_TIME })
  if (matches(request.headers['if-none-match'], etag)) return reply.code(304).send()
  if (compressed !== undefined) reply.header('content-encoding', 'br')
  return reply.type(file.type).send(compressed ?? file.bytes)
}

/** RFC 9110, 13.1.2: by weak comparison. */
function matches(asked: string | undefined, etag: string): boolean {
  return (asked ?? '').split(',').some((one) => ['*', etag].includes(one.trim().replace(/^W\//, '')))
}

/** To a browser that asks for the desk, a refusal is a page that says in both languages what to do; all else is for programs. */
export const sendDeskProblem: SendProblem = (request, reply, failure) => {
  const isForPerson =
    isOfDesk(request) &&
    new Negotiator(request).mediaType(['application/problem+json', 'text/html']) === 'text/html' &&
    !(failure instanceof Refusal)
  if (!isForPerson) return sendProblem(request, reply, failure)
  if (failure.retryAfter !== undefined) reply.header('retry-after', failure.retryAfter)
  reply.code(failure.status).serializer(String)
  return sendProblemPage(reply, failure.code, languageOf(request))
}
