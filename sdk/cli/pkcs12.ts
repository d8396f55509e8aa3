/** A PKCS#12 file (RFC 7292) that browsers and Java import: PBES2 with AES-256-CBC (RFC 8018) and a SHA-256 MAC. */
import { createCipheriv, createHash, createHmac, pbkdf2Sync, randomBytes, X509Certificate } from 'node:crypto'
import { bmp, explicit, implicit, integer, nothing, octets, oid, sequence, set } from './der.ts'

const PBKDF2_ROUNDS = 100_000
/** The MAC tells a mistyped password; the encryption keeps the key. */
const MAC_ROUNDS = 2048
/** RFC 7292, appendix B.3. */
const MAC_KEY = 3
const SHA256_BLOCK = 64

const oids = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  keyBag: '1.2.840.113549.1.12.10.1.2',
  certBag: '1.2.840.113549.1.12.10.1.3',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
  hmacWithSha256: '1.2.840.113549.2.9',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
  sha256: '2.16.840.1.101.3.4.2.1',
}

/**
 * Puts a key and its chain into one file.
 * @param key PKCS#8 DER
 * @param chain certificates as DER, the key's own first
 */
export function makePkcs12(key: Buffer, chain: readonly Buffer[], options: { name: string; password: string }): Buffer {
  const { name, password } = options
  const keyId = createHash('sha256')
    .update(chain[0] ?? key)
    .digest()
  const certificates = sequence(
    ...chain.map((der, place) => certificateBag(der, place === 0 ? { name, keyId } : { name: commonName(der) })),
  )
  const keyBag = sequence(bag(oids.keyBag, sequence(...encrypt(key, password)), { name, keyId }))
  const contents = sequence(encryptedContent(certificates, password), dataContent(keyBag))
  return sequence(integer(3), dataContent(contents), mac(contents, password))
}

type Attributes = { name: string; keyId?: Buffer }

function certificateBag(der: Buffer, attributes: Attributes): Buffer {
  return bag(oids.certBag, sequence(oid(oids.x509Certificate), explicit(octets(der))), attributes)
}

function bag(type: string, value: Buffer, { name, keyId }: Attributes): Buffer {
  const attributes = [sequence(oid(oids.friendlyName), set(bmp(name)))]
  if (keyId) attributes.push(sequence(oid(oids.localKeyId), set(octets(keyId))))
  return sequence(oid(type), explicit(value), set(...attributes))
}

function dataContent(bytes: Buffer): Buffer {
  return sequence(oid(oids.data), explicit(octets(bytes)))
}

function encryptedContent(bytes: Buffer, password: string): Buffer {
  const [algorithm, ciphertext] = encrypt(bytes, password)
  // encryptedContent is [0] IMPLICIT OCTET STRING (RFC 5652 6.1); of the key bag it is an OCTET STRING.
  const content = implicit(contentOf(ciphertext))
  return sequence(oid(oids.encryptedData), explicit(sequence(integer(0), sequence(oid(oids.data), algorithm, content))))
}

/** PBES2: the algorithm with its parameters, and the ciphertext as an OCTET STRING. */
function encrypt(bytes: Buffer, password: string): [Buffer, Buffer] {
  const salt = randomBytes(16)
  const iv = randomBytes(16)
  const key = pbkdf2Sync(password, salt, PBKDF2_ROUNDS, 32, 'sha256')
  const cipher = createCipheriv('aes-256-cbc', key, iv)
  const derivation = sequence(octets(salt), integer(PBKDF2_ROUNDS), sequence(oid(oids.hmacWithSha256), nothing()))
  const parameters = sequence(sequence(oid(oids.pbkdf2), derivation), sequence(oid(oids.aes256Cbc), octets(iv)))
  return [sequence(oid(oids.pbes2), parameters), octets(Buffer.concat([cipher.update(bytes), cipher.final()]))]
}

/** Without the tag and the length. */
function contentOf(der: Buffer): Buffer {
  const short = der[1] ?? 0
  return der.subarray(short < 0x80 ? 2 : 2 + short - 0x80)
}

function mac(contents: Buffer, password: string): Buffer {
  const salt = randomBytes(16)
  const digest = createHmac('sha256', macKey(password, salt)).update(contents).digest()
  return sequence(sequence(sequence(oid(oids.sha256), nothing()), octets(digest)), octets(salt), integer(MAC_ROUNDS))
}

/** RFC 7292, appendix B.2, for a key as long as the hash: one round of it. */
function macKey(password: string, salt: Buffer): Buffer {
  const words = Buffer.from(`${password}\0`, 'utf16le').swap16()
  const fill = (bytes: Buffer) => Buffer.alloc(Math.ceil(bytes.length / SHA256_BLOCK) * SHA256_BLOCK, bytes)
  let key = Buffer.concat([Buffer.alloc(SHA256_BLOCK, MAC_KEY), fill(salt), fill(words)])
  for (let round = 0; round < MAC_ROUNDS; round += 1) key = createHash('sha256').update(key).digest()
  return key
}

function commonName(der: Buffer): string {
  return /^CN=(.*)$/m.exec(new X509Certificate(der).subject)?.[1] ?? ''
}
