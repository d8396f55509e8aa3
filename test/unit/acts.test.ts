import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { acts } from '../../gateway/operations/acts.ts'
import { reasons } from '../../gateway/operations/reasons.ts'
import { typeCheck } from '../support/type-check.ts'

const GATEWAY = join(import.meta.dirname, '../../gateway')
const rows = Object.entries(acts)
/** Those that wait for a second operator. */
const ofTwo = rows.filter(([, { operators }]) => operators === 2).map(([name]) => name)

test('every row says how many must agree', () => {
  expect(rows.map(([name, { operators: many }]) => [name, many])).toEqual([
    ['retry', 1],
    ['retry-all', 1],
    ['discard', 2],
    ['erase', 2],
    ['pause', 1],
    ['resume', 1],
    ['telephoned', 1],
    ['test-notification', 1],
    ['handover', 1],
    ['acknowledge', 1],
    ['succeed', 2],
  ])
})

test('every act has reasons, another among them, and every reason an act', () => {
  for (const [name, { reasons: fitting }] of rows)
    expect([name, fitting]).toEqual([name, expect.arrayContaining(['other'])])
  expect(new Set(rows.flatMap(([, { reasons: fitting }]) => fitting))).toEqual(new Set(Object.keys(reasons)))
})

test('what an act ends is an act that waits for a second operator', () => {
  const ended = rows.flatMap(([name, { ends }]) => ends.map((other) => `${name} ends ${other}`))
  const may = rows.flatMap(([name]) => ofTwo.map((other) => `${name} ends ${other}`))
  expect(ended.filter((one) => !may.includes(one))).toEqual([])
})

test('every act is asked for by a route', () => {
  const routes = globSync('http/operations/*.ts', { cwd: GATEWAY }).map((path) =>
    readFileSync(join(GATEWAY, path), 'utf8'),
  )
  const asked = [...routes.join('\n').matchAll(/\bacts\.on[A-Z]\w*\('([a-z-]+)'/g)].map(([, name = '']) => name)
  expect(asked.toSorted(), 'gateway/http/operations/, and gateway/operations/acts.ts').toEqual(
    rows.map(([name]) => name).toSorted(),
  )
})

test('an act of two operators is not about an agency: that does not compile', async () => {
  const line = (about: string, operators: number) =>
    `export const ${about}${operators} = { about: '${about}', operators: ${operators} } as const satisfies Row<'${about}'>`
  const complaints = await typeCheck(
    [
      `import type { Act, Subjects } from '${GATEWAY}/operations/acts.ts'`,
      `type Row<About extends keyof Subjects> = Pick<Act<About>, 'about' | 'operators'>`,
      line('agency', 1),
      line('message', 2),
      line('agency', 2),
    ].join('\n'),
  )
  expect(complaints.filter((one) => one.includes('tried.mts('))).toEqual([expect.stringMatching(/tried\.mts\(5,.*'2'/)])
})
