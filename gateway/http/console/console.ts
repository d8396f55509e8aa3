import { Type } from 'typebox'
import type { Operating } from '../serving.ts'
import type { Server } from '../server.ts'
import { actFormRoutes } from './act-routes.ts'
import { actPages } from './acts.ts'
import { agencyPages } from './agencies.ts'
import type { Assets } from './assets.ts'
import { casePages } from './cases.ts'
import { deadLetterPages } from './dead-letters.ts'
import { figurePages } from './figures.ts'
import { helpPages } from './help.ts'
import { logPage } from './log.ts'
import { machinePage } from './machine.ts'
import { messagePage } from './message.ts'
import { messagesPage } from './messages.ts'
import { nowPage } from './now.ts'
import { proofPages } from './proofs.ts'
import { showIn } from './show.ts'
import { trustPage } from './trust.ts'
import { keepPreferences } from './view.ts'

const FOR_EVER = 'private, max-age=31536000, immutable'
/** A note of 4,000 characters, each of them four bytes that take three characters in a form. */
const LARGEST_FORM = 64 * 1024
/** A path of this listener: whoever follows it stays here. */
const OWN_PATH = String.raw`^/(?![/\\])[\w\-./?=&%~]*$`

/** The operators' pages (protocol section 11): made here whole, and none needs a script. */
export async function consoleRoutes(server: Server, operating: Operating, assets: Assets): Promise<void> {
  const { config, operations } = operating
  const show = showIn(
    { environment: config.environment, style: assets.style.path, script: assets.script.path },
    operations.health,
  )
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: LARGEST_FORM },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  )
  for (const { path, text, type } of Object.values(assets))
    server.get(path, { config: { access: 'operator' }, schema: { hide: true } }, async (_request, reply) =>
      reply.type(type).header('cache-control', FOR_EVER).send(text),
    )
  const preferences = Type.Object({
    back: Type.String({ pattern: OWN_PATH, maxLength: 2_000 }),
    language: Type.Optional(Type.String()),
    timeZone: Type.Optional(Type.String()),
  })
  server.post(
    '/preferences',
    {
      config: { access: 'operator', harmless: true },
      schema: { hide: true, body: preferences },
    },
    async ({ body }, reply) => reply.header('set-cookie', [...keepPreferences(body)]).redirect(body.back, 303),
  )
  nowPage(server, show, operating)
  agencyPages(server, show, operating)
  messagesPage(server, show, operating)
  messagePage(server, show, operating)
  deadLetterPages(server, show, operating)
  casePages(server, show, operating)
  actPages(server, show, operating)
  actFormRoutes(server, show, operating)
  figurePages(server, show, operating)
  machinePage(server, show, operating)
  trustPage(server, show, operating)
  logPage(server, show, operating)
  proofPages(server, show, operating)
  helpPages(server, show, operating)
}
