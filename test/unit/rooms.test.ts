import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { beside, owners, rooms } from '../../scripts/house/rooms.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'

const ROOT = join(import.meta.dirname, '..', '..')

/** The ways in which one file can lean on another. */
const forms: readonly ((path: string) => string)[] = [
  (path) => `import { a } from '${path}'\nexport const b = a`,
  (path) => `import type { A } from '${path}'\nexport type B = A`,
  (path) => `export { a } from '${path}'`,
  (path) => `export * from '${path}'`,
  (path) => `export const a = await import('${path}')`,
  (path) => `export type B = import('${path}').A`,
]

/** Rooms that something runs in for others, and that are therefore held to the arrows. */
const held = rooms.filter(({ folder }) => !beside.includes(folder))

/** A file, and its one line. */
type Line = readonly [file: string, line: string]

const forbidden: readonly Line[] = held.flatMap(({ folder, enters }) =>
  rooms
    .filter((other) => other.folder !== folder && !enters.includes(other.folder))
    .flatMap((other) =>
      forms.map((form, at): Line => {
        const file = `${folder}/from-${other.folder.replaceAll('/', '-')}-${at}.ts`
        return [file, form(towards(file, `${other.folder}/x.ts`))]
      }),
    ),
)
const allowed: readonly Line[] = held.flatMap(({ folder, enters }) =>
  enters.map((other): Line => {
    const file = `${folder}/to-${other.replaceAll('/', '-')}.ts`
    return [file, `export { a } from '${towards(file, doorOf(other) ?? `${other}/x.ts`)}'`]
  }),
)
const windows: readonly Line[] = held.flatMap(({ folder, enters }) =>
  enters
    .filter((other) => doorOf(other) !== undefined)
    .map((other): Line => {
      const file = `${folder}/through-${other.replaceAll('/', '-')}.ts`
      return [file, `export type { a } from '${towards(file, `${other}/x.ts`)}'`]
    }),
)

const packages = Object.keys(
  (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { dependencies: object }).dependencies,
)
const owned: readonly Line[] = [...packages, 'vitest', 'playwright-core'].flatMap((name, at) =>
  held
    .filter(({ folder }) => owners[name]?.some((owner) => `${folder}/`.startsWith(`${owner}/`)) !== true)
    .map(({ folder }): Line => [`${folder}/package-${at}.ts`, `export { a } from '${name}'`]),
)
const homeless: Line = ['gateway-two/a.ts', "export { a } from 'node:path'"]

const impurities = [
  "export { readFileSync } from 'node:fs'",
  "export { connect } from 'net'",
  'export const now = Date.now()',
  'export const chance = Math.random()',
  'export const environment = process.env',
  'export const answer = fetch',
]
const impure = impurities.map((line, at) =>
  held.filter((room) => room.pure === true).map(({ folder }): Line => [`${folder}/impure-${at}.ts`, line]),
)

/** Two files that import each other, by values or by types. */
const circle = (kind: 'values' | 'types'): readonly [Line, Line] => {
  const folder = held[0]?.folder ?? ''
  const file = (name: string, other: string): Line => {
    const [word, type] = kind === 'types' ? ['type ', other] : ['', `typeof ${other}`]
    const from = `import ${word}{ ${other} } from './${kind}-${other}.ts'`
    return [
      `${folder}/${kind}-${name}.ts`,
      `${from}\nexport const ${name}: ${type} | undefined = undefined\nexport type ${name} = 1`,
    ]
  }
  return [file('a', 'b'), file('b', 'a')]
}
const circles = { values: circle('values'), types: circle('types') }

let house: TemporaryFolder
/** What lint says of all of these files, one fault a line. */
let found: readonly string[]

beforeAll(async () => {
  house = await temporaryFolder()
  const lines = [...forbidden, ...allowed, ...windows, ...owned, homeless, ...impure.flat()]
  found = lint(house.path, [...lines, ...circles.values, ...circles.types])
})
afterAll(() => house.remove())

const saidOf = ([file]: Line): readonly string[] => found.filter((line) => line.includes(`${file}:`))
/** Those of which lint says nothing. */
const passed = (lines: readonly Line[]): readonly string[] =>
  lines.filter((line) => saidOf(line).length === 0).map(([file]) => file)

describe('the arrows', () => {
  it('let nobody into a room where they have no business, in whatever form', () => {
    expect(forbidden.length).toBeGreaterThan(100)
    expect(passed(forbidden)).toEqual([])
  })

  it('let those in who have, by the door', () => expect(allowed.flatMap(saidOf)).toEqual([]))

  it('let nobody in by a window', () => expect(passed(windows)).toEqual([]))

  it('give each package to its owners alone', () => {
    expect(packages.filter((name) => !Object.hasOwn(owners, name))).toEqual([])
    expect(passed(owned)).toEqual([])
  })

  it('give every folder a row', () => {
    expect(saidOf(homeless).join()).toContain('is no room')
    const folders = readdirSync(join(ROOT, 'gateway'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `gateway/${name}`)
    expect(folders.filter((folder) => !rooms.some((room) => room.folder === folder))).toEqual([])
    const doors = rooms.flatMap(({ door }) => (door === undefined ? [] : [door]))
    expect(doors.filter((door) => !existsSync(join(ROOT, door)))).toEqual([])
  })
})

describe('a pure room', () => {
  it.each(impurities)('has no place for %s', (line) => {
    const files = impure[impurities.indexOf(line)] ?? []
    expect(files.length).toBeGreaterThan(0)
    expect(passed(files)).toEqual([])
  })
})

it.each(['values', 'types'] as const)('lets no file import itself through others, be it by %s', (kind) => {
  expect(circles[kind].flatMap(saidOf).join()).toContain('no-cycle')
})

function doorOf(folder: string): string | undefined {
  return rooms.find((room) => room.folder === folder)?.door
}

/** How a file names another. */
function towards(file: string, other: string): string {
  const path = relative(dirname(file), other).replaceAll('\\', '/')
  return path.startsWith('.') ? path : `./${path}`
}

/** Gives what the project's own configuration says about imports in files that are these lines. */
function lint(folder: string, files: readonly Line[]): readonly string[] {
  for (const [file, line] of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), `${line}\n`)
  }
  cpSync(join(ROOT, 'scripts', 'house'), join(folder, 'scripts', 'house'), { recursive: true })
  cpSync(join(ROOT, 'oxlint.config.ts'), join(folder, 'oxlint.config.ts'))
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  // A package may ship a configuration of its own, and here node_modules is a link, which oxlint follows.
  const flags = ['--format', 'unix', '--disable-nested-config']
  const { stdout } = spawnSync(join(ROOT, 'node_modules', '.bin', 'oxlint'), flags, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    env: { ...process.env, PATH: `${join(ROOT, 'node_modules', '.bin')}:${process.env['PATH'] ?? ''}` },
  })
  return stdout.split('\n').filter((line) => /house\(arrows\)|no-restricted|no-cycle/.test(line))
}
