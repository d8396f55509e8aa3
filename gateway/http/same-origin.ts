import type { FastifyRequest } from 'fastify'
import { Problem } from '../protocol/protocol.ts'

/**
 * A browser says where a request comes from (Fetch Metadata), and presents its certificate for any page: what another site asks for is
 * refused (protocol sections 2 and 11). What is no browser says nothing.
 * @throws Problem `cross-site`
 */
export function requireSameOrigin({ headers }: Pick<FastifyRequest, 'headers'>): void {
  const { 'sec-fetch-site': site, origin, host } = headers
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new Problem('cross-site')
  if (origin !== undefined && origin !== `https://${host}`) throw new Problem('cross-site')
}

/** Whether a person follows a link to a page, from wherever it stands: nothing but the page comes of it, and who linked sees none of it. */
export function isLinkFollowed({ method, headers }: Pick<FastifyRequest, 'method' | 'headers'>): boolean {
  return method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
}
