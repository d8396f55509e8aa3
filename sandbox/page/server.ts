import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import { loadAssets } from '../../gateway/http/console/assets.ts'
import { html, type Html } from '../../gateway/http/console/html.ts'
import { SITE_POLICY } from '../../gateway/http/public/site-files.ts'
import { wordOf } from '../player.ts'
import type { Sandbox } from '../sandbox.ts'
import { connectPart } from './connect.ts'
import { openDocs } from './docs.ts'
import { type Fields, forms, Refused } from './forms.ts'
import { openOverview } from './overview.ts'
import { type Language, layout, type Notice, type Say } from './page.ts'
import { changePart, exchangesPart, partiesPart, rulesPart } from './parts.ts'
import { faults, words } from './words.ts'

/** Nothing from elsewhere, no script, no style within the page, and no form that leads away (Content Security Policy Level 3). */
const POLICY =
  "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
const LARGEST_FORM = 64 * 1024
const HOST = '127.0.0.1'

export type PageServer = { readonly url: string; close(): Promise<void> }

/** Opens the page, for this machine alone: it has everybody's keys. @throws where the port cannot be taken */
export async function openPage(sandbox: Sandbox, port: number, stop: AbortController): Promise<PageServer> {
  const overview = await openOverview(sandbox)
  const style = await readStyle()
  const docs = openDocs()
  const server = fastify({
    bodyLimit: LARGEST_FORM,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 300 },
  })
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(String(body))))
  })
  server.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'content-security-policy': POLICY,
      'passerelle-environment': 'test',
      'cache-control': 'no-store',
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    })
    if (!isOwn(request)) await reply.code(403).type('text/plain').send('Only for pages of this machine.\n')
  })

  const show = async (reply: FastifyReply, language: Language, notice?: Notice): Promise<FastifyReply> => {
    const say: Say = (text) => text[language]
    // While it is reset nobody answers.
    const seen = await overview.read(sandbox.gateway.operationsUrl).catch(() => undefined)
    const hasDocs = (await docs()) !== undefined
    const content = html`<p class="govuk-body-l">${say(words.lead)}</p>
<div class="govuk-warning-text"><span class="govuk-warning-text__icon" aria-hidden="true">!</span><strong class="govuk-warning-text__text"><span class="govuk-visually-hidden">${say(words.warningWord)}</span>${say(words.warning)}</strong></div>
${contents(say)}
${connectPart(sandbox, say, hasDocs)}
${seen === undefined ? html`<p class="govuk-inset-text">${say(words.away)} <a class="govuk-link" href="/${language}/">${say(words.again)}</a></p>` : exchangesPart(sandbox, seen, say, language)}
${partiesPart(sandbox, seen?.waiting ?? new Map(), say)}
${changePart(sandbox, say, language)}
${rulesPart(say)}`
    const page = layout({ language, style: style.path, notice, content })
    return reply.type('text/html; charset=utf-8').send(String(page))
  }

  server.get('/', (request, reply) => reply.redirect(`/${preferred(request)}/`, 302))
  server.get(style.path, (_, reply) =>
    reply
      .header('cache-control', 'public, max-age=31536000, immutable')
      .type('text/css; charset=utf-8')
      .send(style.text),
  )
  for (const language of ['en', 'fr'] as const) {
    server.get<{ Querystring: { done?: string } }>(`/${language}/`, (request, reply) =>
      show(reply, language, request.query.done === undefined ? undefined : { good: true, text: words.done[language] }),
    )
    for (const [name, form] of Object.entries(forms))
      server.post<{ Body: Fields | undefined }>(`/${language}/${name}`, async (request, reply) => {
        try {
          await form(sandbox, request.body ?? {})
        } catch (fault) {
          if (stop.signal.aborted) throw fault
          if (!(fault instanceof Refused)) process.stderr.write(`${name}: ${wordOf(fault)}\n`)
          const text = faults[fault instanceof Refused ? fault.word : 'failed'][language]
          return show(reply.code(fault instanceof Refused ? 422 : 500), language, { good: false, text })
        }
        return reply.redirect(`/${language}/?done=${name}`, 303)
      })
  }
  server.get('/docs', (_, reply) => reply.redirect('/docs/', 302))
  server.get<{ Params: { '*': string } }>('/docs/*', async (request, reply) => {
    const site = await docs()
    const found = site?.find(request.params['*'])
    if (found === undefined) {
      const text = site === undefined ? words.docsBuild : words.noPage
      return reply
        .code(404)
        .type('text/plain; charset=utf-8')
        .send(`${text[preferred(request)]}\n`)
    }
    if ('leadsTo' in found) return reply.redirect(found.leadsTo, 308)
    return reply.header('content-security-policy', SITE_POLICY).type(found.type).send(found.bytes)
  })
  await server.listen({ host: HOST, port })
  const address = server.server.address()
  return {
    url: `http://${HOST}:${typeof address === 'object' && address !== null ? address.port : port}/`,
    close: async () => {
      overview.close()
      await server.close()
    },
  }
}

/** No other site may have this machine's browser do or read anything here: not by a form, nor by a name that it has led to this address. */
function isOwn({ method, headers }: FastifyRequest): boolean {
  const { host = '', origin, 'sec-fetch-site': site } = headers
  if (!/^(?:localhost|127\.0\.0\.1)(?::\d+)?$/.test(host)) return false
  if (method === 'GET' || method === 'HEAD') return true
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false
  return origin === undefined || origin === `http://${host}`
}

const preferred = (request: FastifyRequest): Language =>
  new Negotiator(request.raw).language(['en', 'fr']) === 'fr' ? 'fr' : 'en'

const contents = (say: Say): Html => {
  const parts = ['connect', 'exchanges', 'parties', 'change', 'rules'] as const
  return html`<nav aria-label="${say(words.contents)}"><ul class="sandbox-contents">${parts.map((part) => html`<li><a class="govuk-link" href="#${part}">${say(words[part])}</a></li>`)}</ul></nav>`
}

/** The style of the console's pages, and what is this page's own; at an address that changes with it. */
async function readStyle(): Promise<{ readonly path: string; readonly text: string }> {
  const [{ style }, own] = await Promise.all([loadAssets(), readFile(new URL('sandbox.css', import.meta.url), 'utf8')])
  const text = `${style.text}\n${own}`
  return { path: `/assets/${createHash('sha256').update(text).digest('hex').slice(0, 16)}.css`, text }
}
