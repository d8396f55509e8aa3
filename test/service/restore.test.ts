import { existsSync, readdirSync, statSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readErasures } from '../../gateway/backup/erasure-list.ts'
import { openVerify } from '../../gateway/backup/signed-by-gateway.ts'
import { startEmbedded } from '../../gateway/record/embedded/embedded.ts'
import { openUnkeyed } from '../../gateway/record/record.ts'
import type { SignedErasure } from '../../gateway/record/signed-erasures.ts'
import { newId } from '../../sdk/sign.ts'
import { readSigner } from '../support/forge.ts'
import { type HeldRecord, holdRecord, ORIGIN } from '../support/held-record.ts'
import { quiet } from '../support/quiet.ts'

/** Each starts several processes, and PostgreSQL twice. */
const SLOWLY = 120_000

let held: HeldRecord

beforeAll(async () => {
  held = await holdRecord()
})
afterAll(() => held[Symbol.asyncDispose]())

describe('a list of erasures', () => {
  let list: string

  beforeAll(async () => {
    await held.erase(held.erasure())
    await held.erase(held.erasure())
    list = join(held.folder, 'list')
    expect(await held.command('erasures', [list])).toMatchObject({ code: 0, stdout: `listed: ${list} (2 erasures)\n` })
  })

  const read = async (file: string) => {
    const entries = []
    for await (const entry of readErasures(file)) entries.push(entry)
    return entries
  }

  test('is its owner’s alone, and replaces the one that stood there', async () => {
    expect(statSync(list).mode & 0o777).toBe(0o600)
    expect(await held.command('erasures', [list])).toMatchObject({ code: 0 })
    expect(await read(list)).toHaveLength(2)
    expect(readdirSync(held.folder).filter((name) => name.startsWith('list'))).toEqual(['list'])
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
    await using record = await openUnkeyed(held.url, () => undefined, false)
    const verify = await openVerify(record.database, ORIGIN, undefined)
    for (const one of await read(list)) expect(await verify(one)).toEqual({ act: 'erase', operator: 'duty' })
    const byTime = held.erasure({ act: 'retention', operator: undefined })
    expect(await verify(byTime)).toEqual({ act: 'retention', operator: undefined })

    const good = held.erasure()
    const agency = await readSigner(held.pki.folder, 'agencies/fr-rys/signing')
    const changed = good.jws.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'))
    const differing = [{ caseId: newId() }, { actId: newId() }, { at: '2026-01-01T00:00:00Z' }, { gateway: 'another' }]
    const others = [{ act: 'discard' }, { act: 'retention' }, { operator: undefined }]
    for (const change of [...differing, ...others])
      await expect(verify(held.erasure(change)), JSON.stringify(change)).rejects.toThrow(
        'has a leaf that says something else',
      )
    await expect(verify(held.erasure({}, agency))).rejects.toThrow(
      'was signed by a certificate of the gateway that is not known',
    )
    await expect(verify({ ...good, jws: changed })).rejects.toThrow(/does not verify|has no leaf/)
    await expect(verify({ ...good, jws: 'a.b.c' })).rejects.toThrow('has no leaf of the log with it')
    await expect(verify({ ...good, caseId: newId() })).rejects.toThrow('has a leaf that says something else')

    // A certificate that the gateway has got since is the operator's to name.
    const since = await readFile(join(held.pki.folder, 'agencies/fr-rys/signing.crt'), 'utf8')
    const verifyAlso = await openVerify(record.database, ORIGIN, since)
    expect(await verifyAlso(held.erasure({}, agency))).toEqual({ act: 'erase', operator: 'duty' })
  })
})

