import { type Certificate, parseCertificate } from '../../identity/identity.ts'
import type { StampedCheckpoint } from '../../log/log.ts'
import { isJsonObject, parseJson, type Receipt } from '../../protocol/protocol.ts'
import type { Bundle } from '../evidence.ts'
import { signDetached } from './cades.ts'
import { deliveryEvidence } from './delivery-evidence.ts'
import { type File, textFile } from './file.ts'
import { signFiles } from './jades.ts'
import { manifest } from './manifest.ts'
import { checkpointFiles, stampFiles } from './of-the-log.ts'
import { readMe } from './read-me.ts'
import type { Signing } from './signing.ts'
import { zip } from './zip.ts'

const MANIFEST = 'META-INF/ASiCManifest.xml'
const SIGNATURE = 'META-INF/signature.p7s'
const JOSE = 'application/jose'
const PEM = 'application/x-pem-file'

/**
 * An evidence bundle as an ASiC-E container with CAdES (ETSI EN 319 162-1, 4.4.4), signed by the gateway (protocol section 10).
 * @param stamped checkpoints that were time-stamped, each with the receipts that it is the first to have, by their place in the bundle
 */
export async function makeContainer(
  bundle: Bundle,
  stamped: readonly StampedCheckpoint[],
  signing: Signing,
): Promise<Buffer> {
  const certificates = [
    ...bundle.certificates.map((pem) => parseCertificate(pem)),
    signing.signer.certificate,
    ...signing.above,
  ]
  const names = bundle.receipts.map(
    ({ receipt }, at) => `${String(at + 1).padStart(4, '0')}-${payloadOf(receipt).event}`,
  )
  const evidence = evidenceFiles(bundle, names, certificates)
  const files = [
    readMe(bundle),
    ...(bundle.message === undefined ? [] : [textFile('message.jws', JOSE, bundle.message)]),
    textFile('bundle.json', 'application/json', JSON.stringify(bundle)),
    ...bundle.receipts.map(({ receipt }, at) => textFile(`receipts/${names[at]}.jws`, JOSE, receipt)),
    ...evidence,
    await signFiles('evidence/signature.jws', evidence, signing),
    ...certificateFiles(certificates),
    ...bundle.crls.map((pem, at) => textFile(`crls/${at + 1}.pem`, PEM, pem)),
    ...checkpointFiles(bundle),
    ...stampFiles(stamped, names),
  ]
  const signed = manifest(MANIFEST, SIGNATURE, files)
  const signature = {
    name: SIGNATURE,
    mediaType: 'application/pkcs7-signature',
    bytes: await signDetached(signed.bytes, signing),
  }
  return await zip([...files, signed, signature], signing.at)
}

/** Each receipt as evidence of a registered delivery (ETSI EN 319 522). */
function evidenceFiles(
  { message, receipts }: Bundle,
  names: readonly string[],
  certificates: readonly Certificate[],
): readonly File[] {
  const signerOf = (jws: string | undefined): string | undefined => {
    const thumbprint = jws === undefined ? undefined : partOf(jws, 0)['x5t#S256']
    return certificates.find((one) => one.thumbprint === thumbprint)?.der.toString('base64')
  }
  const said = receipts.map(({ receipt }) => payloadOf(receipt))
  const sender = signerOf(message)
  return said.map((receipt, at) => {
    const signed = receipts[at]?.receipt ?? ''
    const known = {
      receipt: signed,
      submittedAt: said[0]?.at ?? receipt.at,
      issuer: signerOf(signed),
      sender,
      recipient: signerOf(receipt.acknowledgement),
    }
    const text = JSON.stringify(deliveryEvidence(receipt, known), undefined, 2)
    return textFile(`evidence/${names[at]}.json`, 'application/json', `${text}\n`)
  })
}

/** Each certificate once, under the SHA-256 of its DER. */
function certificateFiles(certificates: readonly Certificate[]): readonly File[] {
  const distinct = new Map(certificates.map((one) => [Buffer.from(one.thumbprint, 'base64url').toString('hex'), one]))
  return [...distinct].map(([name, { pem }]) => textFile(`certificates/${name}.pem`, PEM, pem))
}

/** What a receipt says. It is the gateway's own, and was read when the bundle was made. */
const payloadOf = (receipt: string): Receipt => partOf(receipt, 1) as unknown as Receipt

function partOf(jws: string, part: 0 | 1): Readonly<Record<string, unknown>> {
  const value = parseJson(Buffer.from(jws.split('.', 2)[part] ?? '', 'base64url'))
  if (!isJsonObject(value)) throw new Error('what is in the record is no JWS')
  return value
}
