import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { leafHash, nodeHash, verifyConsistency, verifyInclusion } from '../../gateway/protocol/merkle.ts'
import { openCheckpoint } from '../../gateway/protocol/note-keys.ts'
import { isOutage } from '../../gateway/record/database.ts'
import { forgetCheckpoints } from '../../gateway/record/checkpoints.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { until } from '../support/gateway.ts'
import { type GrowingLog, openGrowingLog } from '../support/growing-log.ts'
import { quiet } from '../support/quiet.ts'

/** The tree over the leaves, on a real record (protocol section 10). */

let own: TestDatabase
let folder: TemporaryFolder
let log: GrowingLog

beforeEach(async () => {
  own = await createDatabase()
  folder = await temporaryFolder()
  log = await openGrowingLog(own.url, folder.path)
})
afterEach(async () => {
  await log[Symbol.asyncDispose]()
  await folder.remove()
  await own.drop()
})

const file = () => join(folder.path, 'data.published.json')

/** What a naive reader makes of the leaves themselves. */
async function leaves(): Promise<readonly { readonly id: string; readonly hash: Buffer }[]> {
  const { rows } = await log.database.query<{ id: string; jws: Buffer }>('select id, jws from leaf order by index')
  return rows.map(({ id, jws }) => ({ id, hash: leafHash(jws) }))
}

/** RFC 6962, section 2.1, word by word. */
function rootOf(hashes: readonly Buffer[]): Buffer {
  if (hashes.length === 1) return hashes[0] ?? Buffer.alloc(0)
  let split = 1
  while (split * 2 < hashes.length) split *= 2
  return nodeHash(rootOf(hashes.slice(0, split)), rootOf(hashes.slice(split)))
}

