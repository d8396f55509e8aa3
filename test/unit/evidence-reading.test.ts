import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inclusionPath, leafHash, nodeHash, treeRoot } from '../../gateway/protocol/merkle.ts'
import { type NoteKind, noteSigner, signedCheckpoint } from '../../gateway/protocol/note-keys.ts'
import { type EvidenceTrust, verifyBundle } from '../../sdk/evidence/evidence.ts'
import { readCertificate } from '../../sdk/evidence/certificate.ts'
import { judge, readCheckpoint, readVerifierKey } from '../../sdk/evidence/note.ts'
import { isIncluded, readProof } from '../../sdk/evidence/proof.ts'
import { parseStrict } from '../../sdk/evidence/strict-json.ts'
import { verifyUnderNode } from '../../sdk/evidence/under-node.ts'
import { proofText } from '../support/evidence/plan.ts'

/** What the SDK reads of evidence, against what the gateway writes: they share no code. */

const AT = new Date('2026-11-24T17:42:31Z')
const ed25519 = noteSigner('test/log', 'ed25519', generateKeyPairSync('ed25519').privateKey)
const makeKey = (kind: NoteKind): KeyObject =>
  (kind === 'ml-dsa-44' ? generateKeyPairSync('ml-dsa-44') : generateKeyPairSync('ed25519')).privateKey
const leafOf = (index: number) => `leaf ${index}`

/** Any complete subtree of leaves `leaf 0`, `leaf 1` and so on. */
function hashOf(level: number, index: number): Buffer {
  if (level === 0) return leafHash(Buffer.from(leafOf(index)))
  return nodeHash(hashOf(level - 1, index * 2), hashOf(level - 1, index * 2 + 1))
}
const read = (nodes: readonly { level: number; index: number }[]) =>
  Promise.resolve(nodes.map(({ level, index }) => hashOf(level, index)))

test('a path of the gateway’s tree is found to lead to its root, and to no other', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 70 }), fc.nat(), fc.nat(), async (size, place, other) => {
      const index = place % size
      const root = await treeRoot(size, read)
      const path = await inclusionPath(index, size, read)
      const note = signedCheckpoint({ origin: 'test/log', size, root }, [ed25519], AT)
      const text = [
        'c2sp.org/tlog-proof@v1',
        `index ${index}`,
        ...path.map((one) => one.toString('base64')),
        '',
        note,
      ].join('\n')
      // The tests' own tree says the same.
      const leaves = Array.from({ length: size }, (_, at) => leafOf(at))
      expect(proofText(leaves, index, note)).toBe(text)
      const proof = readProof(text)
      expect(await isIncluded(Buffer.from(leafOf(index)), proof)).toBe(true)
      expect(await isIncluded(Buffer.from(leafOf(index)), { ...proof, index: other })).toBe(other === index)
      expect(await isIncluded(Buffer.from('another leaf'), proof)).toBe(false)
    }),
    { numRuns: 30 },
  )
})

describe('a checkpoint that the gateway signs', () => {
  const checkpoint = { origin: 'test/log', size: 7, root: Buffer.alloc(32, 7) }

  test.each(['ed25519', 'ed25519-cosignature', 'ml-dsa-44'] as const)(
    'by %s verifies by the vkey, and by no other',
    async (kind) => {
      const make = () => noteSigner('test/log', kind, makeKey(kind))
      const [signer, other] = [make(), make()]
      const note = readCheckpoint(signedCheckpoint(checkpoint, [signer], AT))
      expect(note).toMatchObject({ ...checkpoint, root: Uint8Array.from(checkpoint.root) })
      const key = await readVerifierKey(signer.vkey)
      expect(await judge(note, key, verifyUnderNode)).toEqual({ at: kind === 'ed25519' ? undefined : AT })
      expect(await judge(note, await readVerifierKey(other.vkey), verifyUnderNode)).toBe('missing')
      const changed = { ...note, size: 8, text: note.text.replace('7', '8') }
      expect(await judge(changed, key, verifyUnderNode)).toBe('bad')
    },
  )

  test('is read whole or not at all', async () => {
    const note = signedCheckpoint(checkpoint, [ed25519], AT)
    const key = await readVerifierKey(ed25519.vkey)
    await fc.assert(
      fc.asyncProperty(
        fc.nat(note.length - 1),
        fc.constantFrom('', '\n', ' ', 'x', '\r', '\u0000'),
        async (place, instead) => {
          const changed = note.slice(0, place) + instead + note.slice(place + 1)
          try {
            const verdict = await judge(readCheckpoint(changed), key, verifyUnderNode)
            expect(typeof verdict === 'string' || changed === note).toBe(true)
          } catch (error) {
            expect((error as Error).name).toBe('NoteFault')
          }
        },
      ),
    )
  })
})

describe('JSON', () => {
  test.each([
    '{"a":1,"a":2}',
    '{"a":{"b":1,"b":1}}',
    '[{"a":1,"\\u0061":2}]',
    '{"a":1',
    `${'['.repeat(40)}${']'.repeat(40)}`,
  ])('%s is refused', (text) => {
    expect(() => parseStrict(Buffer.from(text))).toThrow()
  })

  test('any other is read as it is', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        // fast-check writes no member twice, but for the one that JavaScript's own objects cannot have.
        fc.pre(!text.includes('__proto__'))
        expect(parseStrict(Buffer.from(text))).toEqual(JSON.parse(text))
      }),
    )
  })
})

test('a certificate is read as Node reads it', async () => {
  const folder = join(import.meta.dirname, '../vectors/evidence/1')
  const { certificates } = JSON.parse(readFileSync(join(folder, 'acknowledged.json'), 'utf8')) as {
    certificates: string[]
  }
  expect(certificates.length).toBeGreaterThan(3)
  for (const pem of certificates) {
    const [read, known] = [await readCertificate(pem), new X509Certificate(pem)]
    expect(read).toMatchObject({
      subject: known.subject.split('\n').join(', '),
      issuer: known.issuer.split('\n').join(', '),
      notBefore: known.validFromDate,
      notAfter: known.validToDate,
      serial: known.serialNumber.toLowerCase().replace(/^0+/, ''),
    })
    const spki = known.publicKey.export({ type: 'spki', format: 'der' })
    expect(Buffer.from(read.publicKey.spki).equals(spki)).toBe(true)
  }
})

test('the story names who, what, when and by what, in both languages, and nothing in its page runs', async () => {
  const folder = join(import.meta.dirname, '../vectors/evidence/1')
  const trust = JSON.parse(readFileSync(join(folder, 'trust.json'), 'utf8')) as EvidenceTrust
  const { story, html } = await verifyBundle(readFileSync(join(folder, 'acknowledged.json')), trust)
  for (const text of [story.en, story.fr])
    for (const part of [
      'fr-rys',
      'gb-ctac',
      'referral',
      'passerelle-test',
      'fr.witness.example/1',
      'ES256',
      'EdDSA',
      'sha-256:',
    ])
      expect(text).toContain(part)
  expect(story.en).toContain('On 24 November 2026 at 17:42:31 UTC the gateway accepted the message')
  expect(story.fr).toContain(
    'Le 24 novembre 2026 à 17\u00a0h\u00a042\u00a0min\u00a031\u00a0s UTC, la passerelle a accepté le dépôt',
  )
  for (const [language, page] of Object.entries(html)) {
    expect(page).toMatch(new RegExp(`^<!doctype html>\n<html lang="${language}">`))
    expect(page).not.toMatch(/<script|javascript:| on\w+=|https?:\/\/(?!passerelle\.example\/schemas)/i)
  }
})
