import { expect, test } from 'vitest'
import { readConfig } from '../../gateway/base/config.ts'
import { openFaultPoints } from '../../gateway/base/fault-points.ts'

test('a process ends where, and as often as, it is told', () => {
  let killed = 0
  const pass = openFaultPoints('tree-signed:2', () => (killed += 1))
  pass('tree-begun')
  pass('tree-signed')
  expect(killed).toBe(0)
  pass('tree-signed')
  expect(killed).toBe(1)
})

test('without a word it ends nowhere', () => {
  const pass = openFaultPoints(undefined, () => expect.unreachable())
  pass('tree-signed')
  pass('undefined')
})

test('no gateway that is not for tests has a fault point', () => {
  const set = (environment: string, point = 'tree-signed:1') =>
    readConfig({ PASSERELLE_ENVIRONMENT: environment, PASSERELLE_FAULT_POINT: point }).faultPoint
  expect(set('test')).toBe('tree-signed:1')
  for (const environment of ['production', 'development', ''])
    expect(() => set(environment)).toThrow('PASSERELLE_FAULT_POINT is for tests: PASSERELLE_ENVIRONMENT must be test')
  for (const odd of ['tree-signed', 'tree-signed:0', ':1', 'a b:1', 'tree-signed:1000000'])
    expect(() => set('test', odd)).toThrow('PASSERELLE_FAULT_POINT must be <place>:<n>')
})
