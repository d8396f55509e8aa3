import { generateKeyPairSync } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { noteSigner, signCheckpoint } from '../../gateway/protocol/note-keys.ts'
import { EvidenceFault, type EvidenceTrust, verifyBundle } from '../../sdk/evidence/evidence.ts'
import { apply, type Step } from '../support/evidence/json-patch.ts'
import type { BundleDocument } from '../support/evidence/plan.ts'
import { type Case, goJobs, goVerdicts, pythonVerdicts } from '../support/evidence/verifiers.ts'
import { temporaryFolder } from '../support/folder.ts'

/** Verifiers that share no code with the SDK's say the same of every vector. */

const FOLDER = join(import.meta.dirname, '../vectors/evidence')
type Refused = { what: string; code: string; base: string; patch: Step[]; trustPatch?: Step[] }

const vectors = readdirSync(FOLDER).map((release) => {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(FOLDER, release, name), 'utf8'))
  const trust = read('trust.json') as EvidenceTrust
  const genuine = readdirSync(join(FOLDER, release))
    .filter((name) => name !== 'trust.json' && name !== 'refused.json')
    .map((name) => ({ name: `${release} ${name}`, verdict: 'proven', bundle: read(name), trust }))
  const refused = (read('refused.json') as readonly Refused[]).map(({ what, code, base, patch, trustPatch = [] }) => ({
    name: `${release} ${what}`,
    verdict: code,
    bundle: apply(read(`${base}.json`), patch),
    trust: apply(trust, trustPatch) as EvidenceTrust,
  }))
  return { genuine, refused }
})

test('the sample in Python proves what is genuine, and refuses each falsification for its own reason', async () => {
  const cases: readonly (Case & { verdict: string })[] = vectors.flatMap(({ genuine, refused }) => [
    ...genuine,
    ...refused,
  ])
  const told = await pythonVerdicts(cases)
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(cases.map(({ name, verdict }) => [name, verdict])))
})

test('a witness that names a time beyond all calendars makes no verifier stumble', async () => {
  const [genuine] = vectors.flatMap((one) => one.genuine)
  if (genuine === undefined) throw new Error('there are vectors')
  const witness = noteSigner('odd.witness.example/1', 'ed25519-cosignature', generateKeyPairSync('ed25519').privateKey)
  const odd = (time: string): Case => {
    const sign = (proof: string): string => {
      const text = proof.slice(proof.indexOf('\n\n') + 2, proof.lastIndexOf('\n\n') + 1)
      return `${proof}${signCheckpoint(witness, text, new Date(time))}\n`
    }
    const bundle = structuredClone(genuine.bundle) as BundleDocument
    for (const leaf of [...bundle.receipts, ...bundle.parties, ...(bundle.erasure ?? [])]) leaf.proof = sign(leaf.proof)
    const witnesses = [...(genuine.trust.witnesses ?? []), { name: witness.name, vkey: witness.vkey }]
    return { name: time, bundle, trust: { ...genuine.trust, witnesses } }
  }
  const cases = [odd('9999-12-31T23:59:59Z'), odd('+010000-01-01T00:00:00Z'), odd('+275760-09-13T00:00:00Z')]
  const wanted = ['proven', 'witness-signature', 'witness-signature']
  const sdk = cases.map(({ bundle, trust }) =>
    verifyBundle(bundle, trust).then(
      () => 'proven',
      (error: unknown) => (error instanceof EvidenceFault ? error.code : String(error)),
    ),
  )
  expect(await Promise.all(sdk)).toEqual(wanted)
  expect([...(await pythonVerdicts(cases)).values()]).toEqual(wanted)
})

test('Go’s own sumdb verifies the notes and the proofs, and refuses what falsifies these', async () => {
  await using folder = await temporaryFolder()
  const genuine = vectors.flatMap((one) =>
    one.genuine.flatMap(({ bundle, trust }) => goJobs(bundle as BundleDocument, trust)),
  )
  const [first] = genuine
  if (first === undefined) throw new Error('there are vectors')
  const [leaf, other] = first.leaves
  if (leaf === undefined || other === undefined) throw new Error('they have leaves')
  const falsified = [
    { ...first, note: first.note.replace(/\n(\d+)\n/, (_, size: string) => `\n${Number(size) + 1}\n`) },
    { ...first, leaves: [{ ...leaf, index: leaf.index + 1 }] },
    { ...first, leaves: [{ ...leaf, path: other.path }] },
    { ...first, leaves: [{ ...leaf, data: other.data }] },
    { ...first, leaves: [{ ...leaf, path: leaf.path?.slice(1) }] },
  ]
  const told = await goVerdicts([...genuine, ...falsified], folder.path)
  expect(told.slice(0, genuine.length)).toEqual(genuine.map(() => 'ok'))
  expect(told.slice(genuine.length).filter((verdict) => verdict === 'ok')).toEqual([])
  expect(told).toHaveLength(genuine.length + falsified.length)
})
