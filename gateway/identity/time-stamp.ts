/** Time stamps of an authority (RFC 3161), asked for and judged. */
import { type Certificate, isHeavy, isIssuedBy, mayVouch } from './certificate.ts'
import { isSignedBy, readSignedData, type SignedData } from './cms.ts'
import { childrenOf, elementAt, expectAt, hexOf, makeElement, tags } from './der.ts'
import { CertificateFault } from './der-blocks.ts'
import { issuerAndSerial, namesCertificate, namesCertificateBySha1 } from './signing-certificate.ts'

/** Why an answer is no time stamp that counts: a fixed word, which quotes nothing of it. */
export type TimeStampFaultCode =
  | 'malformed'
  | 'not-granted'
  | 'wrong-imprint'
  | 'wrong-nonce'
  | 'clock-off'
  | 'signer-unknown'
  | 'signer-not-for-time-stamps'
  | 'signer-not-trusted'
  | 'signer-not-in-validity'
  | 'wrong-signature'

export class TimeStampFault extends Error {
  override readonly name = 'TimeStampFault'
  readonly code: TimeStampFaultCode
  constructor(code: TimeStampFaultCode) {
    super(`no time stamp that counts: ${code}`)
    this.code = code
  }
}

export type TimeStamp = {
  /** The authority's time. */
  readonly at: Date
  /** TimeStampToken, DER. */
  readonly token: Buffer
}

/** What was asked for, and by what an answer is judged. */
export type Asked = {
  /** SHA-256 of what is stamped. */
  readonly imprint: Buffer
  /** Random octets, 8 of them at least. */
  readonly nonce: Buffer
}
export type JudgedBy = {
  /** Of the authorities that are believed; the others of this file help to build chains. */
  readonly anchors: readonly Certificate[]
  readonly now: Date
}

const ids = {
  sha256: '608648016503040201',
  tstInfo: '2a864886f70d0109100104',
  signingCertificate: '2a864886f70d010910020c',
  signingCertificateV2: '2a864886f70d010910022f',
} as const
/** How far the authority's clock may be from the record's. */
const CLOCK_MS = 5 * 60_000
const LONGEST_CHAIN = 8
const VERSION_1 = '01'
const GENERALIZED_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{1,9})?Z$/

/** A TimeStampReq, DER: the certificates shall come along, so that the token can be judged by itself. */
export function timeStampRequest({ imprint, nonce }: Asked): Buffer {
  const sha256 = makeElement(tags.SEQUENCE, makeElement(tags.OID, Buffer.from(ids.sha256, 'hex')))
  return makeElement(
    tags.SEQUENCE,
    makeElement(tags.INTEGER, Buffer.of(1)),
    makeElement(tags.SEQUENCE, sha256, makeElement(tags.OCTET_STRING, imprint)),
    makeElement(tags.INTEGER, positive(nonce)),
    makeElement(tags.BOOLEAN, Buffer.of(0xff)),
  )
}

/** Octets as those of an INTEGER that is above zero and written as shortly as can be, whatever they are. */
const positive = (octets: Buffer): Buffer => Buffer.concat([Buffer.of(1), octets])

/**
 * Judges a TimeStampResp: granted, about this imprint and nonce, at about this time, signed by a certificate that is for nothing else
 * (RFC 3161, 2.3) and chains to an anchor. Whether that certificate was revoked is not asked.
 * @throws TimeStampFault
 */
export function readTimeStamp(response: Buffer, asked: Asked, judgedBy: JudgedBy): TimeStamp {
  try {
    const token = tokenIn(response)
    const signed = readSignedData(token)
    if (signed.contentType !== ids.tstInfo) throw new TimeStampFault('malformed')
    const at = readInfo(signed.content, asked)
    if (Math.abs(at.getTime() - judgedBy.now.getTime()) > CLOCK_MS) throw new TimeStampFault('clock-off')
    judgeSigner(signed, at, judgedBy.anchors)
    return { at, token }
  } catch (error) {
    if (error instanceof CertificateFault) throw new TimeStampFault('malformed')
    throw error
  }
}

/** TimeStampResp ::= SEQUENCE { status, timeStampToken }; granted is status 0, and 1 with changes, which are then looked at. */
function tokenIn(response: Buffer): Buffer {
  const outer = expectAt(response, tags.SEQUENCE, 0)
  const [status, token] = childrenOf(response, outer)
  if (outer.end !== response.length || status?.tag !== tags.SEQUENCE) throw new TimeStampFault('malformed')
  const code = expectAt(response, tags.INTEGER, status.content, status.end)
  if (code.end - code.content !== 1 || (response[code.content] ?? 2) > 1) throw new TimeStampFault('not-granted')
  if (token === undefined) throw new TimeStampFault('malformed')
  return response.subarray(token.at, token.end)
}

