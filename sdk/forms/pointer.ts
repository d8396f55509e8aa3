import { isObject } from '../shape.ts'

/** Where something stands in a body: names of members, and indices of items as text. */
export type Path = readonly string[]

/** Takes a JSON pointer (RFC 6901), whose names need no escape here; gives its path. */
export const pathOf = (pointer: string): Path => pointer.split('/').slice(1)

/** Gives the JSON pointer of a path. */
export const pointerOf = (path: Path): string => path.map((name) => `/${name}`).join('')

const ITEM = /^(?:\d+|\*)$/

/** Gives a pointer with `*` for each item: of the first name and of the second the same is asked. */
export function templateOf(path: Path): string {
  return pointerOf(path.map((name) => (ITEM.test(name) ? '*' : name)))
}

/** Gives what stands there, undefined where nothing does; what is asked once for all items is what the first has. */
export function valueAt(body: unknown, path: Path): unknown {
  return path.reduce<unknown>((held, name) => {
    if (Array.isArray(held)) return held[name === '*' ? 0 : Number(name)]
    return isObject(held) && Object.hasOwn(held, name) ? held[name] : undefined
  }, body)
}

/** Gives a copy in which a value stands there, or nothing any more where it is undefined; what leads there must exist. An item that goes moves those behind it up. */
export function withValue(body: unknown, [name, ...rest]: Path, value: unknown): unknown {
  if (name === undefined) return value
  if (Array.isArray(body)) {
    const items: readonly unknown[] = body
    const at = Number(name)
    const inner = withValue(items[at], rest, value)
    return inner === undefined ? items.toSpliced(at, 1) : items.toSpliced(at, 1, inner)
  }
  const held = isObject(body) ? body : {}
  const inner = withValue(held[name], rest, value)
  const { [name]: _, ...others } = held
  if (inner === undefined) return others
  return Object.hasOwn(held, name) ? { ...held, [name]: inner } : { ...others, [name]: inner }
}
