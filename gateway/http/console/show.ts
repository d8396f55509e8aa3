import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Health } from '../../operations/operations.ts'
import type { Html } from './html.ts'
import { type Frame, layout, type Page } from './layout.ts'
import { type View, viewOf } from './view.ts'

/** Nothing from elsewhere, one file of script, no style or script within a page, and no form that leads away (Content Security Policy Level 3). */
const POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

/** Another page, which has what was asked for. */
type Elsewhere = { readonly leadsTo: string }

/** Makes a page's handler of what is on it: how it is shown is the same for all. */
export type Show = (
  make: (view: View, request: FastifyRequest) => Page | Elsewhere | Promise<Page | Elsewhere>,
) => (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

export const showIn =
  (frame: Frame, health: Health): Show =>
  (make) =>
  async (request, reply) => {
    const view = viewOf(request)
    const [page, reasons] = await Promise.all([make(view, request), health.reasons()])
    if ('leadsTo' in page) return reply.redirect(page.leadsTo, 303)
    return sendPage(reply, layout(view, { ...frame, reasons }, page))
  }

/**
 * Sends a page of the console, with the policy by which a browser shows it. Nobody else learns of its address; without any referrer a form would
 * not say where it comes from, either (Fetch, «append a request Origin header»), and be refused.
 */
export const sendPage = (reply: FastifyReply, page: Html): FastifyReply =>
  reply
    .type('text/html; charset=utf-8')
    .headers({ 'content-security-policy': POLICY, 'referrer-policy': 'same-origin', vary: 'Cookie, Accept-Language' })
    .send(String(page))
