import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import {
  cosign,
  ED25519_COSIGNATURE,
  judge,
  ML_DSA_44_COSIGNATURE,
  NoteFault,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  type VerifierKey,
  verifierKeyOf,
} from '../../tlog/note.ts'
import { grow, NOTHING, peaksOf, rootOf, verifyConsistency, verifyInclusion } from '../../tlog/tree.ts'
import { honestLog, makeKeys } from '../support/honest-log.ts'

const keys = makeKeys()
const log = honestLog('gateway.example/0123abcd', keys)
log.append(...Array.from({ length: 70 }, (_, index) => `leaf ${index}`))
const tree = (size: number) => ({ size, root: log.root(size) })
const size = fc.integer({ min: 0, max: 70 })

describe('proofs', () => {
  it('of consistency hold between any two sizes, and for no other root, size or path', () => {
    fc.assert(
      fc.property(size, size, fc.nat(), fc.nat(255), (a, b, place, bit) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)]
        const proof = log.consistency(from, to)
        expect(verifyConsistency(tree(from), tree(to), proof)).toBe(true)
        expect(verifyConsistency(tree(from), { size: to, root: flip(log.root(to), bit) }, proof)).toBe(
          // From the empty tree any tree is consistent.
          from === 0 && to > 0,
        )
        if (proof.length === 0) return
        const at = place % proof.length
        const changed = proof.map((hash, index) => (index === at ? flip(hash, bit) : hash))
        expect(verifyConsistency(tree(from), tree(to), changed)).toBe(false)
        expect(verifyConsistency(tree(from), tree(to), proof.slice(1))).toBe(false)
        expect(verifyConsistency(tree(from), tree(to), [...proof, log.root()])).toBe(false)
        expect(verifyConsistency(tree(to), tree(from), proof)).toBe(false)
      }),
      { numRuns: 200 },
    )
  })

  it('of inclusion hold for each leaf, at its index alone', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), fc.nat(255), (of, n, bit) => {
        const index = n % of
        const leaf = log.leaves()[index] ?? Buffer.alloc(0)
        const path = log.inclusion(index, of)
        expect(verifyInclusion(leaf, index, tree(of), path)).toBe(true)
        expect(verifyInclusion(flip(leaf, bit), index, tree(of), path)).toBe(false)
        expect(verifyInclusion(leaf, index + of, tree(of), path)).toBe(false)
        if (of > 1) expect(verifyInclusion(leaf, (index + 1) % of, tree(of), path)).toBe(false)
        for (const none of [index + 0.5, -1, Number.NaN])
          expect(verifyInclusion(leaf, none, tree(of), path)).toBe(false)
      }),
      { numRuns: 200 },
    )
  })

  it('are not needed by who has seen every leaf: a growing tree has the root of each checkpoint', () => {
    fc.assert(
      fc.property(size, size, (a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)]
        const grown = grow(grow(NOTHING, log.leaves().slice(0, from)), log.leaves().slice(from, to))
        expect(rootOf(grown)).toEqual(log.root(to))
        expect(grown.peaks).toHaveLength(peaksOf(to))
      }),
      { numRuns: 100 },
    )
  })
})

describe('keys', () => {
  it('are read as the example of signed-note has them, and verify it', () => {
    const key = parseVerifierKey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k')
    const note = parseNote(
      'This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n',
    )
    expect(judge({ ...note, origin: '', size: 0, root: Buffer.alloc(32) }, key).is).toBe('good')
  })

  test.each([
    ['another id', 'example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'],
    ['a name with a space', 'example.com foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'],
    ['a type that is not known', 'example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'],
    ['a key that is too short', 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3Q=='],
    ['nothing', ''],
  ])('with %s are refused', (_what, text) => {
    expect(() => parseVerifierKey(text)).toThrow(NoteFault)
  })
})

describe('a checkpoint', () => {
  it('is parsed from any bytes without harm, and from its own text as it was', () => {
    const note = log.note()
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        for (const source of [text, `${note.slice(0, 60)}${text}`, `${note}${text}`]) {
          try {
            const { text: body, signatures } = parseCheckpoint(source)
            expect(`${body}\n${signatures.map(({ line }) => `${line}\n`).join('')}`).toBe(source)
          } catch (error) {
            expect(error).toBeInstanceOf(NoteFault)
          }
        }
      }),
    )
  })

  test.each([
    ['a size with a leading zero', (text: string) => text.replace('\n70\n', '\n070\n')],
    ['a size that no number holds', (text: string) => text.replace('\n70\n', '\n9007199254740993\n')],
    ['a root that is too short', (text: string) => text.replace(/\n[^\n]{40}/, '\n')],
    ['a control character', (text: string) => text.replace('/', '\t')],
    ['no signature', (text: string) => text.slice(0, text.indexOf('\n\n') + 2)],
    ['carriage returns', (text: string) => text.replaceAll('\n', '\r\n')],
  ])('with %s is none', (_what, change) => {
    expect(() => parseCheckpoint(change(log.note()))).toThrow(NoteFault)
  })

  it.each(log.verifierKeys)('is signed by the log: %s', (vkey) => {
    const key = parseVerifierKey(vkey)
    expect(judge(log.checkpoint(), key)).toMatchObject({ is: 'good' })
    expect(judge(parseCheckpoint(log.note().replace('\n70\n', '\n71\n')), key).is).toBe('forged')
  })
})

describe.each([
  ['Ed25519', ED25519_COSIGNATURE, keys.ed25519],
  ['ML-DSA-44', ML_DSA_44_COSIGNATURE, keys.mlDsa44],
] as const)('a cosignature by %s', (_name, type, key) => {
  const verifier: VerifierKey = verifierKeyOf('witness.example/fr', type, key)
  const line = cosign(log.checkpoint(), verifier, key, 1_800_000_123)
  const signed = (text: string) => parseCheckpoint(`${text}${line}\n`)

  it('says when it was made, and is good for its checkpoint alone', () => {
    expect(judge(signed(log.note()), verifier)).toEqual({ is: 'good', line, at: 1_800_000_123 })
    expect(judge(log.checkpoint(), verifier).is).toBe('absent')
    expect(judge(signed(log.note(69)), verifier).is).toBe('forged')
    const elsewhere = verifierKeyOf('witness.example/gb', type, key)
    expect(judge(signed(log.note()), elsewhere).is).toBe('absent')
  })
})

function flip(hash: Buffer, bit: number): Buffer {
  const changed = Buffer.from(hash)
  changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
  return changed
}
