import type { Text } from '../base/base.ts'

/** What Ajv says of an error, as far as it is read here; compiled with `verbose`, it has the schema that was broken. */
type Broken = {
  readonly keyword: string
  readonly schemaPath: string
  readonly instancePath: string
  readonly parentSchema?: object | undefined
}

/** What a rule asks for stands behind its `then` or `else`. */
const BRANCH = /^(.*)\/(?:then|else)\//

/**
 * Takes Ajv's errors about one value, gives what tells the title of the rule that an error comes from: an error from within a `then` knows
 * only what stands there, while the rule, whose title says in words what is asked for, has an error of its own, with keyword `if`.
 */
export function titlesOfRules(errors: readonly Broken[]): (error: Broken) => Text | undefined {
  const titles = new Map<string, Text>()
  for (const { keyword, schemaPath, instancePath, parentSchema } of errors) {
    const title = keyword === 'if' ? titleOf(parentSchema) : undefined
    if (title !== undefined) titles.set(`${schemaPath.slice(0, -'/if'.length)} ${instancePath}`, title)
  }
  return ({ schemaPath, instancePath }) => {
    const rule = titles.size === 0 ? undefined : BRANCH.exec(schemaPath)?.[1]
    if (rule === undefined) return undefined
    // the rule is broken by the value in which the error is, or by what holds it
    for (let at = instancePath; ; at = at.slice(0, at.lastIndexOf('/'))) {
      const title = titles.get(`${rule} ${at}`)
      if (title !== undefined || at === '') return title
    }
  }
}

/** Gives the title of a schema in both languages, undefined where it has none. */
export function titleOf(schema: object | undefined): Text | undefined {
  const { title, 'x-titleFr': titleFr }: Readonly<Record<string, unknown>> = { ...schema }
  return typeof title === 'string' && typeof titleFr === 'string' ? { en: title, fr: titleFr } : undefined
}
