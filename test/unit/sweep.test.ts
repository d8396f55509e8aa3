import { describe, expect, test } from 'vitest'
import { watchQueue } from '../../gateway/delivery/sweep.ts'

const kent = { recipient: 'gb-la-e10000016', priority: 0 }
const croydon = { recipient: 'gb-la-e09000008', priority: 2 }

function open() {
  const said: string[] = []
  const watch = watchQueue({ warn: (text: string) => said.push(text), info: (text: string) => said.push(text) })
  return { said, watch }
}

describe('lanes that the queue lets down', () => {
  test('are all, where it has failed for 10 s, until it works again', () => {
    const { said, watch } = open()
    expect(watch([], true, 0)).toEqual([])
    expect(watch([kent], false, 2_000)).toEqual([])
    expect(watch([], false, 4_000)).toEqual([])
    expect(watch([kent, croydon], false, 11_999)).toEqual([])
    expect(watch([croydon, kent], false, 12_000)).toEqual([croydon, kent])
    expect(watch([kent], false, 14_000)).toEqual([kent])
    expect(watch([croydon], true, 16_000)).toEqual([])
    expect(said).toEqual(['the queue fails: after 10 s this process delivers without it', 'the queue works again'])
  })

  test('are those that it does not see to for 10 s, whatever it says of itself', () => {
    const { said, watch } = open()
    expect(watch([kent], true, 0)).toEqual([])
    expect(watch([kent, croydon], true, 6_000)).toEqual([])
    expect(watch([kent, croydon], true, 10_000)).toEqual([kent])
    expect(watch([croydon], true, 12_000)).toEqual([])
    expect(watch([kent, croydon], true, 16_000), 'what it has seen to begins anew').toEqual([croydon])
    expect(said).toEqual([])
  })
})
