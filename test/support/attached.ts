import { hash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import { digestOf as textOf, type Envelope, type Signer } from '../../sdk/index.ts'
import { makeEnvelope } from './agency.ts'
import { forge } from './forge.ts'
import type { TestGateway } from './gateway.ts'
import { readPair } from './handshake.ts'
import type { RawAnswer, RawClient } from './raw.ts'

/** An attachment as an agency has it. */
export type Paper = { readonly bytes: Buffer; readonly mediaType: string }

/** A text of so many bytes that no other test has. */
export function makeText(size = 2_000): Paper {
  const line = `${randomBytes(24).toString('hex')}\n`
  return { bytes: Buffer.from(line.repeat(Math.ceil(size / line.length)).slice(0, size)), mediaType: 'text/plain' }
}

/** What looks like a JPEG from outside, of so many bytes. */
export function makePicture(size: number): Paper {
  const head = Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex')
  return { bytes: Buffer.concat([head, randomBytes(size - head.length)]), mediaType: 'image/jpeg' }
}

export const digestOf = ({ bytes }: Pick<Paper, 'bytes'>): Buffer => hash('sha256', bytes, 'buffer')

/** Its bytes as they come over a line. */
export async function* piecesOf(bytes: Buffer, length = 60_000): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += length) yield bytes.subarray(from, from + length)
}

/** Where it is put. */
export const addressOf = ({ bytes }: Pick<Paper, 'bytes'>): string =>
  `/v1/attachments/${hash('sha256', bytes, 'base64url')}`

export const put = (client: RawClient, { bytes, mediaType }: Paper, headers: Record<string, string> = {}) =>
  client.call('PUT', addressOf({ bytes }), { headers: { 'content-type': mediaType, ...headers }, body: bytes })

/** An entry of `attachments` in a message. */
export const naming = ({ bytes, mediaType }: Paper) => ({
  digest: textOf(bytes),
  mediaType,
  size: bytes.length,
  name: 'paper',
  description: 'A paper',
})

/** A question of `gb-ctac` to `fr-rys` that names these. */
export const makeQuestion = (papers: readonly Paper[], more: Partial<Envelope> = {}): Envelope =>
  makeEnvelope('information-request', 'gb-ctac', 'fr-rys', { attachments: papers.map(naming), ...more })

export const submit = (client: RawClient, payload: Envelope, signer: Signer): Promise<RawAnswer> =>
  client.post('/v1/messages', forge({ payload, signer }))

/** Where the recipient finds an attachment of a message. */
export const fetchAddress = ({ from, id }: Pick<Envelope, 'from' | 'id'>, { bytes }: Pick<Paper, 'bytes'>): string =>
  `/v1/inbox/${from}/${id}/attachments/${hash('sha256', bytes, 'base64url')}`

/** Begins a PUT that the test goes on with: no connection is kept. */
export async function beginPut(
  { pki, url }: Pick<TestGateway, 'pki' | 'url'>,
  agency: string,
  path: string,
  headers: Record<string, string | number>,
): Promise<ClientRequest> {
  const ca = await readFile(join(pki.folder, 'trust/ca.crt'), 'utf8')
  const pair = await readPair(pki.folder, `agencies/${agency}/tls`)
  const sent = request(new URL(path, url), { method: 'PUT', agent: false, ca, ...pair, headers })
  sent.on('error', () => undefined)
  sent.flushHeaders()
  return sent
}

/** Goes on with it to its end, as fast as it is taken; gives the answer's status. */
export async function endPut(sent: ClientRequest, rest: Iterable<Buffer>): Promise<number> {
  const answered = once(sent, 'response')
  for (const piece of rest) if (!sent.write(piece)) await once(sent, 'drain')
  sent.end()
  const [response] = (await answered) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  return response.statusCode ?? 0
}
