import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

/** A file that is none to be read: a directory, a device, a pipe, or one that is too large. */
export class FileFault extends Error {
  override readonly name = 'FileFault'
}

/**
 * Reads a whole regular file, and nothing that could make the reader wait for ever or never end.
 * @throws FileFault, or the file system's error
 */
export async function readRegularFile(file: string, mostBytes: number): Promise<Buffer> {
  // Without waiting: opening a pipe would, for somebody to write into it.
  await using handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK)
  const status = await handle.stat()
  if (!status.isFile()) throw new FileFault('is no regular file')
  if (status.size > mostBytes) throw new FileFault(`is larger than ${mostBytes} bytes`)
  const bytes = Buffer.allocUnsafeSlow(status.size)
  let length = 0
  while (length < bytes.length) {
    const { bytesRead } = await handle.read(bytes, length, bytes.length - length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return bytes.subarray(0, length)
}
