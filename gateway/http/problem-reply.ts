import { codeOf, type Log, OverloadFault } from '../base/base.ts'
import { STATUS_CODES } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import { Refusal } from '../exchange/exchange.ts'
import { type Language, Problem, type ProblemCode, problemDocument } from '../protocol/protocol.ts'
import { ParameterFault } from './parameter-words.ts'
import { isOutage } from '../record/record.ts'

/** Seconds after which the record is worth another try. */
export const RETRY_OUTAGE_S = 5

/** Which of the two languages a client prefers; English where it says nothing. */
export function languageOf(request: Pick<FastifyRequest, 'headers'>): Language {
  return new Negotiator(request).language(['en', 'fr']) === 'fr' ? 'fr' : 'en'
}

const byFrameworkCode: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'message-too-large',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid-request',
  FST_ERR_BAD_URL: 'invalid-request',
  FST_ERR_ASYNC_CONSTRAINT: 'invalid-request',
  FST_ERR_MAX_PARAM_LENGTH: 'not-found',
  FST_ERR_VALIDATION: 'invalid-request',
}

/**
 * What a failure is to a client: a refusal as it is, the framework's own as the protocol names it, a database out of reach as
 * `unavailable`, and anything else as `internal-error`, which is logged. More than can wait is `unavailable` too, and no line each.
 */
export function toProblem(error: unknown, log: Log, requestId?: string): Problem | Refusal {
  if (error instanceof Problem || error instanceof Refusal) return error
  // A path whose parts have not even the form of an id leads nowhere, just as an id that never existed.
  if (error instanceof Error && 'validationContext' in error && error.validationContext === 'params')
    return new Problem('not-found')
  if (error instanceof ParameterFault) return new Problem('invalid-request', error.detail)
  const known = byFrameworkCode[codeOf(error)]
  if (known !== undefined) return new Problem(known)
  if (error instanceof OverloadFault) return new Problem('unavailable', undefined, { retryAfter: RETRY_OUTAGE_S })
  log.error({ err: error, requestId }, 'a request failed')
  if (isOutage(error)) return new Problem('unavailable', undefined, { retryAfter: RETRY_OUTAGE_S })
  return new Problem('internal-error')
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Where the pages of problems are for everybody. */
    pages: () => string
  }
}

/** Sends a failure as a listener sends it. */
export type SendProblem = (request: FastifyRequest, reply: FastifyReply, failure: Problem | Refusal) => FastifyReply

/** Sends a problem document in the client's language (RFC 9457), with the receipt of a refusal where there is one. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, failure: Problem | Refusal): FastifyReply {
  const problem = failure instanceof Refusal ? failure.problem : failure
  const language = languageOf(request)
  if (problem.retryAfter !== undefined) reply.header('retry-after', problem.retryAfter)
  const document = problemDocument(problem, request.id, language, request.server.pages())
  return reply
    .code(problem.status)
    .header('passerelle-request-id', request.id)
    .header('content-type', 'application/problem+json')
    .header('content-language', language)
    .header('vary', 'Accept-Language')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(failure instanceof Refusal ? { ...document, receipt: failure.receipt } : document)
}

/** The same as the bytes of a whole HTTP/1.1 answer, for a connection that no request came from. */
export function writeProblem(
  problem: Problem,
  requestId: string,
  pages: string,
  headers: Readonly<Record<string, string>> = {},
): string {
  const body = JSON.stringify(problemDocument(problem, requestId, 'en', pages))
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Passerelle-Request-Id: ${requestId}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n')
}
