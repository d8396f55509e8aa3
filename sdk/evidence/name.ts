/** Distinguished names as people read them (RFC 4514, in the order of the certificate). */
import { fromLatin1 } from './bytes.ts'
import { type Der, derChildren, DerFault, derHex, tag } from './der.ts'

const SHORT: Readonly<Record<string, string>> = {
  '550403': 'CN',
  '550404': 'SN',
  '550405': 'serialNumber',
  '550406': 'C',
  '550407': 'L',
  '550408': 'ST',
  '550409': 'street',
  '55040a': 'O',
  '55040b': 'OU',
  '55040c': 'title',
  '55042a': 'GN',
  '550461': 'organizationIdentifier',
  '0992268993f22c640119': 'DC',
  '0992268993f22c640101': 'UID',
  '2a864886f70d010901': 'emailAddress',
}
const COMMON_NAME = '550403'
const BMP_STRING = 0x1e
const UTF8_STRING = 0x0c

const fatal = new TextDecoder('utf-8', { fatal: true })
const wide = new TextDecoder('utf-16be')

/** Takes a Name; gives it in one line, and the last common name in it. Throws DerFault. */
export function readName(bytes: Uint8Array, name: Der): { readonly line: string; readonly commonName: string } {
  const sets = derChildren(bytes, name).map((set) => {
    if (set.tag !== tag.set) throw new DerFault('has a broken name')
    return derChildren(bytes, set).map((pair) => {
      const [oid, value] = derChildren(bytes, pair)
      if (oid?.tag !== tag.oid || value === undefined) throw new DerFault('has a broken name')
      return { type: derHex(bytes, oid), text: textOf(bytes, value) }
    })
  })
  const line = sets
    .map((set) => set.map(({ type, text }) => `${SHORT[type] ?? dotted(type)}=${escape(text)}`).join(' + '))
    .join(', ')
  return { line, commonName: sets.flat().findLast(({ type }) => type === COMMON_NAME)?.text ?? '' }
}

function textOf(bytes: Uint8Array, { tag: kind, content, end }: Der): string {
  const inner = bytes.subarray(content, end)
  if (kind === BMP_STRING) return wide.decode(inner)
  if (kind !== UTF8_STRING) return fromLatin1(inner)
  try {
    return fatal.decode(inner)
  } catch {
    throw new DerFault('has a name that is no UTF-8')
  }
}

/** What would end a value, or change how a line is read, is shown with a backslash, or by its code. */
const escape = (text: string): string =>
  text
    .replaceAll(/[,+"\\<>;]/g, (one) => `\\${one}`)
    .replaceAll(/\p{Cc}/gu, (one) => `\\${one.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`)

/** An object identifier in hex, as X.690 8.19 has it, in digits and dots. */
function dotted(hex: string): string {
  const numbers: number[] = []
  let number = 0
  for (const pair of hex.match(/../g) ?? []) {
    const byte = Number.parseInt(pair, 16)
    number = number * 128 + (byte & 0x7f)
    if (byte < 0x80) {
      numbers.push(number)
      number = 0
    }
  }
  const [first = 0, ...rest] = numbers
  const root = Math.min(Math.floor(first / 40), 2)
  return [root, first - 40 * root, ...rest].join('.')
}
