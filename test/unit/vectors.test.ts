import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  type Directory,
  SdkFault,
  verifyAcknowledgement,
  verifyMessage,
  verifyReceipt,
  type WellKnown,
} from '../../sdk/index.ts'
import { figure1Files } from '../../scripts/figure1-files.ts'
import { payloadOf } from '../support/forge.ts'

/** The test vectors, as the SDK judges them. */

const FOLDER = join(import.meta.dirname, '../vectors/signed')
const read = (...path: readonly string[]): string => readFileSync(join(FOLDER, ...path), 'utf8')
const certificates = readdirSync(join(FOLDER, 'certificates')).map((file) => ({
  pem: read('certificates', file),
  thumbprint: file.replace('.pem', ''),
}))
// Whoever's they are: that a signer is the sender is tested with the SDK itself.
const agencies = ['gb-ctac', 'fr-rys', 'fr-dep-62', 'gb-home-office', 'gb-la-e09000008'].map((id) => ({
  id,
  certificates,
}))
const directory = { agencies } as unknown as Directory
const wellKnown = { id: 'passerelle-development', signingCertificates: certificates } as unknown as WellKnown

// The SDK has the signer's certificate from the gateway's directory, which judges chains.
const names = readdirSync(FOLDER).filter((name) => !/\.|^certificates$|^chain-/.test(name))

test('there are vectors of each kind', () => {
  expect(names.length).toBeGreaterThan(20)
})

test.each(names)('%s', async (name) => {
  const jws = read(name, 'jws').trim()
  const verdict = read(name, 'verdict').trim()
  const judged = judge(name, jws).then(
    () => 'good',
    (error: unknown) => (error instanceof SdkFault ? 'bad' : error),
  )
  expect(await judged, verdict).toBe(verdict === 'good' ? 'good' : 'bad')
})

async function judge(name: string, jws: string): Promise<unknown> {
  const typ = read(name, 'typ').trim()
  if (typ === 'delivery-receipt+jws')
    return await verifyReceipt(jws, wellKnown, directory, { message: read(name, 'message') })
  if (typ === 'safeguarding-message+jws') return await verifyMessage(jws, directory)
  const { messageId, messageDigest } = payloadOf(jws)
  const about = { messageId: String(messageId), messageDigest: String(messageDigest) }
  return await verifyAcknowledgement(jws, directory, { by: 'fr-rys', ...about })
}

test('what the samples send is the figure that the demonstration plays', () => {
  const folder = join(import.meta.dirname, '../../samples/figure1')
  for (const [file, text] of figure1Files())
    expect(readFileSync(join(folder, file), 'utf8'), 'node scripts/write-samples.ts').toBe(text)
  expect(readdirSync(folder).toSorted()).toEqual([...figure1Files().keys()].toSorted())
})
