const decodeQ = (text: string) =>
  Buffer.from(
    text.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16))),
    'latin1',
  ).toString()

/** Reads a mail as a mail program would: header fields unfolded and decoded (RFC 2047), body from quoted-printable. */
export function readMail({ raw }: { readonly raw: string }): {
  header(name: string): string | undefined
  body: string
} {
  const [head = '', ...body] = raw.split('\r\n\r\n')
  const fields = head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')
  const decoded = (text: string) =>
    text
      .replaceAll(/\?= =\?/g, '?==?')
      .replaceAll(/=\?UTF-8\?Q\?(.*?)\?=/gi, (_, word: string) => decodeQ(word.replaceAll('_', ' ')))
  return {
    header(name) {
      const field = fields.find((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))
      return field && decoded(field.slice(name.length + 1).trim())
    },
    body: decodeQ(body.join('\r\n\r\n').replaceAll('=\r\n', '')),
  }
}
