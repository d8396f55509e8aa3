import { join } from 'node:path'
import { expect, test } from 'vitest'
import { typeCheck } from '../support/type-check.ts'

const GATEWAY = join(import.meta.dirname, '../../gateway/base')
const MEANING = `meaning: { en: 'What it is.', fr: 'Ce que c’est.' }`

/** A table as in gateway/base/config.ts, and the gateway's own, with what somebody does with them: one statement a line. */
const HEAD = [
  `import { readConfig } from '${GATEWAY}/config.ts'`,
  `import { readSettings, type Setting, whole } from '${GATEWAY}/setting.ts'`,
  `type Table = Record<string, Setting<unknown>>`,
  `const limit = { name: 'LIMIT', default: '5', parse: whole(0, 9), ${MEANING} } as const`,
  `const values = readSettings({ limit, bound: { name: 'BOUND', parse: whole(0, 9), ${MEANING} } }, {})`,
  `const config = readConfig({})`,
]

const compiles = ['values.limit + 1', '(values.bound ?? 0) + 1', 'config.rateLimit + 1', '{ limit } satisfies Table']

const refused = [
  [
    'a row without its reading',
    `{ row: { name: 'ROW', default: '5', ${MEANING} } } satisfies Table`,
    `'parse' is missing`,
  ],
  ['a row read under another name', 'values.limits', `'limits' does not exist`],
  ['a row of the gateway’s read under another name', 'config.ratelimit', `'ratelimit' does not exist`],
  ['a row read as another type', 'values.limit.length', `'length' does not exist`],
  ['a row without a default, taken for given', 'values.bound + 1', 'possibly'],
  ['a row of the gateway’s without a default, taken for given', 'config.redisUrl.length', 'possibly'],
] as const

const compile = (lines: readonly string[]): Promise<readonly string[]> =>
  typeCheck([...HEAD, ...lines.map((line, at) => `export const used${at} = ${line}`)].join('\n'))

test('rows that are read as they are compile', async () => {
  expect(await compile(compiles)).toEqual([])
})

const complaints = compile(refused.map(([, line]) => line))

test.each(refused)('%s does not compile', async (what, _line, complaint) => {
  const at = HEAD.length + 1 + refused.findIndex(([one]) => one === what)
  expect((await complaints).filter((line) => line.includes(`tried.mts(${at},`)).join()).toContain(complaint)
})
