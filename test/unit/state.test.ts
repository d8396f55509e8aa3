import { expect, test } from 'vitest'
import { type State, transitions } from '../../gateway/protocol/state.ts'

const states: readonly State[] = ['accepted', 'consigned', 'handed-over', 'refused', 'dead-lettered', 'discarded']
const all = Object.values(transitions) as readonly { from: readonly State[]; to: State }[]

const next = (from: State): readonly State[] =>
  [...new Set(all.filter((one) => one.from.includes(from)).map(({ to }) => to))].toSorted()

test.each<[State, State[]]>([
  ['accepted', ['consigned', 'dead-lettered', 'handed-over', 'refused']],
  ['consigned', ['handed-over', 'refused']],
  ['dead-lettered', ['accepted', 'discarded', 'handed-over', 'refused']],
  ['handed-over', []],
  ['refused', []],
  ['discarded', []],
])('from %s a message may become %j and nothing else (section 4)', (from, expected) => {
  expect(next(from)).toEqual(expected)
})

test('every state but the first is reached, and an acknowledgement from any but discarded and acknowledged', () => {
  const reached = new Set<State>(['accepted'])
  for (let size = 0; size !== reached.size; ) {
    size = reached.size
    for (const from of states.filter((one) => reached.has(one))) for (const to of next(from)) reached.add(to)
  }
  expect([...reached].toSorted()).toEqual(states.toSorted())
})