describe('a tree that grows', () => {
  test('is the tree of the leaves, whatever was appended at once; all of it is proved, and its rows take 40 bytes a leaf', async () => {
    const tree = await log.openTree()
    tree.follow()
    const sizes: number[] = []
    for (const count of [1, 254, 1, 1, 700, 66_000]) {
      await log.append(count)
      const size = (sizes.at(-1) ?? 0) + count
      await until(() => tree.latest()?.size === size)
      sizes.push(size)
    }
    const all = await leaves()
    const note = (await tree.note()) ?? ''
    const { size, root } = openCheckpoint(note, 'test/log', log.keys.signers)
    expect(size).toBe(66_957)
    expect(root).toEqual(rootOf(all.map(({ hash }) => hash)))
    for (const at of [0, 1, 255, 256, 956, 957, 40_000, 65_535, 65_536, 66_956]) {
      const proof = await tree.inclusion(all[at]?.id ?? '', undefined)
      if (typeof proof === 'string') throw new Error(proof)
      expect(proof).toMatchObject({ origin: 'test/log', leafIndex: at, treeSize: size, rootHash: root })
      const { leafIndex: index, path } = proof
      expect(verifyInclusion({ leaf: all[at]?.hash ?? root, index, size, path, root })).toBe(true)
    }
    const { rows } = await log.database.query<{ size: number; root: Buffer }>(
      'select size, root from checkpoint order by size',
    )
    expect(rows.map((row) => row.size)).toEqual(expect.arrayContaining(sizes))
    for (const first of rows) {
      const found = await tree.consistency(first.size, size)
      if (found === 'beyond') throw new Error(found)
      expect(verifyConsistency({ first: first.size, size, path: found.path, firstRoot: first.root, root })).toBe(true)
    }
    await log.database.query('vacuum analyze tile, tile_hash')
    const { rows: grown } = await log.database.query<{ bytes: number }>(
      `select pg_total_relation_size('tile') + pg_total_relation_size('tile_hash') as bytes`,
    )
    expect((grown[0]?.bytes ?? Infinity) / size).toBeLessThan(40)
  }, 60_000)

  test('a checkpoint that cannot be written down beside the data folder is not shown, and that its leaves wait is told', async () => {
    const tree = await log.openTree()
    tree.follow()
    await log.append(1)
    await until(() => tree.latest()?.size === 1)
    await until(() => tree.state().waitingSince === undefined)
    // As a full disk would, this ends each draft; and the record goes on.
    await mkdir(`${file()}.new`)
    await log.append(1)
    const committed = async (size: number) =>
      (await log.database.query('select from checkpoint where size = $1', [size])).rowCount === 1
    await until(() => committed(2))
    await until(() => tree.state().waitingSince !== undefined)
    // Nor at the looks that follow.
    await log.append(1)
    await until(() => committed(3))
    expect(tree.latest()?.size).toBe(1)
    expect(await tree.note()).toContain('test/log\n1\n')
    expect(await tree.consistency(1, 2)).toBe('beyond')
    await rm(`${file()}.new`, { recursive: true })
    await until(() => tree.latest()?.size === 3)
    await until(() => tree.state().waitingSince === undefined)
    expect(JSON.parse(await readFile(file(), 'utf8'))).toMatchObject({ logs: [{ origin: 'test/log', size: 3 }] })
  })

  test.each(['ENOSPC', 'EROFS'])('that cannot be written down at the start, for %s, is not shown', async (code) => {
    const first = await log.openTree()
    first.follow()
    await log.append(1)
    await until(() => first.latest()?.size === 1)
    await first[Symbol.asyncDispose]()
    await rm(file())
    let hasRoom = false
    const fault = (place: string): void => {
      if (place === 'mark-drafted' && !hasRoom) throw Object.assign(new Error('as a disk says it'), { code })
    }
    if (code === 'EROFS') return await expect(log.openTree({ fault })).rejects.toMatchObject({ code })
    const tree = await log.openTree({ fault })
    expect(tree.latest()).toBeUndefined()
    expect(tree.state().waitingSince).toBeDefined()
    tree.follow()
    hasRoom = true
    await until(() => tree.latest()?.size === 1)
  })

  test('nothing beyond what was published is shown, and nothing that is not there', async () => {
    await log.append(300)
    const tree = await log.openTree()
    const [first] = await leaves()
    expect(tree.latest()).toBeUndefined()
    expect(await tree.note()).toBeUndefined()
    expect(await tree.inclusion(first?.id ?? '', undefined)).toBe('early')
    expect(await tree.tile({ level: 0, index: 0, width: 256 })).toBeUndefined()
    expect(await tree.consistency(0, 1)).toBe('beyond')
    tree.follow()
    await until(() => tree.latest()?.size === 300)
    await log.append(1)
    expect(await tree.inclusion(crypto.randomUUID(), undefined)).toBe('unknown')
    expect(await tree.inclusion(first?.id ?? '', 302)).toBe('beyond')
    expect(await tree.inclusion(first?.id ?? '', 0)).toBe('beyond')
    expect(await tree.consistency(2, 1)).toBe('beyond')
    expect(await tree.consistency(0, 302)).toBe('beyond')
    expect(await tree.tile({ level: 0, index: 1, width: 256 })).toBeUndefined()
    expect(await tree.tile({ level: 1, index: 0, width: 2 })).toBeUndefined()
    expect(await tree.tile({ level: 2, index: 0, width: 1 })).toBeUndefined()
    const hashes = Buffer.concat((await leaves()).map(({ hash }) => hash))
    expect(await tree.tile({ level: 0, index: 0, width: 256 })).toEqual(hashes.subarray(0, 8_192))
    expect(await tree.tile({ level: 0, index: 0, width: 3 })).toEqual(hashes.subarray(0, 96))
    expect(await tree.tile({ level: 0, index: 1, width: 44 })).toEqual(hashes.subarray(8_192, 300 * 32))
    expect(await tree.tile({ level: 1, index: 0, width: 1 })).toEqual(
      rootOf((await leaves()).slice(0, 256).map(({ hash }) => hash)),
    )
  })

  test('several processes grow one tree, one at a time, and where one ends another goes on', async () => {
    const [one, other] = [await log.openTree(), await log.openTree()]
    one.follow()
    other.follow()
    for (let at = 1; at <= 3; at += 1) {
      await log.append(100)
      await until(() => one.latest()?.size === at * 100 && other.latest()?.size === at * 100)
    }
    await one[Symbol.asyncDispose]()
    await log.append(100)
    await until(() => other.latest()?.size === 400, 5_000)
    expect(JSON.parse(await readFile(file(), 'utf8'))).toMatchObject({ logs: [{ origin: 'test/log', size: 400 }] })
  })

  test('of old checkpoints the last of a day stays, and what witnesses said of it', async () => {
    const put = (size: number, at: string) =>
      log.database.query('insert into checkpoint (size, root, at, note) values ($1, $2, $3, $4)', [
        size,
        Buffer.alloc(32),
        at,
        'a note',
      ])
    await put(1, '2016-10-24T00:00:00Z')
    await put(2, '2016-10-24T23:59:59Z')
    await put(3, '2016-10-25T00:00:00Z')
    await put(4, '2016-10-25T11:00:00Z')
    await put(5, '2016-10-25T12:00:01Z')
    for (const size of [1, 2])
      await log.database.query('insert into cosignature values ($1, $2, now(), $3)', [size, 'w', 'a line'])
    await forgetCheckpoints(log.database, new Date('2016-10-25T12:00:00Z'))
    const { rows } = await log.database.query('select size from checkpoint order by size')
    expect(rows).toEqual([{ size: 2 }, { size: 4 }, { size: 5 }])
    expect((await log.database.query('select size from cosignature')).rows).toEqual([{ size: 2 }])
  })

  test('no note has more lines than every reader takes, whoever was a witness once', async () => {
    const tree = await log.openTree()
    tree.follow()
    await log.append(1)
    await until(() => tree.latest()?.size === 1)
    for (let witness = 0; witness < 20; witness += 1)
      await log.database.query('insert into cosignature values (1, $1, now(), $2)', [`w${witness}`, `line ${witness}`])
    const lines = (await tree.note())?.split('\n\n')[1]?.trimEnd().split('\n')
    expect(lines).toHaveLength(16)
  })
})

