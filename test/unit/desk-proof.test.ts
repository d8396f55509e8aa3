import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Brought, readTrust, verifyFile, withTrust } from '../../desk/proof/verify.ts'
import { directoryOf, makeParty } from './sdk-parties.ts'

/** Proof on a page: what a file is taken for, whom it is held to, and why it proves nothing. */

const FOLDER = join(import.meta.dirname, '../vectors/evidence/1')
const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8')
const NOBODY: Brought = { anchors: [], logKeys: [] }
const vectors = withTrust(NOBODY, readTrust(read('trust.json')) ?? {})
const verify = (text: string, brought: Brought) => verifyFile(new Blob([text]), brought)

describe('whom to believe', () => {
  test('comes from a file of trust, from what `passerelle published` wrote, or from anchors', async () => {
    expect(readTrust(read('trust.json'))).toMatchObject({ quorum: expect.any(Number) as number })
    const [anchor = ''] = vectors.anchors
    expect(readTrust(`# the anchor\n${anchor}\n${anchor}`)?.anchors).toHaveLength(2)
    const party = await makeParty('passerelle', 'ES256')
    const [signing] = directoryOf([party]).agencies[0]?.certificates ?? []
    const wellKnown = {
      id: 'passerelle',
      environment: 'test',
      protocolVersion: '1',
      schemaVersions: ['1.2'],
      limits: { messageBytes: 1, attachmentBytes: 1, perMinute: 1 },
      logs: [{ origin: 'passerelle/log', verifierKeys: ['a+b+c'], current: true }],
      signingCertificates: [signing],
      tlsCertificates: [signing],
    }
    const published = readTrust(JSON.stringify({ wellKnown, directory: { agencies: [] } }))
    expect(published).toMatchObject({ logKeys: ['a+b+c'], published: { wellKnown: { id: 'passerelle' } } })
    for (const text of ['', '{}', '[]', 'anything', '{"anchors":1}']) expect(readTrust(text)).toBeUndefined()
  })

  test('is added to what is believed already, each once', () => {
    const twice = withTrust(vectors, readTrust(read('trust.json')) ?? {})
    expect(twice.anchors).toEqual(vectors.anchors)
    expect(withTrust(vectors, { anchors: ['other'] }).anchors).toHaveLength(vectors.anchors.length + 1)
  })
})

describe('a file', () => {
  test('that is a bundle is proven, and told in both languages', async () => {
    const verdict = await verify(read('acknowledged.json'), vectors)
    if (verdict.is !== 'bundle') throw new Error(verdict.is)
    expect(verdict.evidence.story.fr).toContain('Qui a envoyé quoi à qui')
  })

  test('that is a changed bundle says why it proves nothing, and where', async () => {
    const changed = read('acknowledged.json').replace(
      /("receipt":\s*"[^"]+)(.)"/,
      (_, head: string, last: string) => `${head}${last === 'A' ? 'Q' : 'A'}"`,
    )
    expect(await verify(changed, vectors)).toMatchObject({
      is: 'refused',
      code: expect.stringMatching(/^receipt-/) as string,
    })
  })

  test.each<[string, string, Brought, string]>([
    ['a bundle without anchors', '{"version":1}', NOBODY, 'no-anchors'],
    ['a receipt before anything is known of the channel', 'a.b.c', NOBODY, 'nothing-known'],
    ['an answer that holds one', '{"messageId":"x","receipt":"a.b.c"}', NOBODY, 'nothing-known'],
    ['a picture', '\u0089PNG', vectors, 'neither'],
    ['nothing', '', vectors, 'neither'],
  ])('%s', async (_, text, brought, is) => {
    expect((await verify(text, brought)).is).toBe(is)
  })

  test('that is larger than any bundle is not read', async () => {
    const large = { size: 64 * 1024 * 1024 + 1 } as Blob
    expect(await verifyFile(large, vectors)).toEqual({ is: 'too-large' })
  })
})
