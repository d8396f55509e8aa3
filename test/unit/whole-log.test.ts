import { expect, test } from 'vitest'
import { tileWidth, parseTilePath } from '../../gateway/protocol/tiles.ts'
import { honestLog } from '../support/honest-log.ts'
import { faultsOf, openNote, readWholeLog } from '../support/whole-log.ts'

/** The judge of a whole log is judged: it finds what is lost, doubled, foreign or rewritten. */

const leaves = Array.from({ length: 300 }, (_, at) => `leaf ${at}`)
const log = honestLog('test/log')
log.append(...leaves)

async function read(shown = log) {
  return await readWholeLog(openNote(shown.note(), shown.verifierKeys), async (path) => {
    const tile = parseTilePath(path.slice('tile/'.length))
    if (tile?.level === 1) return log.root(256)
    const from = (tile?.index ?? 0) * 256
    return Buffer.concat(shown.leaves().slice(from, from + (tile ? tileWidth(tile, shown.leaves().length) : 0)))
  })
}

test('nothing is found where nothing is wrong', async () => {
  const seen = [1, 255, 256, 257, 300].map((size) => log.checkpoint(size))
  expect(await faultsOf(await read(), leaves, seen)).toEqual([])
})

test('a receipt without its leaf, a leaf twice, a leaf that nobody was given', async () => {
  expect(await faultsOf(await read(), [...leaves, 'lost'], [])).toEqual(['0 leaves where one was expected'])
  expect(await faultsOf(await read(), leaves.slice(0, -1), [])).toEqual(['leaf 299 was not expected'])
  const doubled = log.fork(299)
  doubled.append('leaf 7')
  expect(await faultsOf(await read(doubled), leaves.slice(0, -1), [])).toEqual(['2 leaves where one was expected'])
})

test('a leaf that the checkpoint does not prove, a checkpoint of another tree, tiles of another', async () => {
  const whole = await read()
  const other = { ...whole, leaves: whole.leaves.with(3, whole.leaves[4] ?? Buffer.alloc(32)) }
  expect(await faultsOf(other, leaves, [])).toContain('leaf 299 is not proved')
  const forked = log.fork(3)
  forked.append('another', 'history')
  expect(await faultsOf(whole, leaves, [forked.checkpoint()])).toEqual(['the checkpoint of 5 is of another tree'])
  forked.append(...leaves)
  await expect(read(forked)).rejects.toThrow('the tiles of level 1 are of another tree')
})
