import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import { codeOf } from '../base/base.ts'

/** An acknowledgement with its certificate chain has 8 KiB at most. */
export const MAX_ANSWER_BYTES = 64 * 1024

type Decoder = (coded: Buffer, options: { maxOutputLength: number }) => Buffer

/** Content codings (RFC 9110, 8.4.1). We ask for `identity`; who codes all the same is understood. */
const decoders: Readonly<Record<string, Decoder>> = {
  identity: (coded) => coded,
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
}
/** Applied one upon the other: more than that is mischief. */
const MOST_CODINGS = 2

/**
 * Undoes the codings of a body, of which the field names the last one last.
 * @returns nothing of one that is larger than any acknowledgement; where a coding is unknown or the body broken, the body as it
 * came, which is no acknowledgement then
 */
export function decode(body: Buffer, field: string | undefined): Buffer | undefined {
  const codings = (field ?? '')
    .toLowerCase()
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean)
  if (body.length === 0 || codings.length > MOST_CODINGS) return body
  let decoded = body
  for (const coding of codings.toReversed()) {
    const decoder = Object.hasOwn(decoders, coding) ? decoders[coding] : undefined
    if (decoder === undefined) return body
    try {
      decoded = decoder(decoded, { maxOutputLength: MAX_ANSWER_BYTES })
    } catch (error) {
      return codeOf(error) === 'ERR_BUFFER_TOO_LARGE' ? undefined : body
    }
  }
  return decoded
}
