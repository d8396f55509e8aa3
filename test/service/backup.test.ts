import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { mkdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type DevelopmentPki, makeDevelopmentPki } from '../../certs-dev/tree.ts'
import { formatDescription } from '../../gateway/backup/description.ts'
import { readErasures } from '../../gateway/backup/erasure-list.ts'
import { layOut } from '../../gateway/backup/lay-out.ts'
import { openVerify } from '../../gateway/backup/signed-by-gateway.ts'
import { formatSums } from '../../gateway/backup/sums.ts'
import { writeFolder, writeTar } from '../../gateway/backup/writing.ts'
import { startEmbedded } from '../../gateway/record/embedded/embedded.ts'
import { openUnkeyed, transaction } from '../../gateway/record/record.ts'
import { appendLeaves, openLog } from '../../gateway/record/leaves.ts'
import { recordPins } from '../../gateway/record/parties.ts'
import { repeatErasure, type SignedErasure } from '../../gateway/record/signed-erasures.ts'
import { newId, type Signer } from '../../sdk/sign.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { forge, readSigner } from '../support/forge.ts'
import { until } from '../support/gateway.ts'
import { runProcess, type RunningProcess, startProcess } from '../support/process.ts'
import { quiet } from '../support/quiet.ts'

const GATEWAY = 'passerelle-development'
const ORIGIN = `${GATEWAY}/00000000`

let folder: TemporaryFolder
let pki: DevelopmentPki
let signer: Signer
let data: string
let running: RunningProcess
let url: string

beforeAll(async () => {
  folder = await temporaryFolder()
  pki = await makeDevelopmentPki(join(folder.path, 'pki'))
  signer = await readSigner(pki.folder, 'gateway/signing')
  data = join(folder.path, 'data')
  running = await startProcess(['test/support/hold-embedded.ts', data], {}, { ready: /^ready .*$/m })
  url = running.ready.slice('ready '.length)
  const pem = await readFile(join(pki.folder, 'gateway/signing.crt'), 'utf8')
  await using record = await openUnkeyed(url, () => undefined, true)
  await transaction(record.database, async (tx) => {
    await openLog(tx, ORIGIN)
    const pin = { party: GATEWAY, use: 'signing', thumbprint: signer.thumbprint, pem } as const
    await recordPins(tx, [pin], new Date())
    return { result: await appendLeaves(tx, [{ id: newId(), typ: 'registry-entry+jws', jws: 'a.b.c' }]) }
  })
})
afterAll(async () => {
  await running?.stop()
  await folder?.remove()
})

const nowhere = {
  folder: async () => undefined,
  file: async (_: string, __: number, content: AsyncIterable<unknown> | Iterable<unknown>) => {
    for await (const chunk of content) void chunk
  },
  end: async () => undefined,
}

/** An erasure as the gateway signs it, unless the test asks for another leaf. */
function erasure(change: object = {}, by = signer): SignedErasure {
  const [actId, caseId, at] = [newId(), newId(), new Date()]
  const payload = { actId, at: at.toISOString(), gateway: GATEWAY, act: 'erase', operator: 'duty', caseId, ...change }
  return { actId, caseId, at, jws: forge({ typ: 'operator-act+jws', payload, signer: by }) }
}

async function erase(one: SignedErasure): Promise<void> {
  await using record = await openUnkeyed(url, () => undefined, false)
  const said = { act: 'erase', operator: 'duty' } as const
  await transaction(record.database, async (tx) => ({ result: await repeatErasure(tx, one, said) }))
}

const settings = (folderOfData: string) => ({
  PASSERELLE_DATA: folderOfData,
  PASSERELLE_SIGNING_CERT: join(folder.path, 'none'),
})
const command = (name: string, words: readonly string[], on = data) =>
  runProcess([`gateway/commands/${name}.ts`, ...words], settings(on))

