import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Frame, layout, type Page } from './layout.ts'
import { type View, viewOf } from './view.ts'

/** Nothing from elsewhere, no style or script within a page, and no form that leads away (Content Security Policy Level 3). */
const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

/** Makes a page's handler of what is on it: how it is shown is the same for all. */
export type Show = (
  make: (view: View, request: FastifyRequest) => Page | Promise<Page>,
) => (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

export const showIn =
  (frame: Frame): Show =>
  (make) =>
  async (request, reply) => {
    const view = viewOf(request)
    const page = layout(view, frame, await make(view, request))
    return reply
      .type('text/html; charset=utf-8')
      .headers({ 'content-security-policy': POLICY, 'referrer-policy': 'no-referrer', vary: 'Cookie, Accept-Language' })
      .send(String(page))
  }
