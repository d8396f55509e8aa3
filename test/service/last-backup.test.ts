import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { noteBackup, watchBackup } from '../../gateway/record/last-backup.ts'
import { temporaryFolder } from '../support/folder.ts'

const HOUR = 3_600_000
const at = new Date('2026-11-28T09:00:00Z')
const later = (ms: number): Date => new Date(at.getTime() + ms)

test('a backup is overdue when it is older than it may be, and where nobody has noted one', async () => {
  await using folder = await temporaryFolder()
  const faults: unknown[] = []
  let last: Date | undefined
  const look = async (mostMs: number | undefined, now: Date) => {
    const watched = await watchBackup(folder.path, mostMs, (error) => void faults.push(error))
    await watched.close()
    last = watched.last()
    return watched.isOverdue(now)
  }
  expect(await look(HOUR, at)).toBe(true)
  expect(await look(undefined, at)).toBe(false)
  expect(last).toBeUndefined()
  await noteBackup(folder.path, at)
  expect(await look(HOUR, later(HOUR))).toBe(false)
  expect(last).toEqual(at)
  expect(await look(HOUR, later(HOUR + 1))).toBe(true)
  await noteBackup(folder.path, later(HOUR))
  expect(await look(HOUR, later(2 * HOUR))).toBe(false)
  expect(faults).toEqual([])

  for (const broken of ['', '{}', '{"at": "yesterday"}', '[]']) {
    faults.length = 0
    await writeFile(join(folder.path, 'last-backup.json'), broken)
    expect(await look(HOUR, at), broken).toBe(true)
    expect(faults.length, broken).toBeGreaterThan(0)
  }
})