describe('a record that has gone back', () => {
  const isRefused = async () => {
    const failure: unknown = await log.append(1).catch((error: unknown) => error)
    return failure !== undefined && isOutage(failure)
  }
  async function grow(count: number): Promise<void> {
    const tree = await log.openTree()
    tree.follow()
    await log.append(count)
    const { rows } = await log.database.query<{ size: number }>('select size from log')
    await until(() => tree.latest()?.size === rows[0]?.size)
    await tree[Symbol.asyncDispose]()
  }
  /** As a backup would bring it back: neither the leaves behind it nor what was made of them. */
  async function goBackTo(size: number): Promise<void> {
    await log.database.query('delete from leaf where index >= $1', [size])
    await log.database.query('update log set size = $1', [size])
    await log.database.query('delete from checkpoint where size > $1', [size])
    await log.database.query('delete from tile where (index + 1) * 256 > $1', [size])
    await log.database.query('delete from tile_hash where level = 1 and (index + 1) * 256 > $1', [size])
  }

  test('is known by the file: nothing is signed or appended any more, and what there is can be read', async () => {
    await grow(300)
    await grow(10)
    await goBackTo(300)
    const tree = await log.openTree()
    expect(tree.isClosed()).toBe(true)
    expect(tree.state()).toMatchObject({ closed: true, leaves: 300 })
    expect(await isRefused()).toBe(true)
    tree.follow()
    const [first] = await leaves()
    expect(await tree.inclusion(first?.id ?? '', undefined)).toMatchObject({ treeSize: 300 })
    expect((await log.database.query('select published_size from log')).rows).toEqual([{ published_size: 310 }])
  })

  test('is not known where the file is missing: that is said at the start, and of a log that is new or known it is not', async () => {
    const warned: string[] = []
    const noting = { ...quiet, warn: (...said: unknown[]) => void warned.push(String(said[1])) }
    await log.openTree({ log: noting })
    await grow(3)
    await log.openTree({ log: noting })
    expect(warned).toEqual([])
    await rm(file())
    await log.openTree({ log: noting })
    expect(warned).toEqual([expect.stringContaining('whether this record is old only witnesses know')])
  })

  test('is known also where it has as many leaves again, or more, of another history', async () => {
    await grow(300)
    await goBackTo(290)
    await log.append(20)
    const tree = await log.openTree()
    tree.follow()
    await until(() => tree.isClosed())
    expect((await log.database.query('select max(size) as size from checkpoint')).rows).not.toEqual([{ size: 310 }])
    expect(await isRefused()).toBe(true)
  })

  test('is known while a process runs: a standby that has not everything was promoted', async () => {
    const tree = await log.openTree()
    tree.follow()
    await log.append(300)
    await until(() => tree.latest()?.size === 300)
    await goBackTo(280)
    await until(() => tree.isClosed())
    expect(await isRefused()).toBe(true)
  })

  test('is known where its log was succeeded by another, which it does not know', async () => {
    await grow(5)
    const { logs } = JSON.parse(await readFile(file(), 'utf8')) as { logs: object[] }
    const next = { origin: 'test/next', size: 2, root: Buffer.alloc(32, 1).toString('base64') }
    await writeFile(file(), JSON.stringify({ logs: [...logs, next] }))
    expect((await log.openTree()).isClosed()).toBe(true)
  })

  test('that has lost nothing goes on; so does a log that the file does not speak of', async () => {
    await grow(300)
    await log.database.query('delete from checkpoint')
    await grow(1)
    await writeFile(
      file(),
      JSON.stringify({ logs: [{ origin: 'another', size: 9_000, root: Buffer.alloc(32).toString('base64') }] }),
    )
    await grow(1)
    expect(JSON.parse(await readFile(file(), 'utf8'))).toMatchObject({
      logs: [{ origin: 'another' }, { origin: 'test/log', size: 302 }],
    })
  })

  test.each([
    ['', 'x'],
    ['{}', 'nothing'],
    ['{"logs":[{"origin":"a","size":1}]}', 'half a mark'],
    ['{"logs":[{"origin":"a","size":-1.5,"root":"AA=="}]}', 'no root'],
  ])('where the file holds %s, nothing starts', async (text) => {
    await writeFile(file(), text)
    await expect(log.openTree()).rejects.toThrow('does not say what was published')
  })
})
