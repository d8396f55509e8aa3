import { Type } from 'typebox'
import { AGENCY_ID, AGENCY_ID_LENGTH, UUID } from '../protocol/protocol.ts'

/** The forms that several routes share, as JSON Schema; the API description is made of them. */
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
export const time = Type.String({ description: 'RFC 3339, UTC' })
export const jws = Type.String({ description: 'Compact JWS (RFC 7515)' })
export const priority = Type.Union([Type.Literal('immediate'), Type.Literal('urgent'), Type.Literal('routine')])
export const state = Type.Union([
  Type.Literal('accepted'),
  Type.Literal('consigned'),
  Type.Literal('handed-over'),
  Type.Literal('refused'),
  Type.Literal('dead-lettered'),
  Type.Literal('discarded'),
])
export const text = Type.Object({ en: Type.String(), fr: Type.String() })

/** A query without any other parameter: a misspelt one is refused, not ignored. */
export const query = <Properties extends Parameters<typeof Type.Object>[0]>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false })
