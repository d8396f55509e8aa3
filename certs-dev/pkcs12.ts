/**
 * A PKCS#12 file (RFC 7292) that browsers import: PBES2 with AES-256-CBC (RFC 8018) and a SHA-256 MAC.
 * node-forge reads neither EC certificates nor EC keys, so only its ASN.1 tools and its key derivation are used.
 */
import { createCipheriv, createHash, createHmac, pbkdf2Sync, randomBytes, X509Certificate } from 'node:crypto'
import forge from 'node-forge'

const { asn1 } = forge
const { Type, Class } = asn1

const PBKDF2_ROUNDS = 100_000
/** In JavaScript, hence few: the MAC tells a mistyped password, the encryption keeps the key. */
const MAC_ROUNDS = 2048
const MAC_KEY = 3
const SHA256_BYTES = 32

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
  const contents = toDer(sequence(encryptedContent(toDer(certificates), password), dataContent(toDer(keyBag))))
  return toDer(sequence(integer(3), dataContent(contents), mac(contents, password)))
}

function certificateBag(der: Buffer, attributes: Attributes): forge.asn1.Asn1 {
  return bag(oids.certBag, sequence(oid(oids.x509Certificate), explicit(octets(der))), attributes)
}

type Attributes = { name: string; keyId?: Buffer }

function bag(type: string, value: forge.asn1.Asn1, { name, keyId }: Attributes): forge.asn1.Asn1 {
  const bmp = asn1.create(Class.UNIVERSAL, Type.BMPSTRING, false, name)
  const attributes = [sequence(oid(oids.friendlyName), set(bmp))]
  if (keyId) attributes.push(sequence(oid(oids.localKeyId), set(octets(keyId))))
  return sequence(oid(type), explicit(value), set(...attributes))
}

function dataContent(bytes: Buffer): forge.asn1.Asn1 {
  return sequence(oid(oids.data), explicit(octets(bytes)))
}

function encryptedContent(bytes: Buffer, password: string): forge.asn1.Asn1 {
  const [algorithm, ciphertext] = encrypt(bytes, password)
  // encryptedContent is [0] IMPLICIT OCTET STRING (RFC 5652 6.1).
  const content = asn1.create(Class.CONTEXT_SPECIFIC, 0, false, ciphertext.value)
  return sequence(oid(oids.encryptedData), explicit(sequence(integer(0), sequence(oid(oids.data), algorithm, content))))
}

/** PBES2: the algorithm with its parameters, and the ciphertext. */
function encrypt(bytes: Buffer, password: string): [forge.asn1.Asn1, forge.asn1.Asn1] {
  const salt = randomBytes(16)
  const iv = randomBytes(16)
  const key = pbkdf2Sync(password, salt, PBKDF2_ROUNDS, 32, 'sha256')
  const cipher = createCipheriv('aes-256-cbc', key, iv)
  const derivation = sequence(octets(salt), integer(PBKDF2_ROUNDS), sequence(oid(oids.hmacWithSha256), nothing()))
  const parameters = sequence(sequence(oid(oids.pbkdf2), derivation), sequence(oid(oids.aes256Cbc), octets(iv)))
  return [sequence(oid(oids.pbes2), parameters), octets(Buffer.concat([cipher.update(bytes), cipher.final()]))]
}

function mac(contents: Buffer, password: string): forge.asn1.Asn1 {
  const salt = randomBytes(16)
  const saltBuffer = forge.util.createBuffer(salt.toString('latin1'))
  const key = forge.pkcs12.generateKey(
    password,
    saltBuffer,
    MAC_KEY,
    MAC_ROUNDS,
    SHA256_BYTES,
    forge.md.sha256.create(),
  )
  const digest = createHmac('sha256', Buffer.from(key.getBytes(), 'latin1')).update(contents).digest()
  return sequence(sequence(sequence(oid(oids.sha256), nothing()), octets(digest)), octets(salt), integer(MAC_ROUNDS))
}

function commonName(der: Buffer): string {
  return /^CN=(.*)$/m.exec(new X509Certificate(der).subject)?.[1] ?? ''
}

function toDer(value: forge.asn1.Asn1): Buffer {
  return Buffer.from(asn1.toDer(value).getBytes(), 'latin1')
}

function sequence(...items: forge.asn1.Asn1[]): forge.asn1.Asn1 {
  return asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, items)
}

function set(...items: forge.asn1.Asn1[]): forge.asn1.Asn1 {
  return asn1.create(Class.UNIVERSAL, Type.SET, true, items)
}

function explicit(item: forge.asn1.Asn1): forge.asn1.Asn1 {
  return asn1.create(Class.CONTEXT_SPECIFIC, 0, true, [item])
}

function oid(dotted: string): forge.asn1.Asn1 {
  return asn1.create(Class.UNIVERSAL, Type.OID, false, asn1.oidToDer(dotted).getBytes())
}

function octets(bytes: Buffer): forge.asn1.Asn1 {
  return asn1.create(Class.UNIVERSAL, Type.OCTETSTRING, false, bytes.toString('latin1'))
}

function integer(value: number): forge.asn1.Asn1 {
  return asn1.create(Class.UNIVERSAL, Type.INTEGER, false, asn1.integerToDer(value).getBytes())
}

function nothing(): forge.asn1.Asn1 {
  return asn1.create(Class.UNIVERSAL, Type.NULL, false, '')
}
