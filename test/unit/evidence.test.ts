import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ml_dsa44 } from '@noble/post-quantum/ml-dsa.js'
import { verifyBundle as verifyInBrowser } from '../../sdk/browser.ts'
import { EvidenceFault, evidenceFaults, type EvidenceTrust, verifyBundle } from '../../sdk/evidence/evidence.ts'
import { apply, type Step } from '../support/evidence/json-patch.ts'

/** Vectors once published stay, and so do their verdicts (docs/evidence.md). */
const FOLDER = join(import.meta.dirname, '../vectors/evidence')
const read = (release: string, name: string): unknown => JSON.parse(readFileSync(join(FOLDER, release, name), 'utf8'))

type Refused = { what: string; code: string; base: string; patch: Step[]; trustPatch?: Step[] }

/** The SDK's two halves, which differ in who verifies ML-DSA. */
const halves: readonly [half: string, verify: typeof verifyBundle][] = [
  ['Node', verifyBundle],
  [
    'browser',
    (bundle, trust) =>
      verifyInBrowser(bundle, trust, (_, { raw }, signed, signature) => ml_dsa44.verify(signature, signed, raw)),
  ],
]
const releases = readdirSync(FOLDER).flatMap((release) => halves.map((half) => [release, ...half] as const))

describe.each(releases)('vectors %s, as the half for the %s judges them', (release, _half, verifyBundle) => {
  const trust = read(release, 'trust.json') as EvidenceTrust
  const refused = read(release, 'refused.json') as readonly Refused[]
  const names = readdirSync(join(FOLDER, release)).filter((name) => name !== 'trust.json' && name !== 'refused.json')

  test.each(names)('%s proves what happened', async (name) => {
    const { story, html, events, ...proven } = await verifyBundle(readFileSync(join(FOLDER, release, name)), trust)
    expect(proven).toMatchObject({ from: 'fr-rys', to: 'gb-ctac', type: 'referral', gateway: 'passerelle-test' })
    expect(events[0]).toMatchObject({ event: 'SubmissionAcceptance', attempt: 0 })
    for (const text of [story.en, story.fr, html.en, html.fr]) expect(text).toContain(proven.messageDigest)
    expect(proven.message === undefined).toBe(name.startsWith('erased'))
  })

  test.each(refused)('refused: $what ($code)', async ({ code, base, patch, trustPatch = [] }) => {
    const bundle = apply(read(release, `${base}.json`), patch)
    const verdict = await verifyBundle(bundle, apply(trust, trustPatch) as EvidenceTrust).then(
      () => 'proven',
      (error: unknown) => (error instanceof EvidenceFault ? error.code : error),
    )
    expect(verdict).toBe(code)
  })

  test('every reason has its falsification', () => {
    expect(Object.keys(evidenceFaults).filter((code) => !refused.some((one) => one.code === code))).toEqual([])
  })
})
