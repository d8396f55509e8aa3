import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Problem, tooLarge } from '../protocol/protocol.ts'

/**
 * How many times the largest message is still read, and thrown away, so that its sender gets to read the answer: by default
 * 32 MiB, so that also an attachment sent to the wrong address is told so.
 */
const READ_ON = 128

/**
 * Takes `application/jose` bodies as bytes, bounded. What is too large is read on to a bound and refused then: closing the
 * connection in the middle of a request often costs the client the answer.
 */
export function acceptJose(server: FastifyInstance, largest: number): void {
  server.addContentTypeParser('application/jose', ({ headers }, payload, done) => {
    // No coding is taken off (RFC 9110, 15.5.16): the bytes are what was signed.
    if ('content-encoding' in headers) return done(encoded())
    const chunks: Buffer[] = []
    let size = 0
    payload.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= largest) chunks.push(chunk)
      else if (size > largest * READ_ON) payload.destroy()
    })
    // The client has gone in the middle: nobody reads the answer, and nothing here has failed.
    payload.on('error', () => done(new Problem('invalid-request')))
    payload.on('close', () => {
      if (size > largest * READ_ON) done(tooLarge(largest))
    })
    payload.on('end', () => {
      if (size > largest) done(tooLarge(largest))
      else done(null, chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, size))
    })
  })
}

/** A body with a `Content-Encoding`: nothing is taken off. */
function encoded(): Problem {
  return new Problem('unsupported-media-type', {
    en: 'The request has a `Content-Encoding`: send the bytes as they are.',
    fr: 'La requête comporte un `Content-Encoding`\u00a0: envoyez les octets tels quels.',
  })
}

/** Takes bodies of any type as they come in, unread: their route judges their type, and reads them. */
export function acceptStreams(server: FastifyInstance): void {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', ({ headers }, _payload, done) => {
    done('content-encoding' in headers ? encoded() : null)
  })
}

/** What comes in, read no faster than it is asked for. Who stops half-way leaves the rest unread, and the answer can still go out. */
export async function* streamOf({ raw }: FastifyRequest): AsyncGenerator<Buffer> {
  try {
    yield* raw.iterator({ destroyOnReturn: false })
  } catch {
    // The client has gone in the middle: nobody reads the answer, and nothing here has failed.
    throw new Problem('invalid-request')
  }
}

/** How many bytes a body is announced to have; nothing where it comes in pieces. */
export function lengthOf({ headers }: FastifyRequest): number | undefined {
  const { 'content-length': length } = headers
  return length === undefined ? undefined : Number(length)
}

/** The bytes of a request's body. @throws Problem where it has none, and so no type */
export function bytesOf(body: unknown): Buffer {
  if (!Buffer.isBuffer(body)) throw new Problem('unsupported-media-type')
  return body
}
