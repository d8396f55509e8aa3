import { isDeepStrictEqual } from 'node:util'

/** RFC 6902, as far as vectors need it: `test` is not among what they do. */
export type Step =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }

/** The steps that make one value of another. */
export function difference(from: unknown, to: unknown, path = ''): readonly Step[] {
  if (isDeepStrictEqual(from, to)) return []
  if (Array.isArray(from) && Array.isArray(to)) {
    const shared = Math.min(from.length, to.length)
    return [
      ...from.slice(0, shared).flatMap((each: unknown, at) => difference(each, to[at], `${path}/${at}`)),
      ...to.slice(shared).map((value: unknown, at): Step => ({ op: 'add', path: `${path}/${shared + at}`, value })),
      // The last first, so that places stay what they are.
      ...from.slice(shared).map((_, at): Step => ({ op: 'remove', path: `${path}/${from.length - 1 - at}` })),
    ]
  }
  if (!isObject(from) || !isObject(to)) return [{ op: 'replace', path, value: to }]
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])]
  return names.flatMap((name): readonly Step[] => {
    const inner = `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    if (!Object.hasOwn(to, name)) return [{ op: 'remove', path: inner }]
    if (!Object.hasOwn(from, name)) return [{ op: 'add', path: inner, value: to[name] }]
    return difference(from[name], to[name], inner)
  })
}

/** Takes the steps; gives the value that they make. */
export function apply(from: unknown, steps: readonly Step[]): unknown {
  let whole = structuredClone(from)
  for (const step of steps) {
    const names = step.path
      .split('/')
      .slice(1)
      .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))
    const last = names.pop()
    if (last === undefined) {
      whole = 'value' in step ? step.value : undefined
      continue
    }
    const parent = names.reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], whole)
    if (Array.isArray(parent))
      parent.splice(Number(last), step.op === 'add' ? 0 : 1, ...('value' in step ? [step.value] : []))
    else if (step.op === 'remove') delete (parent as Record<string, unknown>)[last]
    else (parent as Record<string, unknown>)[last] = step.value
  }
  return whole
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
