import { envelopeOf } from '../demo/compose.ts'
import { figure1 } from '../demo/scenarios/figure1.ts'

/** What stands in an envelope until it is sent: an id, the case, a time so many hours from then. */
const hole = (what: string): string => `@{${what}}`
const slug = (step: string): string => step.replaceAll(' ', '-')

/**
 * The messages of the report's Figure 1 as files that a program in any language can fill in: one envelope a message, and their order
 * in `steps.txt` (step, sender, recipient, file).
 */
export function figure1Files(): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  const lines: string[] = []
  for (const step of figure1.steps) {
    if ('probe' in step) continue
    const name = slug(step.as)
    const refs = { id: (other: string) => hole(`id:${slug(other)}`), case: () => hole('case') }
    const { respondBy, ...envelope } = envelopeOf(step, hole(`id:${name}`), refs, new Date(0))
    const whole = { ...envelope, ...(respondBy !== undefined && { respondBy: hole(`in:${step.respondWithin}`) }) }
    const file = `${String(lines.length + 1).padStart(2, '0')}-${name}.json`
    files.set(file, `${JSON.stringify(whole, null, 2)}\n`)
    lines.push(`${name} ${step.from} ${step.to} ${file}\n`)
  }
  return files.set('steps.txt', lines.join(''))
}
