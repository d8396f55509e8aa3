import { X509Certificate } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { openCallerCheck, SdkFault } from '../../sdk/index.ts'
import { makeParty, type Party } from './sdk-parties.ts'

/** Section 7: whether the caller of an agency's endpoint is the gateway. */

let gateway: Party
let renewed: Party
let agency: Party

beforeAll(async () => {
  gateway = await makeParty('passerelle', 'ES256')
  renewed = await makeParty('passerelle', 'ES256')
  agency = await makeParty('gb-ctac', 'ES256')
})

const certificateOf = ({ certificate }: Party) => new X509Certificate(certificate)

/** A well-known document that shows these, how often it was read, and a clock. */
function publish(...parties: Party[]) {
  const state = { parties, readings: 0, moment: 0 }
  const read = async () => {
    state.readings += 1
    const tlsCertificates = state.parties.map(({ certificate, signer }) => {
      return { pem: certificate, thumbprint: signer.thumbprint, notBefore: '', notAfter: '', current: true }
    })
    return { tlsCertificates }
  }
  return { state, isGateway: openCallerCheck(read, () => state.moment) }
}

test('is told by the certificate that it shows, and by nothing else', async () => {
  const { isGateway } = publish(gateway)
  expect(await isGateway(certificateOf(gateway))).toBe(true)
  expect(await isGateway(certificateOf(agency))).toBe(false)
  expect(await isGateway(undefined)).toBe(false)
})

test('the gateway’s next certificate is known when it comes, and strangers do not make it read each time', async () => {
  const { state, isGateway } = publish(gateway)
  await isGateway(certificateOf(gateway))
  state.parties = [gateway, renewed]
  state.moment = 1_000
  // Also where the list was read just before, and for all who come while it is read again.
  expect(await Promise.all([renewed, renewed, renewed].map((one) => isGateway(certificateOf(one))))).not.toContain(
    false,
  )
  expect(state.readings).toBe(2)
  for (let call = 0; call < 20; call++) expect(await isGateway(certificateOf(agency))).toBe(false)
  expect(state.readings).toBe(2)
  state.moment = 11_000
  expect(await Promise.all([agency, agency, agency].map((one) => isGateway(certificateOf(one))))).not.toContain(true)
  expect(state.readings).toBe(3)
})

test('one that the gateway has stopped to show is no longer believed after five minutes', async () => {
  const { state, isGateway } = publish(gateway)
  expect(await isGateway(certificateOf(gateway))).toBe(true)
  state.parties = [renewed]
  state.moment = 5 * 60_000 + 1
  expect(await isGateway(certificateOf(gateway))).toBe(false)
})

test('nobody is believed while the document cannot be read', async () => {
  const isGateway = openCallerCheck(() => Promise.reject(new SdkFault('unreachable')))
  await expect(isGateway(certificateOf(gateway))).rejects.toMatchObject({ code: 'unreachable' })
  await expect(isGateway(certificateOf(gateway))).rejects.toMatchObject({ code: 'unreachable' })
})
