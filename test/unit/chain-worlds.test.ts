import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseCertificate } from '../../gateway/identity/certificate.ts'
import { makeJudge } from '../../gateway/identity/chain.ts'
import { isCrlOf, parseCrl } from '../../gateway/identity/crl.ts'
import { build, hasGoodPath, worlds } from '../support/authorities.ts'
import { runs } from '../support/runs.ts'

const NOW = new Date('2026-06-01T12:00:00Z')

test('of random authorities, whoever has one good path is good, and nobody else, in whatever order they stand', async () => {
  const seen = { good: 0, bad: 0 }
  await fc.assert(
    fc.asyncProperty(worlds, fc.boolean(), async (world, turned) => {
      const { certificates, crls, leaf } = await build(world, NOW)
      const lists = crls.map((crl) => parseCrl(crl))
      const parsed = certificates.map((pem) => parseCertificate(pem))
      const { judge, vouch } = makeJudge({
        certificates: turned ? parsed.toReversed() : parsed,
        crlOf: (issuer) => lists.find((crl) => isCrlOf(crl, issuer)),
        crlGraceMs: 0,
      })
      const certificate = parseCertificate(leaf.pem)
      const expected = hasGoodPath(world)
      seen[expected ? 'good' : 'bad'] += 1
      expect(judge(certificate, [], NOW).good).toBe(expected)
      expect(vouch(certificate, [], NOW)).toBe(expected)
      // What comes along may help, and harms nobody.
      if (expected) expect(judge(certificate, parsed, NOW).good).toBe(true)
    }),
    { numRuns: runs(80) },
  )
  expect(Math.min(seen.good, seen.bad)).toBeGreaterThan(runs(8) - 2)
})
