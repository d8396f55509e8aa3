import { expect, test } from 'vitest'
import { healthWords } from '../../gateway/http/console/health-notice.ts'
import { marked } from '../../gateway/http/console/marked.ts'
import { span } from '../../gateway/http/console/span.ts'
import { readTypeTitles } from '../../gateway/http/console/type-titles.ts'
import { reasons } from '../../gateway/operations/health.ts'
import pathway from '../../schemas/pathway.json' with { type: 'json' }

test('every reason why the gateway cannot work is told in words', () => {
  expect(reasons.filter((reason) => !Object.hasOwn(healthWords, reason))).toEqual([])
})

test.each([
  [0, '0 s', '0 s'],
  [59_999, '59 s', '59 s'],
  [60_000, '1 min', '1 min'],
  [61_000, '1 min 1 s', '1 min 1 s'],
  [3_600_000, '1 h', '1 h'],
  [7_260_000, '2 h 1 min', '2 h 1 min'],
  [86_400_000, '1 d', '1 j'],
  [100_000_000, '1 d 3 h', '1 j 3 h'],
  [-5, '0 s', '0 s'],
])('%i ms are %s', (ms, en, fr) => {
  const plain = ({ en: english, fr: french }: { en: string; fr: string }) =>
    [english, french].map((text) => text.replaceAll('\u00A0', ' '))
  expect(plain(span(ms))).toEqual([en, fr])
})

test('every type of the pathway has its title, and another stands for itself', () => {
  const titleOf = readTypeTitles(pathway)
  for (const { type, title } of pathway.rows) expect(titleOf(type)).toEqual(title)
  expect(titleOf('letter')).toEqual({ en: 'letter', fr: 'letter' })
  expect(readTypeTitles({ rows: [{ type: 'x', title: null }] })('x')).toEqual({ en: 'x', fr: 'x' })
})

test('what stands between backticks is code, and nothing in it is markup', () => {
  expect(String(marked('a `<b>` c'))).toBe('a <code class="console-code">&lt;b&gt;</code> c')
})
