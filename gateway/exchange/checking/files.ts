import type { SchemaFiles } from '../../protocol/protocol.ts'

/** The published files as a thread is given them: bytes come to it as plain arrays. */
export function asFiles({ published, ...rest }: SchemaFiles): SchemaFiles {
  return {
    ...rest,
    published: new Map(
      [...published].map(([path, bytes]) => [path, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)]),
    ),
  }
}
