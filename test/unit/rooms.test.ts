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

let house: TemporaryFolder

beforeAll(async () => {
  house = await temporaryFolder()
})
afterAll(() => house.remove())

/** Rooms that something runs in for others, and that are therefore held to the arrows. */
const held = rooms.filter(({ folder }) => !beside.includes(folder))

describe('the arrows', () => {
  it('let nobody into a room where they have no business, in whatever form', () => {
    const lines = held.flatMap(({ folder, enters }) =>
      rooms
        .filter((other) => other.folder !== folder && !enters.includes(other.folder))
        .flatMap((other) =>
          forms.map((form, at) => {
            const file = `${folder}/from-${other.folder.replaceAll('/', '-')}-${at}.ts`
            return [file, form(towards(file, `${other.folder}/x.ts`))] as const
          }),
        ),
    )
    const found = lint('forbidden', lines)
    expect(lines.length).toBeGreaterThan(100)
    expect(lines.filter(([file]) => !found.includes(`${file}:`)).map(([file]) => file)).toEqual([])
  })

  it('let those in who have, by the door', () => {
    const lines = held.flatMap(({ folder, enters }) =>
      enters.map((other) => {
        const file = `${folder}/to-${other.replaceAll('/', '-')}.ts`
        return [file, `export { a } from '${towards(file, doorOf(other) ?? `${other}/x.ts`)}'`] as const
      }),
    )
    expect(lint('allowed', lines)).toBe('')
  })

  it('let nobody in by a window', () => {
    const lines = held.flatMap(({ folder, enters }) =>
      enters
        .filter((other) => doorOf(other) !== undefined)
        .map((other) => {
          const file = `${folder}/through-${other.replaceAll('/', '-')}.ts`
          return [file, `export type { a } from '${towards(file, `${other}/x.ts`)}'`] as const
        }),
    )
    const found = lint('windows', lines)
    expect(lines.filter(([file]) => !found.includes(`${file}:`)).map(([file]) => file)).toEqual([])
  })

  it('give each package to its owners alone', () => {
    const packages = Object.keys(
      (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { dependencies: object }).dependencies,
    )
    expect(packages.filter((name) => !Object.hasOwn(owners, name))).toEqual([])
    const lines = [...packages, 'vitest', 'playwright-core'].flatMap((name, at) =>
      held
        .filter(({ folder }) => owners[name]?.some((owner) => `${folder}/`.startsWith(`${owner}/`)) !== true)
        .map(({ folder }) => [`${folder}/package-${at}.ts`, `export { a } from '${name}'`] as const),
    )
    const found = lint('packages', lines)
    expect(lines.filter(([file]) => !found.includes(`${file}:`)).map(([file]) => file)).toEqual([])
  })

  it('give every folder a row', () => {
    expect(lint('no-room', [['gateway-two/a.ts', "export { a } from 'node:path'"]])).toContain('is no room')
    const folders = readdirSync(join(ROOT, 'gateway'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `gateway/${name}`)
    expect(folders.filter((folder) => !rooms.some((room) => room.folder === folder))).toEqual([])
    const doors = rooms.flatMap(({ door }) => (door === undefined ? [] : [door]))
    expect(doors.filter((door) => !existsSync(join(ROOT, door)))).toEqual([])
  })
})

describe('a pure room', () => {
  const pure = held.filter((room) => room.pure === true)
  const lines = [
    "export { readFileSync } from 'node:fs'",
    "export { connect } from 'net'",
    'export const now = Date.now()',
    'export const chance = Math.random()',
    'export const environment = process.env',
    'export const answer = fetch',
  ]
  it.each(lines)('has no place for %s', (line) => {
    const files = pure.map(({ folder }) => [`${folder}/impure.ts`, line] as const)
    const found = lint(`impure-${lines.indexOf(line)}`, files)
    expect(files.filter(([file]) => !found.includes(`${file}:`))).toEqual([])
  })
})

it.each([
  ['', 'values'],
  ['type ', 'types'],
])('lets no file import itself through others, be it by %s%s', (kind) => {
  const { folder } = held[0] ?? { folder: '' }
  const circle = [
    [
      `${folder}/a.ts`,
      `import ${kind}{ b } from './b.ts'\nexport const a: ${kind ? 'b' : 'typeof b'} | undefined = undefined\nexport type a = 1`,
    ],
    [
      `${folder}/b.ts`,
      `import ${kind}{ a } from './a.ts'\nexport const b: ${kind ? 'a' : 'typeof a'} | undefined = undefined\nexport type b = 1`,
    ],
  ] as const
  expect(lint(`circle${kind.trim()}`, circle)).toContain('no-cycle')
})

const doorOf = (folder: string): string | undefined => rooms.find((room) => room.folder === folder)?.door

/** How a file names another. */
function towards(file: string, other: string): string {
  const path = relative(dirname(file), other).replaceAll('\\', '/')
  return path.startsWith('.') ? path : `./${path}`
}

/** Gives what the project's own configuration says about imports in files that are these lines. */
function lint(name: string, files: readonly (readonly [file: string, line: string])[]): string {
  const folder = join(house.path, name)
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
    env: { ...process.env, PATH: `${join(ROOT, 'node_modules', '.bin')}:${process.env['PATH'] ?? ''}` },
  })
  return stdout
    .split('\n')
    .filter((line) => /house\(arrows\)|no-restricted|no-cycle/.test(line))
    .join('\n')
}
