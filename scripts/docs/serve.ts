import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readSiteFiles, SITE_POLICY } from '../../gateway/http/public/site-files.ts'

/** A site that is shown on this machine alone, under the policy that a gateway shows it with. @param port 0 takes any free one */
export async function openSiteServer(
  folder: string,
  port: number,
): Promise<AsyncDisposable & { readonly url: string }> {
  const files = await readSiteFiles(folder)
  const server = createServer(({ url = '/' }, response) => {
    const found = files.find(new URL(url, 'http://localhost').pathname.slice(1))
    if (found === undefined) response.writeHead(404).end()
    else if ('leadsTo' in found) response.writeHead(308, { location: found.leadsTo }).end()
    else
      response.writeHead(200, { 'content-type': found.type, 'content-security-policy': SITE_POLICY }).end(found.bytes)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://localhost:${taken}/`,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}
