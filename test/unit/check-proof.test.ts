import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { checkProof, MAX_LEAF_BYTES, type ProofFault } from '../../gateway/log/check-proof.ts'
import { noteSigner, signCheckpoint } from '../../gateway/protocol/note-keys.ts'
import { parseNote } from '../../gateway/protocol/note.ts'
import { honestLog, makeKeys } from '../support/honest-log.ts'

const b64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const leafOf = (typ: string, place: number): string => `${b64({ alg: 'EdDSA', typ })}.${b64({ place })}.c2ln`
const TYPES = ['delivery-receipt+jws', 'registry-entry+jws', 'operator-act+jws']
const leaves = Array.from({ length: 13 }, (_, at) => leafOf(TYPES[at % 3] ?? '', at))
const keys = makeKeys()
const log = honestLog('gateway.example/0123abcd', keys)
log.append(...leaves)

const countries = ['FR', 'GB', undefined] as const
const signers = ['france', 'kingdom', 'supervisor'].map((name) =>
  noteSigner(`${name}.example`, 'ml-dsa-44', generateKeyPairSync('ml-dsa-44').privateKey),
)
const witnesses = {
  quorum: 2,
  witnesses: signers.map((key, at) => {
    const country = countries[at]
    return { name: key.name, key, ...(country && { country }) }
  }),
}
const policy = { logs: new Map([[log.origin, log.verifierKeys]]), witnesses }

const INDEX = 6
const leaf = leaves[INDEX] ?? ''
const at = new Date(0)

/** The proof of a leaf, whose checkpoint these witnesses have cosigned. */
function proofOf(by: readonly number[] = [0, 1, 2], note = log.note(), index = INDEX): string {
  const { text } = parseNote(note)
  const lines = by.map((one) => `${signCheckpoint(signers[one] ?? noSigner(), text, at)}\n`)
  const path = log.inclusion(index).map((hash) => hash.toString('base64'))
  return ['c2sp.org/tlog-proof@v1', `index ${index}`, ...path, '', note + lines.join('')].join('\n')
}

function noSigner(): never {
  throw new Error('there is no such witness')
}

/** Changes the last byte of the signature in a line of the text. */
function spoil(text: string, isLine: (line: string) => boolean): string {
  const lines = text.split('\n')
  const place = lines.findIndex(isLine)
  const [dash, name, base64 = ''] = (lines[place] ?? '').split(' ')
  const bytes = Buffer.from(base64, 'base64')
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  return lines.with(place, `${dash} ${name} ${bytes.toString('base64')}`).join('\n')
}

const isOfLog = (line: string): boolean => line.startsWith(`— ${log.origin} `)
const proof = proofOf()

test('each leaf’s proof holds, and says of what kind it is, where it stands and who has seen it', () => {
  for (const [index, one] of leaves.entries())
    expect(checkProof({ proof: proofOf([0, 1], log.note(), index), leaf: one }, policy)).toMatchObject({
      typ: TYPES[index % 3],
      origin: log.origin,
      index,
      size: 13,
      leafHash: log.leaves()[index],
      cosigned: ['france.example', 'kingdom.example'],
      quorum: 'reached',
    })
})

test.each([
  [[0, 1, 2], 'reached'],
  [[0, 1], 'reached'],
  [[0], 'too-few'],
  [[], 'too-few'],
  [[0, 2], 'country-missing'],
  [[1, 2], 'country-missing'],
])('what %j have cosigned is: %s', (by, quorum) => {
  expect(checkProof({ proof: proofOf(by), leaf }, policy)).toMatchObject({ quorum })
})

test('without witnesses in the registry cosignatures count for nothing', () => {
  expect(checkProof({ proof, leaf }, { ...policy, witnesses: undefined })).toMatchObject({
    cosigned: [],
    quorum: 'unnamed',
  })
})

const fork = log.fork(5)
fork.append(...leaves.slice(5, 12), leafOf('operator-act+jws', 99))
const other = honestLog('gateway.example/ffffffff', keys)
other.append(...leaves)
const [sibling = ''] = /(?<=index 6\n)[^\n]+/.exec(proof) ?? []

test.each<[what: string, fault: ProofFault, given: { proof?: string; leaf?: string }]>([
  ['a leaf that is too long', 'too-long', { leaf: `${leaf}${'A'.repeat(MAX_LEAF_BYTES)}` }],
  ['a proof that is too long', 'too-long', { proof: `${proof}${'— a b\n'.repeat(10_000)}` }],
  ['nothing as the leaf', 'not-a-leaf', { leaf: '' }],
  ['a leaf without its signature', 'not-a-leaf', { leaf: leaf.replace(/\.[^.]*$/, '') }],
  ['a leaf whose header is no JSON', 'not-a-leaf', { leaf: `AAAA${leaf}` }],
  ['a message in place of the leaf', 'not-a-leaf', { leaf: leafOf('referral+jws', INDEX) }],
  ['nothing as the proof', 'not-a-proof', { proof: '\n' }],
  ['a proof of another version', 'not-a-proof', { proof: proof.replace('@v1', '@v2') }],
  ['a proof without its index', 'not-a-proof', { proof: proof.replace('index 6\n', '') }],
  ['an index that is none', 'not-a-proof', { proof: proof.replace('index 6', 'index 06') }],
  ['a hash that was cut', 'not-a-proof', { proof: proof.replace(sibling, sibling.slice(4)) }],
  ['extra data that is no base64', 'not-a-proof', { proof: proof.replace('index', 'extra ?\nindex') }],
  ['a proof without signatures', 'not-a-checkpoint', { proof: proof.slice(0, proof.indexOf('\n\n— ') + 1) }],
  ['a root that was cut', 'not-a-checkpoint', { proof: proof.replace(/\n[^\n]{4}([^\n]+\n\n— )/, '\n$1') }],
  ['another log', 'other-log', { proof: proofOf([], other.note()) }],
  ['a checkpoint that one key has not signed', 'unsigned', { proof: withoutLine(proof, isOfLog) }],
  ['a signature of the log that was changed', 'wrong-signature', { proof: spoil(proof, isOfLog) }],
  ['a size that was changed', 'wrong-signature', { proof: proof.replace('\n13\n', '\n14\n') }],
  [
    'a cosignature that was changed',
    'wrong-cosignature',
    { proof: spoil(proof, (line) => line.startsWith('— kingdom')) },
  ],
  ['an index beyond the tree', 'beyond', { proof: proof.replace('index 6', 'index 13') }],
  ['the index of another leaf', 'not-included', { proof: proof.replace('index 6', 'index 7') }],
  ['another leaf', 'not-included', { leaf: leaves[INDEX + 3] ?? '' }],
  ['a leaf with another signature', 'not-included', { leaf: leaf.replace(/c2ln$/, 'c2lo') }],
  ['a path without its first hash', 'not-included', { proof: proof.replace(`${sibling}\n`, '') }],
  [
    'a hash of the path that is another',
    'not-included',
    { proof: proof.replace(sibling, log.root().toString('base64')) },
  ],
  ['the checkpoint of another history', 'not-included', { proof: proofOf([], fork.note()) }],
])('%s is refused: %s', (_, fault, given) => {
  expect(checkProof({ proof, leaf, ...given }, policy)).toEqual({ fault })
})

function withoutLine(text: string, isLine: (line: string) => boolean): string {
  const lines = text.split('\n')
  return lines.toSpliced(lines.findIndex(isLine), 1).join('\n')
}
