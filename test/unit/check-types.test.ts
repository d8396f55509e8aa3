import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { typeCheck } from '../support/type-check.ts'

const EXCHANGE = join(import.meta.dirname, '../../gateway/exchange')

/** What a submission has at hand, and its checks: one statement a line. */
const HEAD = [
  `import { checkContent, checkForm, checkFresh, checkParties, checkPermission } from '${EXCHANGE}/checks.ts'`,
  `import type { Valid } from '${EXCHANGE}/checks.ts'`,
  `import type { Verified } from '${EXCHANGE}/signer.ts'`,
  'type Needs = Parameters<typeof checkContent>[0]',
  'declare const needs: Needs',
  'declare const caller: Parameters<typeof checkParties>[0]',
  'declare const registry: Parameters<typeof checkPermission>[1]',
  'declare const verified: Verified',
  'declare const now: Date',
  'declare function accept(valid: Valid): void',
  'const fresh = checkFresh(verified, now)',
  'const formed = checkForm(fresh)',
  'const own = checkParties(caller, formed)',
  'const permitted = checkPermission(needs.pathway, registry, own)',
]

/** Each leaves one check out, or says that it was made. */
const refused: readonly (readonly [what: string, line: string])[] = [
  ['without freshness', 'checkForm(verified)'],
  ['without parties', 'checkPermission(needs.pathway, registry, formed)'],
  ['without permission', 'await checkContent(needs, own, now)'],
  ['without parties and permission', 'await checkContent(needs, formed, now)'],
  ['without a look at its content', 'accept(permitted)'],
  ['with nothing but a signature', 'accept(verified)'],
  ['put together by hand', 'accept({ ...verified, ...formed })'],
]

let complaints: readonly string[]
beforeAll(async () => {
  complaints = await typeCheck(
    [...HEAD, ...refused.map(([, line]) => line), 'accept(await checkContent(needs, permitted, now))'].join('\n'),
  )
}, 60_000)

test.each(refused)('a message %s does not compile into an accepted one', (what) => {
  const at = HEAD.length + 1 + refused.findIndex(([one]) => one === what)
  expect(complaints.filter((line) => line.includes(`tried.mts(${at},`)).join()).toMatch(/not assignable/)
})

test('one that has passed them all does', () => {
  expect(complaints.filter((line) => line.includes('tried.mts('))).toHaveLength(refused.length)
})
