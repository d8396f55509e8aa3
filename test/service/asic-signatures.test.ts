import { execFile } from 'node:child_process'
import { createPrivateKey, randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { compactVerify } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Issuer, issue, makeIntermediate, makeRoot, toPem } from '../../certs-dev/pki.ts'
import { signDetached } from '../../gateway/exchange/asic/cades.ts'
import { textFile } from '../../gateway/exchange/asic/file.ts'
import { signFiles } from '../../gateway/exchange/asic/jades.ts'
import type { Signing } from '../../gateway/exchange/asic/signing.ts'
import { parseCertificate, parseCertificates } from '../../gateway/identity/certificate.ts'
import type { Algorithm } from '../../gateway/protocol/jws.ts'
import { makeSignature } from '../../gateway/protocol/signature.ts'
import { temporaryFolder } from '../support/folder.ts'

/** What the gateway signs in a container, with each kind of key, against validators that were not written here. */

const run = promisify(execFile)
const opened = new AsyncDisposableStack()
const years = { notBefore: new Date(Date.now() - 3_600_000), notAfter: new Date(Date.now() + 86_400_000) }
let folder: string
let authority: Issuer

beforeAll(async () => {
  folder = opened.use(await temporaryFolder()).path
  const root = await makeRoot('C=FR, O=Test, CN=Root', years)
  authority = await makeIntermediate(root, 'C=FR, O=Test, CN=Authority', years)
  await writeFile(join(folder, 'root.pem'), toPem(root.certificate))
})
afterAll(() => opened.disposeAsync())

const known = new Map<Algorithm, Promise<Signing>>()
/** Keys once for all tests: those of RSA take seconds to make. */
const signingBy = (algorithm: Algorithm): Promise<Signing> => {
  const signing = known.get(algorithm) ?? makeSigning(algorithm)
  known.set(algorithm, signing)
  return signing
}

async function makeSigning(algorithm: Algorithm): Promise<Signing> {
  const made = await issue(authority, {
    subject: 'C=FR, O=Test, CN=gateway',
    validity: years,
    use: 'signing',
    algorithm,
  })
  const certificate = parseCertificate(made.pem)
  return {
    signer: { alg: algorithm, key: createPrivateKey(made.key), certificate },
    above: parseCertificates(made.crt).slice(1),
    work: { sign: async (job) => makeSignature(job) },
    at: new Date(),
  }
}

async function verify(content: Buffer, signature: Buffer): Promise<string> {
  const write = (name: string, bytes: Buffer) => writeFile(join(folder, name), bytes)
  await Promise.all([write('content', content), write('signature.p7s', signature)])
  const args = [
    '-inform',
    'DER',
    '-in',
    'signature.p7s',
    '-content',
    'content',
    '-CAfile',
    'root.pem',
    '-purpose',
    'any',
  ]
  const told = await run('openssl', ['cms', '-verify', '-cades', '-binary', ...args, '-out', '/dev/null'], {
    cwd: folder,
  })
  return told.stderr
}

async function verifyByGnuTls(content: Buffer, signature: Buffer): Promise<string> {
  const write = (name: string, bytes: Buffer) => writeFile(join(folder, name), bytes)
  await Promise.all([write('content', content), write('signature.p7s', signature)])
  const args = ['--inder', '--infile', 'signature.p7s', '--load-data', 'content', '--load-ca-certificate', 'root.pem']
  return (await run('certtool', ['--p7-verify', ...args], { cwd: folder })).stderr
}

const algorithms: readonly Algorithm[] = ['ES256', 'ES384', 'PS256', 'EdDSA']

test.each(['ES256', 'ES384', 'PS256'] as const)(
  'OpenSSL finds a CAdES signature by %s good, and none of other bytes',
  async (algorithm) => {
    const signing = await signingBy(algorithm)
    // Several, for a number that begins with a zero or a high bit is written otherwise.
    for (let turn = 0; turn < 4; turn++) {
      const content = randomBytes(300)
      expect(await verify(content, await signDetached(content, signing))).toContain('CAdES Verification successful')
    }
    const [one, other] = [randomBytes(300), randomBytes(300)]
    await expect(verify(other, await signDetached(one, signing))).rejects.toThrow(/verification failure|digest/i)
  },
)

test.each(algorithms)('GnuTLS finds a CAdES signature by %s good, and none of other bytes', async (algorithm) => {
  const [content, other] = [randomBytes(300), randomBytes(300)]
  const signature = await signDetached(content, await signingBy(algorithm))
  expect(await verifyByGnuTls(content, signature)).toContain('Signature status: ok')
  await expect(verifyByGnuTls(other, signature)).rejects.toThrow()
})

test('OpenSSL finds none good that names another certificate of the same key', async () => {
  const [signing, other] = [await signingBy('ES256'), await makeSigning('ES256')]
  const content = randomBytes(300)
  const mixed = { ...signing, signer: { ...signing.signer, certificate: other.signer.certificate } }
  await expect(verify(content, await signDetached(content, mixed))).rejects.toThrow(/erif/)
})

test.each(algorithms)(
  'jose finds a detached JAdES signature by %s good, and what it says is of baseline B',
  async (algorithm) => {
    const signing = await signingBy(algorithm)
    const files = [
      textFile('evidence/1.json', 'application/json', '{}'),
      textFile('message.jws', 'application/jose', 'x'),
    ]
    const { bytes } = await signFiles('signature.jws', files, signing)
    const { certificate } = signing.signer
    const crit = { b64: true, sigD: true }
    const { protectedHeader } = await compactVerify(bytes.toString(), certificate.publicKey, { crit })
    expect(protectedHeader).toEqual({
      alg: algorithm,
      typ: 'jose',
      iat: Math.floor(signing.at.getTime() / 1000),
      'x5t#S256': certificate.thumbprint,
      x5c: [certificate, ...signing.above].map(({ der }) => der.toString('base64')),
      b64: false,
      sigD: {
        mId: 'http://uri.etsi.org/19182/ObjectIdByURIHash',
        pars: ['evidence/1.json', 'message.jws'],
        hashM: 'S256',
        // Of `{}` and of `x`, as sha256sum gives them.
        hashV: [
          '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
          '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881',
        ].map((hex) => Buffer.from(hex, 'hex').toString('base64url')),
        ctys: ['application/json', 'application/jose'],
      },
      crit: ['b64', 'sigD'],
    })
    const changed = bytes.toString().replace(/^./, (first) => (first === 'e' ? 'f' : 'e'))
    await expect(compactVerify(changed, certificate.publicKey, { crit })).rejects.toThrow()
  },
)
