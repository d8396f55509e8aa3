import type { ErrorObject } from 'ajv/dist/2020.js'
import type { Fault } from './problems.ts'
import type { Text } from '../base/base.ts'
import { RULES, wordsOf } from './fault-words.ts'
import type { Json } from './json.ts'
import { titlesOfRules } from './rule-titles.ts'

/** Ajv's judge of values: what was wrong with the last one stands in `errors`. */
export type Judge = { (value: Json): boolean; readonly errors?: readonly ErrorObject[] | null }

/** A message can break its schema in as many places as it has bytes; nobody mends more than this at once. */
const MAX_FAULTS = 100

/** Faults as they are found, each once, in both languages. */
export type Faults = {
  /** Takes Ajv's errors about the value at `prefix` (compiled with `verbose`), leaves out the wrappers. */
  add(errors: readonly ErrorObject[], prefix: string): void
  isFull(): boolean
  list(): readonly Fault[]
}

/** Gives a place for faults that may come from several judgements of one body, in time linear in their number. */
export function collectFaults(): Faults {
  const faults = new Map<string, Fault>()
  /** Where something is of the wrong type: that it is no code of a list either goes without saying. */
  const wrong = new Set<string>()
  const isFull = (): boolean => faults.size >= MAX_FAULTS
  const forgetCode = (at: string): void => {
    for (const [key, { pointer, keyword }] of faults) if (pointer === at && keyword === 'enum') faults.delete(key)
  }
  return {
    isFull,
    list: () => [...faults.values()],
    add(errors, prefix) {
      for (const { keyword, instancePath } of errors) {
        if (keyword !== 'type') continue
        wrong.add(prefix + instancePath)
        forgetCode(prefix + instancePath)
      }
      const rules = rulesByPath(errors)
      const ruleOf = titlesOfRules(errors)
      const formless = new Set(errors.filter(({ keyword }) => keyword === 'pattern').map((error) => error.instancePath))
      for (const error of errors) {
        if (isFull()) return
        const { keyword } = error
        const pointer = prefix + error.instancePath
        if (keyword === 'if' || (keyword === 'enum' && wrong.has(pointer)) || isWithin(error, rules)) continue
        if (keyword === 'not' && (wrong.has(pointer) || formless.has(error.instancePath)) && isForm(error)) continue
        const text = wordsOf(error, ruleOf(error))
        faults.set(keyOf(pointer, keyword, text), { pointer, keyword, message: text.en, messageFr: text.fr })
      }
    },
  }
}

/** Takes Ajv's errors about one value, gives its faults. */
export function toFaults(errors: readonly ErrorObject[], prefix: string): readonly Fault[] {
  const faults = collectFaults()
  faults.add(errors, prefix)
  return faults.list()
}

/** A `not` beside a pattern refuses the line break that its `$` lets pass in some engines: whatever breaks it here breaks more, and that is told. */
function isForm({ parentSchema }: ErrorObject): boolean {
  return parentSchema !== undefined && 'pattern' in parentSchema
}

function keyOf(pointer: string, keyword: string, { en }: Text): string {
  return `${pointer} ${keyword} ${en}`
}

/** Rules that are told as a whole: the values that break them, by their place in the schema. */
type Rules = ReadonlyMap<string, ReadonlySet<string>>

function rulesByPath(errors: readonly ErrorObject[]): Rules {
  const rules = new Map<string, Set<string>>()
  for (const { keyword, schemaPath, instancePath } of errors) {
    if (!RULES.has(keyword)) continue
    const values = rules.get(schemaPath)
    if (values === undefined) rules.set(schemaPath, new Set([instancePath]))
    else values.add(instancePath)
  }
  return rules
}

/** Whether an error comes from inside a rule that is told as a whole: «phone, or e-mail» and not both as missing. */
function isWithin({ schemaPath, instancePath }: ErrorObject, rules: Rules): boolean {
  if (rules.size === 0) return false
  for (const above of pathsAbove(schemaPath)) {
    const values = rules.get(above)
    if (values === undefined) continue
    if (values.has(instancePath)) return true
    for (const holder of pathsAbove(instancePath)) if (values.has(holder)) return true
  }
  return false
}

/** Gives `/a/b` and `/a` and the empty path, of `/a/b/c`. */
function* pathsAbove(path: string): Generator<string> {
  for (let end = path.lastIndexOf('/'); end !== -1; end = path.lastIndexOf('/', end - 1)) {
    yield path.slice(0, end)
    if (end === 0) return
  }
}
