/** Strict DER (X.690 8 and 10): one element at a time, never beyond what holds it. */
import { CertificateFault } from './der-blocks.ts'

/** Where an element begins, where its content does, and where both end. */
export type Element = { readonly tag: number; readonly at: number; readonly content: number; readonly end: number }

export const tags = {
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  NULL: 0x05,
  OID: 0x06,
  UTC_TIME: 0x17,
  GENERALIZED_TIME: 0x18,
  SEQUENCE: 0x30,
  SET: 0x31,
  /** [0], constructed. */
  CONTEXT_0: 0xa0,
  CONTEXT_3: 0xa3,
} as const

const MOST_LENGTH_OCTETS = 4

/**
 * The element that begins at `at`, inside what ends at `limit`.
 * @throws CertificateFault where its length is not the shortest form (X.690 10.1), or reaches beyond
 */
export function elementAt(der: Uint8Array, at: number, limit: number = der.length): Element {
  const first = der[at + 1]
  if (first === undefined || at + 2 > limit) throw notDer()
  const octets = first < 0x80 ? 0 : first - 0x80
  // 0x80 alone is the indefinite form, which DER has not.
  if (first === 0x80 || octets > MOST_LENGTH_OCTETS) throw notDer()
  let length = octets === 0 ? first : 0
  for (let place = 0; place < octets; place++) length = length * 256 + (der[at + 2 + place] ?? 0)
  if (octets > 0 && (length < 0x80 || length < 256 ** (octets - 1))) throw notDer()
  const content = at + 2 + octets
  if (content + length > limit) throw notDer()
  return { tag: der[at] ?? 0, at, content, end: content + length }
}

/** The same, where it must bear a tag. @throws CertificateFault */
export function expectAt(der: Uint8Array, tag: number, at: number, limit?: number): Element {
  const element = elementAt(der, at, limit)
  if (element.tag !== tag) throw notDer()
  return element
}

/** The elements that a constructed one holds, to its very end. @throws CertificateFault */
export function childrenOf(der: Uint8Array, { content, end }: Pick<Element, 'content' | 'end'>): readonly Element[] {
  const children: Element[] = []
  for (let at = content; at < end; ) {
    const child = elementAt(der, at, end)
    children.push(child)
    at = child.end
  }
  return children
}

/** The content of an OID as lower-case hex: enough to look it up, and no two have the same. */
export function hexOf(der: Uint8Array, { content, end }: Pick<Element, 'content' | 'end'>): string {
  return Buffer.from(der.buffer, der.byteOffset + content, end - content).toString('hex')
}

/** Makes an element of what it holds, one behind the other. */
export function makeElement(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  const { length } = content
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content])
  const octets = Buffer.from(length.toString(16).padStart(8, '0'), 'hex')
  const shortest = octets.subarray(octets.findIndex((octet) => octet !== 0))
  return Buffer.concat([Buffer.of(tag, 0x80 + shortest.length), shortest, content])
}

/** A fault of the encoding, which says nothing of what was encoded. */
export function notDer(): CertificateFault {
  return new CertificateFault('is not DER')
}
