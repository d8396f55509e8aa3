import { execFile } from 'node:child_process'
import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyConsistency } from '../../gateway/protocol/merkle.ts'
import { openCheckpoint } from '../../gateway/protocol/note-keys.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { type GrowingLog, makeLogKeys, openGrowingLog } from '../support/growing-log.ts'

/** Whatever is killed and whenever: each checkpoint that anybody was shown is consistent with every later one (protocol section 10). */

/** Every place at which growing and publishing can end, and how often it is passed before. */
const PLACES = [
  'tree-begun',
  'tree-tiles',
  'tree-signed',
  'tree-inserted',
  'tree-committed',
  'mark-drafted',
  'mark-renamed',
  'published',
].flatMap((place) => [`${place}:1`, `${place}:4`])
const GROWER = join(import.meta.dirname, '../support/grow-log.ts')

let own: TestDatabase
let folder: TemporaryFolder
let log: GrowingLog
let pem: string

beforeAll(async () => {
  own = await createDatabase()
  folder = await temporaryFolder()
  const pair = [generateKeyPairSync('ed25519').privateKey, generateKeyPairSync('ml-dsa-44').privateKey]
  const text = pair.map((key) => key.export({ type: 'pkcs8', format: 'pem' })).join('')
  pem = join(folder.path, 'log.pem')
  await writeFile(pem, text, { mode: 0o600 })
  const keys = text.split(/(?=-----BEGIN)/).map((key) => createPrivateKey(key))
  log = await openGrowingLog(own.url, folder.path, makeLogKeys('test/log', keys))
})
afterAll(async () => {
  await log?.[Symbol.asyncDispose]()
  await folder?.remove()
  await own?.drop()
})

/** Runs until it is killed; gives the notes that it has shown. */
function growUntil(fault: string): Promise<{ readonly notes: readonly string[]; readonly signal: string | null }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [GROWER, own.url, folder.path, pem, fault],
      { timeout: 60_000 },
      (error, output) => {
        const lines = output.split('\n').slice(0, -1)
        resolve({ notes: lines.map((line) => JSON.parse(line) as string), signal: error?.signal ?? null })
      },
    )
    child.stdin?.end()
  })
}

test('killed at each step, the log goes on where it was, and no checkpoint that was shown is contradicted', async () => {
  const shown: { readonly size: number; readonly root: Buffer }[] = []
  for (const place of PLACES) {
    const { notes, signal } = await growUntil(place)
    expect([place, signal]).toEqual([place, 'SIGKILL'])
    shown.push(...notes.map((note) => openCheckpoint(note, 'test/log', log.keys.signers)))
  }
  const tree = await log.openTree()
  expect(tree.isClosed()).toBe(false)
  tree.follow()
  await log.append(1)
  expect(shown.length).toBeGreaterThan(PLACES.length)
  const sizes = shown.map(({ size }) => size)
  expect(sizes).toEqual(sizes.toSorted((one, other) => one - other))
  const { size } = shown.at(-1) ?? { size: 0 }
  for (const [at, first] of shown.entries()) {
    // With the one behind it, and with the last.
    for (const second of [shown[at + 1], shown.at(-1)]) {
      if (second === undefined) continue
      const found = await tree.consistency(first.size, second.size)
      if (found === 'beyond') throw new Error(`${first.size} to ${second.size} of ${size}`)
      const proof = { first: first.size, size: second.size, path: found.path, firstRoot: first.root, root: second.root }
      expect(verifyConsistency(proof)).toBe(true)
    }
  }
}, 120_000)
