import { randomUUID } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { type Envelope, type Signer, signEnvelope } from '../../sdk/index.ts'
import { digestOf, type Paper, piecesOf } from './attached.ts'
import type { TestParts } from './parts.ts'

export type Posting = ReturnType<typeof openPosting>

/** What `gb-ctac` does with attachments and messages, and `fr-rys` with what it is sent, on rooms without listeners. */
export function openPosting(parts: TestParts, signer: Signer) {
  const fetch = ({ id }: Pick<Envelope, 'id'>, paper: Pick<Paper, 'bytes'>, recipient = 'fr-rys') =>
    parts.attachments.fetch({ recipient, from: 'gb-ctac', id, digest: digestOf(paper) })
  return {
    put: ({ bytes, mediaType }: Paper, owner = 'gb-ctac', comes: AsyncIterable<Buffer> = piecesOf(bytes)) =>
      parts.attachments.put({
        owner,
        digest: digestOf({ bytes }),
        declared: mediaType,
        length: bytes.length,
        bytes: comes,
      }),
    async submit(envelope: Envelope) {
      const agency = parts.registry().agencies.get('gb-ctac')
      const certificate = agency?.certificates.find(({ use }) => use === 'tls')?.certificate
      if (agency === undefined || certificate === undefined) throw new Error('no such agency')
      const bytes = Buffer.from(await signEnvelope(envelope, signer, parts.now()))
      return await parts.submit({ agency, certificate }, bytes, randomUUID())
    },
    fetch,
    async read(question: Envelope, paper: Paper): Promise<Buffer> {
      const { size, read } = await fetch(question, paper)
      return await buffer(read(0, size - 1))
    },
  }
}
