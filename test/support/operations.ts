import { readFile } from 'node:fs/promises'
import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import { checkDescribed } from './described.ts'
import { readPair } from './handshake.ts'
import type { TestGateway } from './gateway.ts'

export type Told = {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly json: unknown
}

type Question = {
  /** `agencies/<id>` or `operators/<id>`: whose TLS certificate is shown. */
  readonly as?: string | undefined
  readonly body?: string | Uint8Array
  readonly contentType?: string
}

/** Asks anything of a listener, with nothing of the SDK in between: the answer is as it came. */
export async function ask(pki: string, url: string, { as, body, contentType }: Question = {}): Promise<Told> {
  const ca = await readFile(join(pki, 'trust/ca.crt'), 'utf8')
  const pair = as === undefined ? {} : await readPair(pki, `${as}/tls`)
  const method = body === undefined ? 'GET' : 'POST'
  const typed = contentType === undefined ? {} : { 'content-type': contentType }
  return await new Promise((resolve, reject) => {
    const asking = request(url, { ca, ...pair, method, headers: typed, agent: false })
    asking.on('error', reject)
    asking.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (more: string) => (text += more))
      response.on('error', reject)
      response.on('end', () => {
        const isJson = /json/.test(response.headers['content-type'] ?? '')
        const json: unknown = isJson ? JSON.parse(text) : undefined
        const { statusCode: status = 0, headers } = response
        try {
          checkDescribed({ method, url, status, headers, body: Buffer.from(text) })
          resolve({ status, headers, text, json })
        } catch (error) {
          reject(error instanceof Error ? error : new Error('not as it is described'))
        }
      })
    })
    asking.end(body)
  })
}

/** Asks the operations listener: as an operator where one is named, else as anybody. With a body it is an act. */
export async function askOperations(
  { pki, operationsUrl }: { readonly operationsUrl: string; readonly pki: Pick<TestGateway['pki'], 'folder'> },
  path: string,
  { operator, body }: { operator?: 'duty' | 'manager'; body?: object } = {},
): Promise<Told> {
  return await ask(pki.folder, new URL(path, operationsUrl).href, {
    as: operator && `operators/${operator}`,
    ...(body && { body: JSON.stringify(body), contentType: 'application/json' }),
  })
}
