import { type Envelope, newId } from '../sdk/index.ts'
import type { MessageStep, Refs } from './scenario.ts'

/** A story under way: what its steps have become. */
export type Thread = {
  readonly refs: Refs
  readonly sent: Map<string, { readonly step: MessageStep; readonly envelope: Envelope; readonly message: string }>
}

export function startThread(): Thread {
  const sent: Thread['sent'] = new Map()
  const cases = new Map<string, string>()
  const caseOf = (name: string) => {
    const id = cases.get(name) ?? newId()
    cases.set(name, id)
    return id
  }
  return { sent, refs: { id: (step) => sentIn(sent, step).envelope.id, case: caseOf } }
}

/** What a step has become. Throws where it has not been played. */
export function sentIn(sent: Thread['sent'], step: string) {
  const found = sent.get(step)
  if (found === undefined) throw new Error(`no step «${step}» has been played`)
  return found
}
