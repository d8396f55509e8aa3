import { type KeyObject, sign } from 'node:crypto'

/** A list as large as a test or the benchmark wants it, written as DER without a library: that takes seconds for a million. */
export type LargeList = {
  /** The issuer's name: the DER of its RDNSequence. */
  readonly issuer: Buffer
  readonly key: KeyObject
  readonly number: number
  readonly thisUpdate: Date
  readonly nextUpdate: Date
  /** Contents of INTEGERs, positive. */
  readonly serials: Iterable<Buffer>
}

const ECDSA_WITH_SHA256 = Buffer.from('300a06082a8648ce3d040302', 'hex')

/** Gives its DER, signed by ECDSA over SHA-256. */
export function makeLargeCrl({ issuer, key, number, thisUpdate, nextUpdate, serials }: LargeList): Buffer {
  const date = time(thisUpdate)
  const entries: Buffer[] = []
  for (const serial of serials) entries.push(element(0x30, element(0x02, serial), date))
  const extension = element(0x30, Buffer.from('0603551d14', 'hex'), element(0x04, integer(number)))
  const tbs = element(
    0x30,
    integer(1),
    ECDSA_WITH_SHA256,
    issuer,
    date,
    time(nextUpdate),
    ...(entries.length > 0 ? [element(0x30, Buffer.concat(entries))] : []),
    element(0xa0, element(0x30, extension)),
  )
  return element(0x30, tbs, ECDSA_WITH_SHA256, element(0x03, Buffer.of(0), sign('sha256', tbs, key)))
}

/** Serial numbers of 16 octets that follow each other with gaps, as many as wanted. */
export function* countSerials(count: number): Generator<Buffer> {
  for (let at = 0; at < count; at++) {
    const serial = Buffer.alloc(16)
    serial[0] = 0x40
    serial.writeUInt32BE(at * 7, 12)
    yield serial
  }
}

/** One DER element. */
export function element(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  if (content.length < 0x80) return Buffer.concat([Buffer.of(tag, content.length), content])
  const hex = content.length.toString(16)
  const length = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  return Buffer.concat([Buffer.of(tag, 0x80 + length.length), length, content])
}

function integer(value: number): Buffer {
  const hex = value.toString(16)
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  return element(0x02, ...((bytes[0] ?? 0) > 0x7f ? [Buffer.of(0), bytes] : [bytes]))
}

function time(date: Date): Buffer {
  const text = date
    .toISOString()
    .replaceAll(/[-:T]|\.\d+/g, '')
    .slice(2)
  return element(0x17, Buffer.from(text))
}
