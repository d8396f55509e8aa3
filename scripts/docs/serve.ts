import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readSiteFiles, SITE_POLICY } from '../../gateway/http/public/site-files.ts'

/**
 * Serves a built site on this machine alone, under the policy that a gateway serves it with.
 * @param port 0 takes any free one
 * @returns its address
 */
export async function serveSite(folder: string, port: number): Promise<string> {
  const files = await readSiteFiles(folder)
  const server = createServer(({ url = '/' }, response) => {
    const found = files.find(decodeURI(url.slice(1).replace(/[?#].*$/, '')))
    if (found === undefined) return response.writeHead(404).end()
    if ('leadsTo' in found) return response.writeHead(308, { location: found.leadsTo }).end()
    return response
      .writeHead(200, { 'content-type': found.type, 'content-security-policy': SITE_POLICY })
      .end(found.bytes)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return `http://localhost:${(server.address() as AddressInfo).port}/`
}