/** TSTInfo (RFC 3161, 2.4.2): the time, where it is about what was asked. */
function readInfo(info: Buffer, { imprint, nonce }: Asked): Date {
  const [version, , about, , time, ...others] = childrenOf(info, expectAt(info, tags.SEQUENCE, 0))
  if (version === undefined || hexOf(info, version) !== VERSION_1) throw new TimeStampFault('malformed')
  if (about?.tag !== tags.SEQUENCE || time?.tag !== tags.GENERALIZED_TIME) throw new TimeStampFault('malformed')
  const algorithm = expectAt(info, tags.SEQUENCE, about.content, about.end)
  const hashed = expectAt(info, tags.OCTET_STRING, algorithm.end, about.end)
  const name = hexOf(info, expectAt(info, tags.OID, algorithm.content, algorithm.end))
  if (name !== ids.sha256 || !imprint.equals(info.subarray(hashed.content, hashed.end)))
    throw new TimeStampFault('wrong-imprint')
  const echoed = others.find(({ tag }) => tag === tags.INTEGER)
  if (echoed === undefined || !positive(nonce).equals(info.subarray(echoed.content, echoed.end)))
    throw new TimeStampFault('wrong-nonce')
  return readTime(info.toString('latin1', time.content, time.end))
}

function readTime(text: string): Date {
  const [whole, year, month, day, hour, minute, second, fraction = ''] = GENERALIZED_TIME.exec(text) ?? []
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${fraction.slice(0, 4)}Z`)
  if (whole === undefined || Number.isNaN(at.getTime())) throw new TimeStampFault('malformed')
  return at
}

function judgeSigner(signed: SignedData, at: Date, anchors: readonly Certificate[]): void {
  const signer = signed.certificates.find((certificate) => isNamed(signed, certificate))
  if (signer === undefined) throw new TimeStampFault('signer-unknown')
  if (!signer.mayStamp || !signer.understood) throw new TimeStampFault('signer-not-for-time-stamps')
  if (!mayVouch(signer) || !isSignedBy(signed, signer)) throw new TimeStampFault('wrong-signature')
  const others = signed.certificates.filter((one) => one !== signer && !one.selfSigned)
  if (leadsTo(signer, others, anchors, at)) return
  throw new TimeStampFault(leadsTo(signer, others, anchors) ? 'signer-not-in-validity' : 'signer-not-trusted')
}

/** The certificate that the signature names, and that its signed attribute means: RFC 5816, or as it was before that. */
function isNamed({ signer, attributes }: SignedData, certificate: Certificate): boolean {
  const [old, current] = [attributes.get(ids.signingCertificate), attributes.get(ids.signingCertificateV2)]
  const isMeant = current === undefined ? old !== undefined : namesCertificate(current, certificate)
  const wasMeant = old === undefined || namesCertificateBySha1(old, certificate)
  // A key identifier is a hint alone (RFC 5652, 5.3): which it is the attribute says.
  const isHint = elementAt(signer, 0).tag !== tags.SEQUENCE
  return isMeant && wasMeant && (isHint || signer.equals(issuerAndSerial(certificate)))
}

/** Whether a path leads from a certificate to an anchor; with a time, one on which all are within their validity. */
function leadsTo(
  certificate: Certificate,
  others: readonly Certificate[],
  anchors: readonly Certificate[],
  at?: Date,
  length = 1,
): boolean {
  const isWithin = ({ notBefore, notAfter }: Certificate): boolean =>
    at === undefined || (notBefore <= at && at <= notAfter)
  if (!isWithin(certificate) || length > LONGEST_CHAIN) return false
  // Among the anchors stand intermediates, too, where the authority does not send them.
  const above = [...anchors, ...others].filter((one) => one.understood && !isHeavy(one) && isIssuedBy(certificate, one))
  if (above.some((one) => one.selfSigned && anchors.includes(one) && isWithin(one))) return true
  const rest = others.filter((one) => !above.includes(one))
  return above.some(
    (one) => !one.selfSigned && (one.pathLength ?? length) >= length - 1 && leadsTo(one, rest, anchors, at, length + 1),
  )
}
