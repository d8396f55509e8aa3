import type { webcrypto } from 'node:crypto'
import { loadX509 } from '../cli/x509.ts'
import { makeSigner } from '../identity.ts'
import type { Algorithm } from '../jws.ts'
import type { Signer } from '../sign.ts'

/** A throw-away certificate and its key, both PEM, and who signs with it. */
export type Issued = {
  readonly certificate: string
  readonly key: string
  readonly signer: Signer
  readonly notBefore: string
  readonly notAfter: string
}

/** What a certificate is for: calling, being called on this machine, or signing. */
type Use = 'tls' | 'server' | 'signing'
export type Wanted = {
  readonly name: string
  readonly use: Use
  readonly algorithm?: Algorithm
  /** Other names than this machine's. */
  readonly hosts?: readonly string[]
  /** Days from now on; a certificate of the past ends before 0. */
  readonly days?: readonly [from: number, until: number]
  /** Another certificate for the same: the next one. */
  readonly serial?: number
}

/** The authority that everybody in a run trusts, and one that nobody does. */
export type Pki = {
  readonly anchor: string
  /** Gives a certificate; of what was wanted before, the same one. */
  issue(wanted: Wanted): Promise<Issued>
  /** The same by the authority that nobody trusts. */
  forge(wanted: Wanted): Promise<Issued>
}

const DAY_MS = 24 * 3_600_000
/** Enough for a run, and short enough that a copy that was left somewhere is soon worth nothing. */
const LIFE_DAYS = 400

const suites: Readonly<Record<Algorithm, webcrypto.EcKeyGenParams | webcrypto.RsaHashedKeyGenParams>> = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  ES384: { name: 'ECDSA', namedCurve: 'P-384' },
  PS256: {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  },
  EdDSA: { name: 'Ed25519', namedCurve: 'Ed25519' },
}
const authoritySuite = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** Makes a development PKI in memory. @param now the middle of all validities */
export async function makePki(now: Date): Promise<Pki> {
  const trusted = await makeAuthority('Passerelle conformance CA', now)
  const untrusted = await makeAuthority('An authority that nobody trusts', now)
  return { anchor: trusted.certificate, issue: trusted.issue, forge: untrusted.issue }
}

async function makeAuthority(name: string, now: Date) {
  const x509 = await loadX509()
  const generate = (suite: webcrypto.EcKeyGenParams | webcrypto.RsaHashedKeyGenParams) =>
    crypto.subtle.generateKey(suite, true, ['sign', 'verify'])
  const keys = await generate(authoritySuite)
  const days = (count: number) => new Date(now.getTime() + count * DAY_MS)
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: authoritySuite,
    notBefore: days(-LIFE_DAYS),
    notAfter: days(LIFE_DAYS),
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  })

  const issueNow = async (wanted: Wanted): Promise<Issued> => {
    const subject = await generate(suites[wanted.algorithm ?? 'ES256'])
    const [notBefore, notAfter] = (wanted.days ?? [-LIFE_DAYS, LIFE_DAYS]).map(days)
    const { digitalSignature, nonRepudiation } = x509.KeyUsageFlags
    const { serverAuth, clientAuth } = x509.ExtendedKeyUsage
    const isSigning = wanted.use === 'signing'
    const certificate = await x509.X509CertificateGenerator.create({
      subject: `CN=${wanted.name}`,
      issuer: root.subject,
      publicKey: subject.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: authoritySuite,
      notBefore: notBefore ?? now,
      notAfter: notAfter ?? now,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(isSigning ? digitalSignature | nonRepudiation : digitalSignature, true),
        ...(isSigning
          ? []
          : [new x509.ExtendedKeyUsageExtension(wanted.use === 'server' ? [serverAuth, clientAuth] : [clientAuth])]),
        ...(wanted.use === 'server' ? [new x509.SubjectAlternativeNameExtension(namesOf(wanted.hosts))] : []),
      ],
    })
    const pem = `${certificate.toString('pem')}\n`
    const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', subject.privateKey)).toString('base64')
    const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8.replaceAll(/.{64}(?=.)/g, '$&\n')}\n-----END PRIVATE KEY-----\n`
    return {
      certificate: pem,
      key,
      signer: makeSigner(pem, key),
      notBefore: certificate.notBefore.toISOString(),
      notAfter: certificate.notAfter.toISOString(),
    }
  }

  const issued = new Map<string, Promise<Issued>>()
  const issue = (wanted: Wanted): Promise<Issued> => {
    const key = JSON.stringify(wanted)
    const made = issued.get(key) ?? issueNow(wanted)
    issued.set(key, made)
    return made
  }
  return { certificate: `${root.toString('pem')}\n`, issue }
}

function namesOf(hosts: readonly string[] | undefined) {
  if (hosts !== undefined) return hosts.map((value) => ({ type: 'dns' as const, value }))
  return [
    { type: 'dns' as const, value: 'localhost' },
    { type: 'ip' as const, value: '127.0.0.1' },
    { type: 'ip' as const, value: '::1' },
  ]
}
