/**
 * Revocation lists of a thousand, a hundred thousand and a million entries in a trust folder: `node bench/crl.ts`. What it takes
 * until one counts, how long the main thread stands still meanwhile, and what it costs to judge a certificate by it.
 */
import { KeyObject, randomInt } from 'node:crypto'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { issue, makeCrl, makeRoot, toPem } from '../certs-dev/pki.ts'
import { parseCertificate } from '../gateway/identity/certificate.ts'
import { openTrust, type TrustSnapshot } from '../gateway/identity/trust.ts'
import { countSerials, makeLargeCrl } from '../test/support/large-crl.ts'

const SIZES = [1_000, 100_000, 1_000_000]
const LOOK_UPS = 100_000
const DAY = 86_400_000

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
const now = new Date()
const validity = { notBefore: new Date(now.getTime() - DAY), notAfter: new Date(now.getTime() + DAY) }
const root = await makeRoot('CN=Bench', validity)
const leaf = parseCertificate((await issue(root, { subject: 'CN=leaf', validity, use: 'tls' })).pem)
const dates = { thisUpdate: validity.notBefore, nextUpdate: validity.notAfter }

process.stdout.write(
  '|   entries | form |   MB | in force, ms | main thread still, ms | judged, µs |\n' +
    '| --------: | ---- | ---: | -----------: | --------------------: | ---------: |\n',
)
for (const size of SIZES) for (const form of ['DER', 'PEM'] as const) process.stdout.write(await measure(size, form))

async function measure(size: number, form: 'DER' | 'PEM'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'passerelle-crl-'))
  await writeFile(join(folder, 'root.crt'), toPem(root.certificate))
  await writeFile(join(folder, 'root.crl'), await makeCrl(root, { number: 1, ...dates, revoked: [] }))
  const trust = await openTrust(folder, { crlGraceMs: 0, now: () => new Date(), log: quiet, pollMs: 10 })
  try {
    const bytes = makeList(size, form)
    await writeFile(join(folder, 'draft'), bytes)
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    const start = performance.now()
    const next = new Promise<TrustSnapshot>((resolve) => trust.onChange(resolve))
    await rename(join(folder, 'draft'), join(folder, 'root.crl'))
    const snapshot = await next
    const inForce = performance.now() - start
    delay.disable()
    const cells = [
      String(size).padStart(9),
      form.padEnd(4),
      (bytes.length / 1e6).toFixed(1).padStart(4),
      inForce.toFixed(0).padStart(12),
      (delay.max / 1e6).toFixed(0).padStart(21),
      lookUp(snapshot).toFixed(1).padStart(10),
    ]
    return `| ${cells.join(' | ')} |\n`
  } finally {
    await trust.close()
    await rm(folder, { recursive: true, force: true })
  }
}

function makeList(size: number, form: 'DER' | 'PEM'): Buffer {
  const issuer = Buffer.from(root.certificate.subjectName.toArrayBuffer())
  const der = makeLargeCrl({ issuer, key: KeyObject.from(root.key), number: 2, ...dates, serials: countSerials(size) })
  if (form === 'DER') return der
  const lines = der.toString('base64').replaceAll(/.{64}/g, '$&\n')
  return Buffer.from(`-----BEGIN X509 CRL-----\n${lines}\n-----END X509 CRL-----\n`)
}

/** Microseconds for each certificate that nobody has judged before, all of it but its signature: that one was checked once. */
function lookUp({ judge }: TrustSnapshot): number {
  judge(leaf, [], now)
  const fresh = Array.from({ length: LOOK_UPS }, () => ({ ...leaf, serial: `40${randomInt(2 ** 40).toString(16)}` }))
  const start = performance.now()
  for (const certificate of fresh) if (!judge(certificate, [], now).good) throw new Error('nobody is revoked')
  return ((performance.now() - start) * 1000) / LOOK_UPS
}
