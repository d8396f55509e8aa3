/**
 * A process that follows a log's leaves, appends some all the while, and writes each checkpoint that it shows to standard output, until
 * its fault point is reached: `node grow-log.ts <database> <folder> <keys.pem> <fault>`.
 */
import { createPrivateKey } from 'node:crypto'
import { readFileSync, writeSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { makeLogKeys, openGrowingLog } from './growing-log.ts'

const [url = '', folder = '', pem = '', fault] = process.argv.slice(2)
const keys = readFileSync(pem, 'utf8')
  .split(/(?=-----BEGIN)/)
  .map((key) => createPrivateKey(key))

await using log = await openGrowingLog(url, folder, makeLogKeys('test/log', keys))
const tree = await log.openTree({ ...(fault !== undefined && { fault }) })
let shown: string | undefined
function show(): void {
  const note = tree.latest()?.note
  if (note === undefined || note === shown) return
  shown = note
  writeSync(1, `${JSON.stringify(note)}\n`)
}
show()
tree.follow()
for (let at = 0; at < 400; at += 1) {
  await log.append(1 + ((at * 37) % 90))
  await pause(5)
  show()
}
