import { Type } from 'typebox'
import type { Operating } from '../serving.ts'
import type { Server } from '../server.ts'
import { actFormRoutes } from './act-routes.ts'
import { actPages } from './acts.ts'
import { agencyPages } from './agencies.ts'
import { deadLetterPages } from './dead-letters.ts'
import { helpPages } from './help.ts'
import { nowPage } from './now.ts'
import { showIn } from './show.ts'
import { loadStyle } from './style.ts'
import { keepPreferences } from './view.ts'

const FOR_EVER = 'private, max-age=31536000, immutable'
/** A note of 4,000 characters, each of them four bytes that take three characters in a form. */
const LARGEST_FORM = 64 * 1024
/** A path of this listener: whoever follows it stays here. */
const OWN_PATH = String.raw`^/(?![/\\])[\w\-./?=&%~]*$`

/** The operators' pages (protocol section 11): made here whole, and none needs a script. */
export async function consoleRoutes(server: Server, parts: Operating): Promise<void> {
  const { config } = parts
  const style = await loadStyle()
  const show = showIn({ environment: config.environment, style: style.path }, parts.operations.health)
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: LARGEST_FORM },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  )
  server.get(style.path, { config: { access: 'operator' }, schema: { hide: true } }, async (_request, reply) =>
    reply.type('text/css; charset=utf-8').header('cache-control', FOR_EVER).send(style.css),
  )
  const preferences = Type.Object({
    back: Type.String({ pattern: OWN_PATH, maxLength: 2_000 }),
    language: Type.Optional(Type.String()),
    timeZone: Type.Optional(Type.String()),
  })
  server.post(
    '/preferences',
    { config: { access: 'operator', harmless: true }, schema: { hide: true, body: preferences } },
    async ({ body }, reply) => reply.header('set-cookie', [...keepPreferences(body)]).redirect(body.back, 303),
  )
  nowPage(server, show, parts)
  agencyPages(server, show, parts)
  deadLetterPages(server, show, parts)
  actPages(server, show, parts)
  actFormRoutes(server, show, parts)
  helpPages(server, show)
}
