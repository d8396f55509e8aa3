import { decode, encode, ExtensionCodec } from '@msgpack/msgpack'
import type { Bytes } from './bytes.ts'

/** A Blob as it is packed: MessagePack knows bytes, and not what they are. */
class Packed {
  readonly type: string
  readonly bytes: Bytes
  constructor(type: string, bytes: Bytes) {
    this.type = type
    this.bytes = bytes
  }
}

const BLOB = 1
const extensionCodec = new ExtensionCodec()
extensionCodec.register({
  type: BLOB,
  encode: (value) => (value instanceof Packed ? encode([value.type, value.bytes]) : null),
  decode: (bytes) => {
    const [type, content] = decode(bytes) as [string, Bytes]
    return new Blob([content.slice()], { type })
  },
})

/** Gives a value as bytes: whatever JSON has, and Date, Uint8Array and Blob; a member that is undefined is left out. */
export async function pack(value: unknown): Promise<Bytes> {
  return encode(await unblob(value), { extensionCodec, ignoreUndefined: true }).slice()
}

/** Gives what was packed. */
export const unpack = (bytes: Bytes): unknown => decode(bytes, { extensionCodec })

/** A Blob is read before it is packed, for reading takes time and packing does not. */
async function unblob(value: unknown): Promise<unknown> {
  if (value instanceof Blob) return new Packed(value.type, new Uint8Array(await value.arrayBuffer()))
  if (Array.isArray(value)) return await Promise.all(value.map(unblob))
  if (typeof value !== 'object' || value === null || value instanceof Date || ArrayBuffer.isView(value)) return value
  const members = Object.entries(value).map(async ([name, member]) => [name, await unblob(member)] as const)
  return Object.fromEntries(await Promise.all(members))
}
