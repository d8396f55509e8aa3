import { Type } from 'typebox'
import { AGENCY_ID, AGENCY_ID_LENGTH, THUMBPRINT, UUID } from '../protocol/protocol.ts'

/**
 * The forms that several routes share, as JSON Schema; the API description is made of them. An object with a `title` is a
 * component of it, by that name.
 */
export const uuid = (description: string) => Type.String({ pattern: UUID.source, description })
export const agencyId = (description: string) =>
  Type.String({ pattern: AGENCY_ID.source, maxLength: AGENCY_ID_LENGTH, description })
/** The id of a desk, a message type: what the registry and the pathway name things by. */
export const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/
export const name = (description: string) => Type.String({ pattern: NAME.source, maxLength: 64, description })
export const cursor = (description: string) => Type.String({ maxLength: 64, description })
export const limit = Type.Integer({ minimum: 1, maximum: 100, default: 50, description: 'How many at the most' })
export const wait = Type.Integer({
  minimum: 0,
  maximum: 30,
  default: 0,
  description: 'Seconds to wait where there is nothing yet',
})
export const time = Type.String({ format: 'date-time', description: 'RFC 3339, UTC' })
/** SHA-256 in base64url, as of a certificate's DER. */
export const thumbprint = Type.String({ pattern: THUMBPRINT.source, description: 'SHA-256, base64url' })
export const digest = Type.String({
  pattern: THUMBPRINT.source.replace('^', '^sha-256:'),
  description: '`sha-256:` and the base64url of the SHA-256',
})

/** One of some words. */
export const oneOf = <const Word extends string>(words: readonly Word[], options: { description?: string } = {}) =>
  Type.Unsafe<Word>({ type: 'string', enum: [...words], ...options })
export const priority = oneOf(['immediate', 'urgent', 'routine'], { description: 'How soon it must be dealt with' })
export const state = oneOf(['accepted', 'consigned', 'handed-over', 'refused', 'dead-lettered', 'discarded'], {
  description: 'State of the message',
})
export const kind = oneOf(['ngo', 'home-office', 'local-authority', 'police'])
/** What an agency may do; a word of the pathway's table, which is data. */
export const role = oneOf<string>(['referrer', 'coordinator', 'status-checker', 'children-services', 'police'])
export const text = Type.Object(
  { en: Type.String(), fr: Type.String() },
  { title: 'Text', description: 'In both languages' },
)
/** Bytes that no schema judges. */
export const bytes = (description: string) => Type.String({ format: 'binary', description })

/** A query without any other parameter: a misspelt one is refused, not ignored. */
export const query = <Properties extends Parameters<typeof Type.Object>[0]>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false })
