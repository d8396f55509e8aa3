import { isObject, parseJson, ShapeFault } from '../shape.ts'

const STRING = /"(?:[^"\\]|\\.)*"(\s*:)?/gs
const DEEPEST = 32

/**
 * Takes UTF-8 bytes; gives the JSON value in them. Throws ShapeFault where they hold none, where an object has two members of one name, for
 * then two readers may read two things, and where it is nested deeper than section 3 allows.
 */
export function parseStrict(bytes: Uint8Array): unknown {
  const value = parseJson(bytes)
  const written = [...new TextDecoder().decode(bytes).matchAll(STRING)].filter(
    ([, colon]) => colon !== undefined,
  ).length
  if (written !== countMembers(value, 0)) throw new ShapeFault('', 'free of members that are there twice')
  return value
}

function countMembers(value: unknown, depth: number): number {
  if (depth > DEEPEST) throw new ShapeFault('', 'nested that deep')
  const inner = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : []
  const own = isObject(value) ? inner.length : 0
  return inner.reduce<number>((sum, each) => sum + countMembers(each, depth + 1), own)
}
