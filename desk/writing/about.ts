import type { Envelope } from '../../sdk/browser.ts'
import type { Body, Form } from '../../sdk/forms/form.ts'
import { valueAt } from '../../sdk/forms/pointer.ts'
import type { Session } from '../shell/session.ts'

/** What a message of a case, sent or received, tells whoever writes the next one. */
export type About = Pick<Envelope, 'type' | 'caseId' | 'body'>

/** Takes the local id of a message that this device keeps; gives it, or nothing where it is not there or its signature was not good. */
export async function aboutOf({ vault }: Pick<Session, 'vault'>, id: string): Promise<About | undefined> {
  type Kept = { readonly envelope?: About; readonly doubt?: unknown }
  const kept = (await vault.get<Kept>('received', id)) ?? (await vault.get<Kept>('sent', id))
  return kept?.doubt === undefined ? kept?.envelope : undefined
}

/** The child, as that message has it, where the one to be written asks for the same of a child. */
export function childOf({ release, root }: Form, about: About | undefined): Body {
  if (about === undefined) return {}
  const asked = (file: string): string | undefined => release[file]?.properties?.['child']?.$ref
  const child = valueAt(about.body, ['child'])
  const isSame = asked(root.file) !== undefined && asked(root.file) === asked(`${about.type}.schema.json`)
  return isSame && child !== undefined ? { child } : {}
}
