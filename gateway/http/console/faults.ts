import type { FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import type { Text } from '../../base/base.ts'
import { Refusal } from '../../exchange/exchange.ts'
import { Problem, problems } from '../../protocol/protocol.ts'
import { pathOf } from '../addresses.ts'
import { findOperator } from '../caller.ts'
import { languageOf, sendProblem, type SendProblem } from '../problem-reply.ts'
import { sendProblemPage } from '../public/problem-page.ts'
import type { Recognising } from '../serving.ts'
import { code } from './codes.ts'
import { html } from './html.ts'
import { type Frame, layout } from './layout.ts'
import { marked } from './marked.ts'
import { sendPage } from './show.ts'
import { heading, paragraph } from './table.ts'
import { viewOf } from './view.ts'

const words = {
  remedy: { en: 'What to do', fr: 'Que faire' },
  quote: { en: 'Where it happens again, quote this:', fr: 'Si cela se reproduit, citez ceci\u00A0:' },
} as const satisfies Record<string, Text>

/** To a browser that asks for a page, a refusal is one: in the operator's frame, or in both languages to whoever is none. */
export function faultPages(needs: Recognising, frame: Frame): SendProblem {
  return (request, reply, failure) => {
    if (!isForPerson(request) || failure instanceof Refusal) return sendProblem(request, reply, failure)
    const problem = failure instanceof Problem ? failure : new Problem('internal-error')
    if (problem.retryAfter !== undefined) reply.header('retry-after', problem.retryAfter)
    reply.code(problem.status).serializer(String)
    const operator = findOperator(needs, request)
    if (operator === undefined) return sendProblemPage(reply, problem.code, languageOf(request))
    request.operator = operator
    return sendPage(reply, pageOf(request, problem, frame))
  }
}

/** Calls of the API are programs', whatever they take. */
function isForPerson(request: FastifyRequest): boolean {
  if (pathOf(request.url).startsWith('/api/')) return false
  return (
    new Negotiator(request).mediaType(['application/problem+json', 'application/json', 'text/html']) === 'text/html'
  )
}

function pageOf(request: FastifyRequest, problem: Problem, frame: Frame) {
  const asked = viewOf(request)
  // What a form has led to is no page to come back to.
  const view = request.method === 'GET' ? asked : { ...asked, path: '/' }
  const { title, meaning, remedy } = problems[problem.code]
  const { say } = view
  return layout(view, frame, {
    title: say(title),
    content: html`${paragraph(marked(say(meaning)))}
${heading(say(words.remedy))}${paragraph(marked(say(remedy)))}
${paragraph(html`${say(words.quote)} ${code(`${problem.status} ${problem.code} ${request.id}`)}`)}`,
  })
}
