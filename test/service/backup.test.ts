import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { formatDescription } from '../../gateway/backup/description.ts'
import { layOut } from '../../gateway/backup/lay-out.ts'
import { formatSums } from '../../gateway/backup/sums.ts'
import { writeFolder, writeTar } from '../../gateway/backup/writing.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { until } from '../support/gateway.ts'
import { type HeldRecord, holdRecord, ORIGIN, settingsFor } from '../support/held-record.ts'

const nowhere = {
  folder: async () => undefined,
  file: async (_: string, __: number, content: AsyncIterable<unknown> | Iterable<unknown>) => {
    for await (const chunk of content) void chunk
  },
  end: async () => undefined,
}

describe('a backup that is not as it was written', () => {
  let folder: TemporaryFolder
  let backup: string
  let tried: number

  beforeAll(async () => {
    folder = await temporaryFolder()
  })
  afterAll(() => folder.remove())
  beforeEach(async () => {
    tried = 0
    backup = join(folder.path, 'small')
    for (const path of [backup, `${backup}.tar`]) await rm(path, { recursive: true, force: true })
    const contents = new Map([
      ['record/PG_VERSION', '18\n'],
      ['record/base/1/1', 'x'.repeat(9000)],
      ['erasures.jsonl', '{}\n'],
      [
        'backup.json',
        formatDescription({ at: new Date(), log: { origin: ORIGIN, size: 0, last: undefined }, folders: [] }),
      ],
    ])
    const sums = new Map([...contents].map(([path, text]) => [path, createHash('sha256').update(text).digest('hex')]))
    const writing = await writeFolder(backup)
    const tar = writeTar(`${backup}.tar`)
    for (const [path, text] of [...contents, ['SHA256SUMS', formatSums(sums)] as const])
      for (const one of [writing, tar]) await one.file(path, Buffer.byteLength(text), [Buffer.from(text)])
    await Promise.all([writing.end(), tar.end()])
  })

  const tryOut = async (from: string) => {
    const target = join(folder.path, `tried-${(tried += 1)}`)
    try {
      return await layOut(from, await writeFolder(target, false))
    } finally {
      await rm(target, { recursive: true })
    }
  }

  test.each([
    [
      'changed',
      (file: string) => writeFile(file, 'y'.repeat(9000)),
      'record/base/1/1 of the backup is not as it was written',
    ],
    ['cut', (file: string) => truncate(file, 8999), 'record/base/1/1 of the backup is not as it was written'],
    ['missing', (file: string) => rm(file), 'record/base/1/1 is missing from the backup'],
    [
      'joined by another',
      (file: string) => writeFile(`${file}2`, ''),
      'record/base/1/12 does not belong to the backup',
    ],
    ['a link', (file: string) => symlink('1', `${file}2`), 'record/base/1/12 of the backup is no file'],
    ['without its sums', () => rm(join(backup, 'SHA256SUMS')), 'SHA256SUMS is missing'],
    ['without its description', () => rm(join(backup, 'backup.json')), 'backup.json is missing from the backup'],
    ['named oddly', () => writeFile(join(backup, 'a b'), ''), 'a file of a name that no backup has'],
    [
      'no backup',
      () => rm(backup, { recursive: true }).then(() => symlink('/', backup)),
      'is neither a folder nor a file',
    ],
  ])('is refused by name: %s', async (_, change, why) => {
    await tryOut(backup)
    await change(join(backup, 'record/base/1/1'))
    await expect(tryOut(backup)).rejects.toThrow(why)
  })

  test('is not written where something stands, and it is said what stopped it', async () => {
    const content = (): Buffer[] => Array.from({ length: 100 }, () => Buffer.alloc(65_536))
    const tar = writeTar(`${backup}.tar`)
    for (const path of ['record/1', 'record/2'])
      await expect(tar.file(path, 6_553_600, content())).rejects.toThrow('EEXIST')
    await expect(writeFolder(backup)).rejects.toThrow('EEXIST')
  })

  test('is refused as a file that is cut off anywhere, or has a bit changed anywhere that is read', async () => {
    const whole = await readFile(`${backup}.tar`)
    const file = `${backup}-cut.tar`
    expect(await tryOut(`${backup}.tar`)).toMatchObject({ log: { origin: ORIGIN } })
    // The last two blocks are zeros that end the archive.
    for (let end = 0; end < whole.length - 1024; end += 500) {
      await writeFile(file, whole.subarray(0, end))
      await expect(tryOut(file), `cut at ${end}`).rejects.toThrow(/is missing|is cut off/)
    }
    for (const at of [whole.indexOf('xxx'), whole.indexOf('PG_VERSION'), whole.indexOf('{"form"')].filter(
      (at) => at > 0,
    )) {
      const changed = Buffer.from(whole)
      changed[at] = (changed[at] ?? 0) ^ 1
      await writeFile(file, changed)
      await expect(tryOut(file), `changed at ${at}`).rejects.toThrow()
    }
  })
})

describe('a backup that does not come to its end', () => {
  let record: HeldRecord

  beforeAll(async () => {
    record = await holdRecord()
  })
  afterAll(() => record[Symbol.asyncDispose]())

  /** A backup that is being written, in a process group of its own. */
  async function begin(target: string) {
    const child = spawn(process.execPath, ['gateway/commands/backup.ts', target], {
      cwd: join(import.meta.dirname, '../..'),
      env: { PATH: process.env['PATH'], ...settingsFor(record.data) },
      stdio: 'ignore',
      detached: true,
    })
    const ended = once(child, 'exit')
    const parts = (): string[] => (existsSync(target) ? readdirSync(target) : [])
    await until(
      () => child.exitCode !== null || parts().some((name) => existsSync(join(target, name, 'backup/record/base'))),
    )
    return { child, ended }
  }

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGKILL', null],
  ] as const)('by %s leaves nothing that looks like one', async (signal, code) => {
    const target = join(record.folder, signal)
    const { child, ended } = await begin(target)
    child.kill(signal)
    expect(await ended).toEqual([code, code === null ? signal : null])
    const left = readdirSync(target)
    expect(left.filter((name) => !/^\.passerelle-.*\.part-/.test(name))).toEqual([])
    if (code !== null) expect(left).toEqual([])
    for (const name of left) await expect(layOut(join(target, name, 'backup'), nowhere)).rejects.toThrow('is missing')
  })

  test('because a page is damaged says so', async () => {
    // Of template0, which nobody has read since it was made: what stands on the disk is what is sent.
    const folder = join(record.data, 'postgres/base/4')
    const sizes = readdirSync(folder).map((name) => ({ name, size: statSync(join(folder, name)).size }))
    const { name } = sizes.reduce((one, other) => (one.size > other.size ? one : other))
    const page = await readFile(join(folder, name))
    await writeFile(join(folder, name), Buffer.from(page).fill(1, 5000, 5100))
    const target = join(record.folder, 'damaged')
    const saving = await record.command('backup', [target])
    await writeFile(join(folder, name), page)
    expect(saving).toMatchObject({ code: 1, stderr: expect.stringContaining('checksum verification failure') })
    expect(readdirSync(target)).toEqual([])
  })

  test('because the gateway stops holds that up by nothing', async () => {
    const target = join(record.folder, 'stopped')
    const { child, ended } = await begin(target)
    child.kill('SIGSTOP')
    expect(await record.process.stop()).toBe(0)
    child.kill('SIGCONT')
    expect(await ended).toEqual([1, null])
    expect(readdirSync(target)).toEqual([])
  })
})