describe('a restore', () => {
  let backup: string
  /** The same as one file. */
  let file: string
  let older: string
  let missed: SignedErasure

  beforeAll(async () => {
    older = join(held.folder, 'older')
    expect(await held.command('erasures', [older])).toMatchObject({ code: 0 })
    const backups = join(held.folder, 'backups')
    for (const kept of [1, 2]) {
      const saving = await held.command('backup', [backups, '--keep', '1'])
      expect(saving, saving.stderr).toMatchObject({ code: 0, stderr: '' })
      expect(saving.stdout.split('\n')).toHaveLength(kept + 1)
    }
    const names = readdirSync(backups)
    expect(names).toEqual([expect.stringMatching(/^passerelle-\d{8}T\d{6}Z$/)])
    backup = join(backups, names[0] ?? '')
    file = join(held.folder, 'backup.tar')
    expect(await held.command('backup', [file])).toMatchObject({ code: 0 })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const again = await held.command('backup', [file])
    expect(again).toMatchObject({ code: 78, stderr: expect.stringContaining('exists already') })
    await held.erase((missed = held.erasure()))
  })

  const fresh = (name: string): string => join(held.folder, name)
  const isEmpty = (target: string): boolean =>
    !existsSync(target) || readdirSync(target).every((name) => name === 'postgres.lock')

  test(
    'goes into an empty folder only',
    async () => {
      const target = fresh('not-empty')
      await mkdir(target, { mode: 0o700 })
      await writeFile(join(target, 'data.key'), 'a key')
      const refused = await held.command('restore', [backup, '--without-erasures'], target)
      expect(refused).toMatchObject({ code: 78, stderr: expect.stringContaining('is not empty (data.key)') })
      const standing = await held.command('restore', [backup, '--without-erasures'])
      expect(standing).toMatchObject({ code: 78, stderr: expect.stringContaining('is not empty (') })
      expect(readdirSync(target)).toEqual(['data.key'])
    },
    SLOWLY,
  )

  test(
    'goes on without a newer list of erasures only where it is told to',
    async () => {
      const target = fresh('without')
      const lists = [[], ['--erasures', older]]
      for (const words of lists) {
        const refused = await held.command('restore', [backup, ...words], target)
        expect(refused).toMatchObject({ code: 78, stderr: expect.stringContaining('--without-erasures') })
        expect(isEmpty(target)).toBe(true)
      }
      const done = await held.command('restore', [backup, '--without-erasures'], target)
      expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining('is NOT known: it has come back') })

      // A record that was restored by other means is brought to the same.
      const list = join(held.folder, 'afterwards')
      expect(await held.command('erasures', [list])).toMatchObject({ code: 0 })
      const repeating = await held.command('erasures', ['--repeat', list], target)
      expect(repeating).toMatchObject({ code: 0, stdout: '1 cases erased again\n' })
      const mark = JSON.parse(await readFile(join(target, 'restored.json'), 'utf8')) as object
      expect(mark).toMatchObject({ log: { origin: ORIGIN }, erasures: { repeated: 1 } })
    },
    SLOWLY,
  )

  test(
    'refuses a list of another log, and one with an erasure that the gateway has not signed',
    async () => {
      const target = fresh('forged')
      const list = join(held.folder, 'newer')
      expect(await held.command('erasures', [list])).toMatchObject({ code: 0 })
      const text = await readFile(list, 'utf8')
      await writeFile(`${list}-other`, text.replace(ORIGIN, `${ORIGIN}1`))
      await writeFile(`${list}-forged`, text.replace(missed.caseId, newId()))
      for (const [file, why] of [
        ['other', 'is not of the log passerelle-development/00000000'],
        ['forged', `the erasure ${missed.actId} has a leaf that says something else`],
      ]) {
        const refused = await held.command('restore', [backup, '--erasures', `${list}-${file}`], target)
        expect(refused).toMatchObject({ code: 78, stderr: expect.stringContaining(why ?? '') })
        expect(isEmpty(target)).toBe(true)
      }
    },
    SLOWLY,
  )

  test(
    'that was cut short lets no gateway begin there, and may be made again, from a file too',
    async () => {
      const target = fresh('cut-short')
      await mkdir(join(target, 'restoring'), { recursive: true, mode: 0o700 })
      await writeFile(join(target, 'restoring/PG_VERSION'), '18\n')
      await expect(startEmbedded(target, quiet)).rejects.toThrow('a restore into')
      const none = await held.command('backup', [fresh('none')], target)
      expect(none).toMatchObject({ code: 78, stderr: expect.stringContaining('there is no record in') })
      const list = join(held.folder, 'newest')
      expect(await held.command('erasures', [list])).toMatchObject({ code: 0 })
      const done = await held.command('restore', [file, '--erasures', list], target)
      expect(done).toMatchObject({ code: 0, stdout: expect.stringMatching(/^1 cases erased again; /m) })
      expect(readdirSync(target).toSorted()).toEqual(['postgres', 'postgres.lock', 'restored.json'])
    },
    SLOWLY,
  )
})
