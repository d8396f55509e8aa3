import { isObject } from '../shape.ts'
import { type Body, type Form, prefillsOf } from './form.ts'
import { type Path, templateOf } from './pointer.ts'
import { itemSpot, memberSpot, requiredOf, type Spot, spotOf } from './spot.ts'

/** Of what is filled in along the way these say nothing by themselves: a label, a language, the writing of a text that is not there. */
const SAYS_NOTHING: ReadonlySet<string> = new Set(['key', 'language', 'script'])

/**
 * Gives the body as it would be sent: without blank texts, and without optional groups and items of lists in which nothing stands but
 * what was filled in along the way.
 */
export function prune(form: Form, body: Body): Body {
  return (pruned(form, body, [], spotOf(form.release, [form.root], body), true) ?? {}) as Body
}

function pruned(form: Form, value: unknown, path: Path, spot: Spot, isKept: boolean): unknown {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value
    const left = items
      .map((item, at) => pruned(form, item, [...path, String(at)], itemSpot(form.release, spot, item), false))
      .filter((item) => item !== undefined)
    return left.length === 0 && items.length > 0 && !isKept ? undefined : left
  }
  if (!isObject(value)) return value
  const required = requiredOf(spot)
  const entries = Object.entries(value).flatMap(([name, held]) => {
    const inner = memberSpot(form.release, spot, name, held)
    const left = pruned(form, held, [...path, name], inner, required.has(name))
    return left === undefined ? [] : [[name, left] as const]
  })
  const left = Object.fromEntries(entries)
  return isKept || entries.some(([name, held]) => says(form, held, [...path, name])) ? left : undefined
}

/** Whether a person has said it, and not the form. */
function says(form: Form, value: unknown, path: Path): boolean {
  if (Array.isArray(value)) return value.some((item, at) => isSaid(form, item, [...path, String(at)], value))
  if (isObject(value)) return Object.entries(value).some(([name, held]) => says(form, held, [...path, name]))
  return isSaid(form, value, path, value)
}

function isSaid(form: Form, item: unknown, path: Path, whole: unknown): boolean {
  if (isObject(item)) return says(form, item, path)
  const isItem = Array.isArray(whole)
  const template = templateOf(isItem ? path.slice(0, -1) : path)
  const found = prefillsOf(form).find(({ at }) => at === template)
  if (found === undefined) return isItem || !SAYS_NOTHING.has(path.at(-1) ?? '')
  return 'value' in found && JSON.stringify(found.value) !== JSON.stringify(whole)
}
