import { readFileSync } from 'node:fs'
import catalogue from '../schemas/catalogue.json' with { type: 'json' }
import pathway from '../schemas/pathway.json' with { type: 'json' }
import type { Text } from '../sdk/index.ts'

/** The newest release of the schemas: what the demo speaks, and whose words it shows. */
export const release = catalogue.releases.find(({ status }) => status === 'current')?.version ?? ''

/** Takes a message type; gives its title, as schemas/pathway.json has it. Throws where there is no such type. */
export function titleOfType(type: string): Text {
  return found(pathway.rows.find((row) => row.type === type)?.title, `message type ${type}`)
}

const refusalReasons = JSON.parse(
  readFileSync(new URL(`../schemas/${release}/codes/refusalReason.schema.json`, import.meta.url), 'utf8'),
) as { readonly 'x-enumTitles': Readonly<Partial<Record<string, Text>>> }

/** Takes the reason code of a refused acknowledgement; gives its title, as the release has it. Throws where there is no such code. */
export function titleOfRefusal(code: string): Text {
  return found(refusalReasons['x-enumTitles'][code], `reason ${code}`)
}

function found(title: Text | undefined, what: string): Text {
  if (title === undefined) throw new Error(`no title of ${what}`)
  return title
}
