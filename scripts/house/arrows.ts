// The lint rule that holds imports to the table of rooms: whatever the import looks like, types included.
import { dirname, join, relative, resolve, sep } from 'node:path'
import { beside, owners, type Room, rooms } from './rooms.ts'

type Node = {
  readonly type: string
  readonly source?: Literal | null
  readonly argument?: { readonly literal?: Literal }
}
type Literal = { readonly value?: unknown }
type Context = { readonly filename: string; readonly cwd: string; report(fault: { message: string; node: Node }): void }

const INPUT_OUTPUT =
  /^(?:node:)?(?:fs|net|tls|http|https|http2|dns|dgram|child_process|worker_threads|cluster|sqlite|timers|os|process)(?:\/|$)/

/** Why a file may not import this, or nothing where it may. @param file and what it gives are paths from the root */
export function whyNot(file: string, specifier: string): string | undefined {
  const room = roomOf(file)
  if (room === undefined)
    return file.includes('/') ? `${dirname(file)} is no room: give it a row in the table` : undefined
  if (!specifier.startsWith('.')) return whyNotPackage(file, room, specifier)
  const target = posix(join(dirname(file), specifier))
  const other = roomOf(target)
  if (other === undefined || other === room) return undefined
  if (!room.enters.includes(other.folder)) return `${room.folder} may not enter ${other.folder}`
  if (other.door === undefined || target === other.door || beside.includes(room.folder)) return undefined
  return `${other.folder} is entered by its door, ${other.door}`
}

function whyNotPackage(file: string, room: Room, specifier: string): string | undefined {
  if (room.pure === true && INPUT_OUTPUT.test(specifier)) return 'rules do no input or output'
  if (specifier.startsWith('node:') || beside.includes(room.folder)) return undefined
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  const allowed = owners[name] ?? []
  if (allowed.some((owner) => file === owner || file.startsWith(`${owner}/`))) return undefined
  return `${name} has another owner`
}

/** The room of a file: the one with the longest folder that holds it. */
function roomOf(file: string): Room | undefined {
  return rooms
    .filter(({ folder }) => file.startsWith(`${folder}/`))
    .toSorted((a, b) => b.folder.length - a.folder.length)[0]
}

const posix = (path: string): string => path.split(sep).join('/')

const arrows = {
  create({ filename, cwd, report }: Context) {
    const file = posix(relative(cwd, resolve(filename)))
    const check = (node: Node): void => {
      const specifier = (node.source ?? node.argument?.literal)?.value
      if (typeof specifier !== 'string') return
      const why = whyNot(file, specifier)
      if (why !== undefined) report({ message: `${why} (scripts/house/rooms.ts)`, node })
    }
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportAllDeclaration: check,
      ExportNamedDeclaration: check,
      TSImportType: check,
    }
  },
}

// oxlint-disable-next-line import/no-default-export -- oxlint takes a plugin by its default export
export default { meta: { name: 'house' }, rules: { arrows } }
