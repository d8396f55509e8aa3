/** Control characters (Unicode, category Cc) but tab, line feed, form feed and carriage return. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b\u000e-\u001f\u007f-\u009f]/

/** Whether what goes by is text, as far as it has gone. */
export type TextCheck = { take(chunk: Buffer): void; end(): boolean }

/**
 * Plain text: UTF-8 (RFC 3629) without control characters, with a byte order mark or without, and not empty. Characters may
 * lie across chunks.
 */
export function createTextCheck(): TextCheck {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let isText = true
  let isEmpty = true
  const read = (chunk?: Buffer): void => {
    try {
      isText = !CONTROLS.test(decoder.decode(chunk, { stream: chunk !== undefined }))
    } catch {
      isText = false
    }
  }
  return {
    take(chunk) {
      if (chunk.length > 0) isEmpty = false
      if (isText) read(chunk)
    },
    end() {
      if (isText) read()
      return isText && !isEmpty
    },
  }
}
