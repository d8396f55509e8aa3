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
  const receipts = bundle.receipts.map(({ receipt: jws }, at) => {
    const says = partOf(jws, 1) as unknown as Receipt
    return { name: `${String(at + 1).padStart(4, '0')}-${says.event}`, jws, says }
  })
  const evidence = evidenceFiles(receipts, bundle.message, certificates)
  const files = [
    readMe(bundle),
    ...(bundle.message === undefined ? [] : [textFile('message.jws', JOSE, bundle.message)]),
    textFile('bundle.json', 'application/json', JSON.stringify(bundle)),
    ...receipts.map(({ name, jws }) => textFile(`receipts/${name}.jws`, JOSE, jws)),
    ...evidence,
    await signFiles('evidence/signature.jws', evidence, signing),
    ...certificateFiles(certificates),
    ...bundle.crls.map((pem, at) => textFile(`crls/${at + 1}.pem`, PEM, pem)),
    ...checkpointFiles(bundle),
    ...stampFiles(
      stamped,
      receipts.map(({ name }) => name),
    ),
  ]
  const signed = manifest(MANIFEST, SIGNATURE, files)
  const signature = {
    name: SIGNATURE,
    mediaType: 'application/pkcs7-signature',
    bytes: await signDetached(signed.bytes, signing),
  }
  return await zip([...files, signed, signature], signing.at)
}

/** A receipt, what it says, and what its files are called. */
type Named = { readonly name: string; readonly jws: string; readonly says: Receipt }

/** Each receipt as evidence of a registered delivery (ETSI EN 319 522). */
function evidenceFiles(
  receipts: readonly Named[],
  message: string | undefined,
  certificates: readonly Certificate[],
): readonly File[] {
  const signerOf = (jws: string | undefined): string | undefined => {
    const thumbprint = jws === undefined ? undefined : partOf(jws, 0)['x5t#S256']
    return certificates.find((one) => one.thumbprint === thumbprint)?.der.toString('base64')
  }
  const sender = signerOf(message)
  return receipts.map(({ name, jws, says }) => {
    const known = {
      receipt: jws,
      submittedAt: receipts[0]?.says.at ?? says.at,
      issuer: signerOf(jws),
      sender,
      recipient: signerOf(says.acknowledgement),
    }
    const text = JSON.stringify(deliveryEvidence(says, known), undefined, 2)
    return textFile(`evidence/${name}.json`, 'application/json', `${text}\n`)
  })
}

/** Each certificate once, under the SHA-256 of its DER. */
function certificateFiles(certificates: readonly Certificate[]): readonly File[] {
  const distinct = new Map(certificates.map((one) => [Buffer.from(one.thumbprint, 'base64url').toString('hex'), one]))
  return [...distinct].map(([name, { pem }]) => textFile(`certificates/${name}.pem`, PEM, pem))
}

/** Header (0) or payload (1) of what was verified before it was recorded. */
function partOf(jws: string, part: 0 | 1): Readonly<Record<string, unknown>> {
  const value = parseJson(Buffer.from(jws.split('.', 2)[part] ?? '', 'base64url'))
  if (!isJsonObject(value)) throw new Error('what is in the record is no JWS')
  return value
}