describe('a backup that is not as it was written', () => {
  let backup: string
  let tried: number

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

describe('a list of erasures', () => {
  let list: string

  beforeAll(async () => {
    await erase(erasure())
    await erase(erasure())
    list = join(folder.path, 'list')
    expect(await command('erasures', [list])).toMatchObject({ code: 0, stdout: `listed: ${list} (2 erasures)\n` })
  })

  const read = async (file: string) => {
    const entries = []
    for await (const entry of readErasures(file)) entries.push(entry)
    return entries
  }

  test('is its owner’s alone, and replaces the one that stood there', async () => {
    expect(statSync(list).mode & 0o777).toBe(0o600)
    expect(await command('erasures', [list])).toMatchObject({ code: 0 })
    expect(await read(list)).toHaveLength(2)
    expect(readdirSync(folder.path).filter((name) => name.startsWith('list'))).toEqual(['list'])
  })

  test('is refused where it is cut off, wherever', async () => {
    const text = await readFile(list, 'utf8')
    const cut = `${list}-cut`
    for (let end = 0; end < text.length; end += 97) {
      await writeFile(cut, text.slice(0, end))
      await expect(read(cut), `cut at ${end}`).rejects.toThrow('is no list of erasures')
    }
    const lines = text.split('\n')
    await writeFile(cut, lines.toSpliced(1, 1).join('\n'))
    await expect(read(cut)).rejects.toThrow('it is cut off')
  })

  test.each([
    ['another form', (text: string) => text.replace('erasures/1', 'erasures/2'), 'does not begin with the form'],
    ['no such time', (text: string) => text.replace('"at":"2', '"at":"x'), 'does not begin with the form'],
    ['a member too many', (text: string) => text.replace('{"actId"', '{"a":1,"actId"'), 'line 2'],
    ['a member twice', (text: string) => text.replace('{"actId"', '{"jws":"","actId"'), 'line 2'],
    ['no id', (text: string) => text.replace(/"caseId":"./, '"caseId":"'), 'line 2'],
    ['what no JWS has', (text: string) => text.replace('"jws":"', '"jws":"Ł'), 'line 2'],
    ['a long line', (text: string) => text.replace('"jws":"', `"jws":"${'a'.repeat(20_000)}`), 'a line is too long'],
    ['more after its end', (text: string) => `${text}{"entries":2}\n`, 'line 5'],
  ])('is refused with %s', async (_, change, why) => {
    const file = `${list}-changed`
    await writeFile(file, change(await readFile(list, 'utf8')))
    await expect(read(file)).rejects.toThrow(why)
  })

  test('counts only as the gateway has signed it', async () => {
    await using record = await openUnkeyed(url, () => undefined, false)
    const verify = await openVerify(record.database, ORIGIN, undefined)
    for (const one of await read(list)) expect(await verify(one)).toEqual({ act: 'erase', operator: 'duty' })
    const byTime = erasure({ act: 'retention', operator: undefined })
    expect(await verify(byTime)).toEqual({ act: 'retention', operator: undefined })

    const good = erasure()
    const agency = await readSigner(pki.folder, 'agencies/fr-rys/signing')
    const changed = good.jws.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'))
    const differing = [{ caseId: newId() }, { actId: newId() }, { at: '2026-01-01T00:00:00Z' }, { gateway: 'another' }]
    const others = [{ act: 'discard' }, { act: 'retention' }, { operator: undefined }]
    for (const change of [...differing, ...others])
      await expect(verify(erasure(change)), JSON.stringify(change)).rejects.toThrow(
        'has a leaf that says something else',
      )
    await expect(verify(erasure({}, agency))).rejects.toThrow(
      'was signed by a certificate of the gateway that is not known',
    )
    await expect(verify({ ...good, jws: changed })).rejects.toThrow(/does not verify|has no leaf/)
    await expect(verify({ ...good, jws: 'a.b.c' })).rejects.toThrow('has no leaf of the log with it')
    await expect(verify({ ...good, caseId: newId() })).rejects.toThrow('has a leaf that says something else')

    // A certificate that the gateway has got since is the operator's to name.
    const since = await readFile(join(pki.folder, 'agencies/fr-rys/signing.crt'), 'utf8')
    const verifyAlso = await openVerify(record.database, ORIGIN, since)
    expect(await verifyAlso(erasure({}, agency))).toEqual({ act: 'erase', operator: 'duty' })
  })
})

describe('a restore', () => {
  let backup: string
  let older: string
  let missed: SignedErasure

  beforeAll(async () => {
    older = join(folder.path, 'older')
    expect(await command('erasures', [older])).toMatchObject({ code: 0 })
    const backups = join(folder.path, 'backups')
    for (const kept of [1, 2]) {
      const saving = await command('backup', [backups, '--keep', '1'])
      expect(saving, saving.stderr).toMatchObject({ code: 0, stderr: '' })
      expect(saving.stdout.split('\n')).toHaveLength(kept + 1)
    }
    const names = readdirSync(backups)
    expect(names).toEqual([expect.stringMatching(/^passerelle-\d{8}T\d{6}Z$/)])
    backup = join(backups, names[0] ?? '')
    await erase((missed = erasure()))
  })

  const fresh = (name: string): string => join(folder.path, name)
  const isEmpty = (target: string): boolean =>
    !existsSync(target) || readdirSync(target).every((name) => name === 'postgres.lock')

  test('goes into an empty folder only', async () => {
    const target = fresh('not-empty')
    await mkdir(target, { mode: 0o700 })
    await writeFile(join(target, 'data.key'), 'a key')
    const refused = await command('restore', [backup, '--without-erasures'], target)
    expect(refused).toMatchObject({ code: 78, stderr: expect.stringContaining('is not empty (data.key)') })
    const standing = await command('restore', [backup, '--without-erasures'])
    expect(standing).toMatchObject({ code: 78, stderr: expect.stringContaining('is not empty (') })
    expect(readdirSync(target)).toEqual(['data.key'])
  })

  test('goes on without a newer list of erasures only where it is told to', async () => {
    const target = fresh('without')
    const lists = [[], ['--erasures', older]]
    for (const words of lists) {
      const refused = await command('restore', [backup, ...words], target)
      expect(refused).toMatchObject({ code: 78, stderr: expect.stringContaining('--without-erasures') })
      expect(isEmpty(target)).toBe(true)
    }
    const done = await command('restore', [backup, '--without-erasures'], target)
    expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining('is NOT known: it has come back') })
  })

  test('refuses a list of another log, and one with an erasure that the gateway has not signed', async () => {
    const target = fresh('forged')
    const list = join(folder.path, 'newer')
    expect(await command('erasures', [list])).toMatchObject({ code: 0 })
    const text = await readFile(list, 'utf8')
    await writeFile(`${list}-other`, text.replace(ORIGIN, `${GATEWAY}/11111111`))
    await writeFile(`${list}-forged`, text.replace(missed.caseId, newId()))
    for (const [file, why] of [
      ['other', 'is not of the log passerelle-development/00000000'],
      ['forged', `the erasure ${missed.actId} has a leaf that says something else`],
    ]) {
      const refused = await command('restore', [backup, '--erasures', `${list}-${file}`], target)
      expect(refused).toMatchObject({ code: 78, stderr: expect.stringContaining(why ?? '') })
      expect(isEmpty(target)).toBe(true)
    }
  })

  test('that was cut short lets no gateway begin there, and may be made again', async () => {
    const target = fresh('cut-short')
    await mkdir(join(target, 'restoring'), { recursive: true, mode: 0o700 })
    await writeFile(join(target, 'restoring/PG_VERSION'), '18\n')
    await expect(startEmbedded(target, quiet)).rejects.toThrow('a restore into')
    const none = await command('backup', [fresh('none')], target)
    expect(none).toMatchObject({ code: 78, stderr: expect.stringContaining('there is no record in') })
    const list = join(folder.path, 'newest')
    expect(await command('erasures', [list])).toMatchObject({ code: 0 })
    const done = await command('restore', [backup, '--erasures', list], target)
    expect(done).toMatchObject({ code: 0, stdout: expect.stringMatching(/^1 cases erased again; /m) })
    expect(readdirSync(target).toSorted()).toEqual(['postgres', 'postgres.lock', 'restored.json'])
  })
})

describe('a backup that does not come to its end', () => {
  /** A backup that is being written, in a process group of its own. */
  async function begin(target: string) {
    const child = spawn(process.execPath, ['gateway/commands/backup.ts', target], {
      cwd: join(import.meta.dirname, '../..'),
      env: { PATH: process.env['PATH'], ...settings(data) },
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
    const target = join(folder.path, signal)
    const { child, ended } = await begin(target)
    child.kill(signal)
    expect(await ended).toEqual([code, code === null ? signal : null])
    const left = readdirSync(target)
    expect(left.filter((name) => !/^\.passerelle-.*\.part-/.test(name))).toEqual([])
    if (code !== null) expect(left).toEqual([])
    for (const name of left) await expect(layOut(join(target, name, 'backup'), nowhere)).rejects.toThrow('is missing')
  })

  test('because the gateway stops holds that up by nothing', async () => {
    const target = join(folder.path, 'stopped')
    const { child, ended } = await begin(target)
    child.kill('SIGSTOP')
    expect(await running.stop()).toBe(0)
    child.kill('SIGCONT')
    expect(await ended).toEqual([1, null])
    expect(readdirSync(target)).toEqual([])
  })
})
