import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import Negotiator from 'negotiator'
import { Type } from 'typebox'
import { Problem } from '../../protocol/protocol.ts'
import { bytes } from '../forms.ts'
import type { Server } from '../server.ts'
import { SITE_POLICY, type SiteFiles } from './site-files.ts'

const compress = promisify(gzip)

/**
 * The documentation site under `/docs/`, for anybody: it is made of what the project publishes, and a partner reads it before there is a
 * certificate. A browser asks each time whether what it has is still right, for the site changes with the gateway.
 */
export function documentationRoutes(server: Server, files: SiteFiles): void {
  /** Each file is compressed once, when somebody first asks for it so. */
  const compressed = new Map<string, Promise<Buffer>>()
  const summary = 'The documentation site, in English and French'
  server.get(
    '/docs',
    {
      config: { access: 'public' },
      schema: { operationId: 'findDocumentation', tags: ['descriptions'], summary, gives: { 308: Type.Null() } },
    },
    async (_request, reply) => reply.redirect('/docs/', 308),
  )
  server.get(
    '/docs/*',
    {
      config: { access: 'public' },
      schema: {
        operationId: 'readDocumentation',
        tags: ['descriptions'],
        summary,
        params: Type.Object({ '*': Type.String({ maxLength: 200, description: 'A page, such as `en/index.html`' }) }),
        produces: ['text/html'],
        gives: { 200: bytes('A page, or a file of it') },
        sends: { 200: ['Content-Security-Policy', 'ETag'] },
      },
    },
    async (request, reply) => {
      const found = files.find(request.params['*'])
      if (found === undefined) throw new Problem('not-found')
      if ('leadsTo' in found) return reply.redirect(found.leadsTo, 308)
      const { bytes: plain, type, etag } = found
      reply.headers({
        'cache-control': 'no-cache',
        'content-security-policy': SITE_POLICY,
        'referrer-policy': 'no-referrer',
        vary: 'Accept-Encoding',
        etag,
      })
      if (request.headers['if-none-match']?.includes(etag) === true) return reply.code(304).send()
      if (new Negotiator(request).encoding(['gzip', 'identity']) !== 'gzip') return reply.type(type).send(plain)
      const once = compressed.get(etag) ?? compress(plain)
      compressed.set(etag, once)
      return reply
        .type(type)
        .header('content-encoding', 'gzip')
        .send(await once)
    },
  )
}
