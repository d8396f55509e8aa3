import { Type } from 'typebox'
import { Problem, type ProblemCode, problems } from '../../protocol/protocol.ts'
import { languageOf } from '../problem-reply.ts'
import type { Server } from '../server.ts'
import { sendProblemPage } from './problem-page.ts'

/** What each `type` of a problem leads to: a page that says what it means and what to do, in both languages (section 4). */
export function problemRoutes(server: Server): void {
  server.get(
    '/problems/:code',
    {
      config: { access: 'public' },
      schema: {
        operationId: 'explainProblem',
        tags: ['descriptions'],
        summary: 'What a problem means',
        params: Type.Object({ code: Type.String({ description: 'The `code` of a problem' }) }),
        produces: ['text/html'],
        gives: { 200: Type.String({ description: 'A page in both languages' }) },
        sends: { 200: ['Content-Security-Policy'] },
      },
    },
    async (request, reply) => {
      const { code } = request.params
      if (!isProblemCode(code)) throw new Problem('not-found')
      return sendProblemPage(reply, code, languageOf(request))
    },
  )
}

const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(problems, code)
