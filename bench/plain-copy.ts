import { createReadStream, createWriteStream } from 'node:fs'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { answerQuestions } from './child.ts'

/** What attachments are measured against, a process of its own: it copies bytes between TLS and files, and does nothing else. */

type Place = { readonly folder: string; readonly cert: string; readonly key: string; readonly ca: string }

answerQuestions(async ({ folder, ...tls }: Place) => {
  const server = createServer({ ...tls, requestCert: true, minVersion: 'TLSv1.3' }, (request, response) => {
    const file = join(folder, (request.url ?? '').replaceAll('/', '-'))
    const copied =
      request.method === 'PUT'
        ? pipeline(request, createWriteStream(file)).then(() => response.writeHead(201).end())
        : pipeline(createReadStream(file), response)
    copied.catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port')
  return { port: address.port }
})
