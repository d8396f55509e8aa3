import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Health } from '../../operations/operations.ts'
import { type Frame, layout, type Page } from './layout.ts'
import { unwell } from './unwell.ts'
import { type View, viewOf } from './view.ts'

/** Nothing from elsewhere, no style or script within a page, and no form that leads away (Content Security Policy Level 3). */
const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

/** Makes a page's handler of what is on it: how it is shown is the same for all. */
export type Show = (
  make: (view: View, request: FastifyRequest) => Page | Promise<Page>,
) => (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

/** @param health says what is wrong with the gateway itself: that stands on every page */
export const showIn =
  (frame: Frame, health: Health): Show =>
  (make) =>
  async (request, reply) => {
    const view = viewOf(request)
    const page = layout(view, frame, await make(view, request), unwell(view, await health.reasons()))
    return reply
      .type('text/html; charset=utf-8')
      .headers({ 'content-security-policy': POLICY, 'referrer-policy': 'no-referrer', vary: 'Cookie, Accept-Language' })
      .send(String(page))
  }
