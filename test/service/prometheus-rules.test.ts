import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

const DEPLOY = join(import.meta.dirname, '../../deploy')
/** Prometheus’s own tool; it throws with what it says. */
const promtool = (...words: string[]): string => execFileSync('promtool', words, { cwd: DEPLOY, encoding: 'utf8' })

test('promtool takes the rules, and they fire when they should and no sooner', () => {
  expect(promtool('check', 'rules', 'prometheus-rules.yml')).toMatch(/SUCCESS: \d+ rules found/)
  expect(promtool('test', 'rules', 'prometheus-rules.test.yml')).toContain('SUCCESS')
})

test('each rule is fired by a test', () => {
  const { groups } = parse(readFileSync(join(DEPLOY, 'prometheus-rules.yml'), 'utf8')) as {
    groups: { rules: { alert: string }[] }[]
  }
  const tests = readFileSync(join(DEPLOY, 'prometheus-rules.test.yml'), 'utf8')
  const names = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert))
  expect(names.filter((name) => !tests.includes(name))).toEqual([])
})
