import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { AnySchemaObject } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadSchemaFolder } from '../../gateway/exchange/schema-folder.ts'
import { readCatalogue } from '../../gateway/protocol/catalogue.ts'
import { mutantsOf } from '../../scripts/schemas/mutants.ts'
import { charactersOf, excludes, spelt } from '../../scripts/schemas/patterns.ts'
import { changesOf, SUMS } from '../../scripts/schemas/published.ts'
import { takeApart } from '../../scripts/schemas/subjects.ts'
import { narrowings, unproved } from '../../scripts/schemas/widening.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'

const folder = join(import.meta.dirname, '../../schemas')
const files = await loadSchemaFolder(folder)
const versions = readCatalogue(files).releases.map(({ version }) => version)

describe('what was published', () => {
  let copy: TemporaryFolder
  /** The newest alone, by which a change is seen as well as by all. */
  const [version = ''] = versions.slice(-1)
  beforeAll(async () => {
    copy = await temporaryFolder()
    for (const file of (await readdir(folder, { recursive: true })).filter(
      (path) => /^\w|^1/.test(path) && path.includes('.'),
    )) {
      if (!file.startsWith(version) && file.includes('/')) continue
      const bytes = await readFile(join(folder, file)).catch(() => undefined)
      if (bytes === undefined) continue
      await mkdir(dirname(join(copy.path, file)), { recursive: true })
      await writeFile(join(copy.path, file), bytes)
    }
    const sums = await readFile(join(folder, version, SUMS))
    await writeFile(join(copy.path, version, SUMS), sums)
    const digests = (await readFile(join(folder, SUMS), 'utf8'))
      .split('\n')
      .filter((line) => line.includes(`${version}/`))
    await writeFile(join(copy.path, SUMS), `${digests.join('\n')}\n`)
  })
  afterAll(() => copy.remove())
  const found = async () => changesOf(copy.path, await loadSchemaFolder(copy.path), [version])

  test('has never changed', async () => {
    expect(await changesOf(folder, files, versions)).toEqual([])
    expect(await found()).toEqual([])
  })

  test('is held by a digest outside of it: whoever changes a file and its sum is found', async () => {
    const path = join(copy.path, version, 'outcome.schema.json')
    const bytes = await readFile(path, 'utf8')
    await writeFile(path, bytes.replace('"outcome"', '"result"'))
    expect(await found()).toEqual([`${version}/outcome.schema.json`])
    const sums = await readFile(join(copy.path, version, SUMS), 'utf8')
    await writeFile(join(copy.path, version, SUMS), sums.replace(/^.+ {2}outcome\.schema\.json$/m, ''))
    expect(await found()).toContain(`${version}/${SUMS}`)
    await writeFile(path, bytes)
    await writeFile(join(copy.path, version, SUMS), sums)
    await writeFile(join(copy.path, version, 'more.schema.json'), '{}')
    expect(await found()).toEqual([`${version}/more.schema.json`])
  })
})

describe('each release takes what the one before took', () => {
  test.each(versions.slice(1).map((version, at) => [version, versions[at] ?? ''] as const))(
    '%s after %s',
    (version, before) => {
      const { places, stale } = unproved(version, takeApart(files, before), takeApart(files, version))
      expect(places, 'not proved by structure').toEqual([])
      expect(stale, 'judged, and proved by now').toEqual([])
    },
  )

  const newest = takeApart(files, versions.at(-1) ?? '')

  test('and a release takes what it takes itself', () => {
    expect(narrowings(newest, newest)).toEqual([])
  })

  /** Each commit tries one in so many. */
  const ONE_IN = 4
  /** A mutant takes more than the schema that it was made from: going back is what must never happen. */
  test('but no keyword that comes, or is tightened, goes unnoticed', () => {
    const silent: string[] = []
    let tried = 0
    for (const [subject, schema] of newest)
      for (const mutant of mutantsOf(schema)) {
        // A closed object without its members takes less, and so does a rule that is asked for more often, and a list without a code.
        if (/\/properties deleted$|\/if[ /]|\/(?:enum|anyOf) without|\/schemaVersion/.test(mutant.what)) continue
        tried += 1
        if (tried % ONE_IN !== 0) continue
        const earlier = new Map<string, AnySchemaObject>(newest).set(subject, mutant.schema)
        if (narrowings(new Map([[subject, mutant.schema]]), earlier.set(subject, schema)).length === 0)
          silent.push(`${subject} ${mutant.what}`)
      }
    expect(tried / ONE_IN).toBeGreaterThan(500)
    expect(silent).toEqual([])
  })
})

describe('patterns', () => {
  test('of two spellings are one', () => {
    expect(spelt(String.raw`\S`)).toBe(
      spelt('[^\\t\\n\\x0b\\f\\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]'),
    )
    expect(spelt(String.raw`[^\s@]`)).toBe(
      spelt('[^\\t\\n\\x0b\\f\\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff@]'),
    )
    expect(spelt(String.raw`\u0041\x42`)).toBe('AB')
  })

  test.each([
    ['^[0-9]+$', true],
    [String.raw`^\+[1-9][0-9]{6,14}$`, true],
    ['^(?:fr|gb)(?:-[a-z0-9]+)+$', true],
    ['^[^@]+$', false],
    ['^.$', false],
    ['^[0-9]+', false],
    ['[0-9]+$', false],
    ['^a|b$', false],
    [String.raw`^(?=a)[a-z]$`, false],
    [String.raw`^\n$`, false],
  ])('%s has no line break: %s', (pattern, expected) => {
    expect(excludes(spelt(pattern), ['\n', '\r'])).toBe(expected)
  })

  test('a class of characters is these, and anything else none', () => {
    expect(charactersOf('[\\n\\r\u0085]')).toEqual(['\n', '\r', '\u0085'])
    for (const other of ['[^\\n]', '[a-z]', 'a', '[a]+']) expect(charactersOf(other)).toBeUndefined()
  })
})
