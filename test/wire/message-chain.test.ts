import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { issue, makeIntermediate, makeRoot } from '../../certs-dev/pki.ts'
import { parseCertificates } from '../../gateway/identity/certificate.ts'
import { makeEnvelope } from '../support/agency.ts'
import { forge, readSigner } from '../support/forge.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { expectProblem } from '../support/problem.ts'
import { openRawAs, type RawClient } from '../support/raw.ts'

/** Protocol section 3: what may stand in `x5c`. */

let gateway: TestGateway
let rys: RawClient

beforeAll(async () => {
  gateway = await startGateway()
  rys = await openRawAs(gateway, 'agencies/fr-rys/tls')
})

afterAll(async () => {
  rys[Symbol.dispose]()
  await gateway[Symbol.asyncDispose]()
})

/** A good message with this header. */
async function post(x5c: readonly string[]) {
  const signer = await readSigner(gateway.pki.folder, 'agencies/fr-rys/signing')
  return rys.post(
    '/v1/messages',
    forge({ payload: makeEnvelope('referral', 'fr-rys', 'gb-ctac'), header: { x5c }, signer }),
  )
}

test('x5c holds nothing but the chain by which the certificate is good: names in others are free text', async () => {
  const { pki } = gateway
  const cert = await readFile(join(pki.folder, 'agencies/fr-rys/signing.crt'), 'utf8')
  const [leaf = '', issuer = ''] = parseCertificates(cert).map(({ der }) => der.toString('base64'))
  const base64 = (der: ArrayBuffer) => Buffer.from(der).toString('base64')
  const root = base64(pki.root.certificate.rawData)
  const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: pki.until }
  const stranger = await makeRoot('CN=Whatever somebody would like to keep here', validity)
  const sibling = await makeIntermediate(pki.root, 'CN=Another of the same root', validity)
  const other = await issue(pki.intermediate, { subject: 'CN=free text', validity, use: 'signing' })
  for (const x5c of [
    [leaf, root],
    [leaf, issuer, root],
  ])
    expect((await post(x5c)).status).toBe(202)
  const foreign = [stranger.certificate.rawData, sibling.certificate.rawData, new X509Certificate(other.pem).raw]
  for (const der of foreign) {
    const more = base64(der as ArrayBuffer)
    for (const x5c of [
      [leaf, more],
      [leaf, issuer, more],
      [leaf, more, issuer],
    ])
      expectProblem(await post(x5c), 'malformed-message')
  }
  for (const x5c of [
    [leaf, leaf],
    [leaf, root, issuer],
  ])
    expectProblem(await post(x5c), 'malformed-message')
})
