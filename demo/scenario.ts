import type { JsonObject, Priority, Text } from '../sdk/index.ts'
import type { AgencyId } from './agencies.ts'
import type { Paper } from './papers.ts'

/** Ids that exist only once the scenario is played: of a message by its step, of a case by its name. */
export type Refs = { readonly id: (step: string) => string; readonly case: (name: string) => string }

/** One message: who tells whom what, and how it ends. */
export type MessageStep = {
  /** What other steps call it. */
  readonly as: string
  /** The day of the story, counted from the first message. Times are not simulated: the signature bears today's. */
  readonly day: number
  /** The step of the pathway that this is, as protocol section 5 numbers it after the report's Figure 1. */
  readonly pathwayStep?: string
  readonly from: AgencyId
  readonly to: AgencyId | `gb-la-${string}`
  readonly type: string
  readonly priority: Priority
  /** A case of its own name; `child` where absent. */
  readonly case?: string
  readonly inReplyTo?: string
  /** Hours from now. */
  readonly respondWithin?: number
  /** What it names: the sender puts it before, and the recipient gets it and compares. Not put where `attachment-missing` is expected. */
  readonly papers?: readonly Paper[]
  readonly body: JsonObject
  /** Members of the body that name other messages or cases. */
  readonly refer?: (refs: Refs) => JsonObject
  /** The refusal that is expected of the gateway, and the place in the message that it must point to. */
  readonly expect?: string
  readonly pointer?: string
  /** The reason for which the recipient refuses the message; where absent, it accepts it. */
  readonly refusedFor?: string
  /** The desk that must get it. */
  readonly desk?: string
  /** The recipient's desk is closed: the message waits, and the sender sees until when. */
  readonly waits?: true
  /** The SDK must warn its author of this. */
  readonly warns?: string
  readonly say: Text
}

/** Something a partner's software, or somebody curious, may try with a message that was sent. */
export type ProbeStep = {
  readonly probe:
    | 'same-bytes'
    | 'other-bytes'
    | 'new-id'
    | 'other-acknowledgement'
    | 'read'
    | 'paper'
    | 'disguised-paper'
  readonly of: string
  readonly by?: AgencyId
  readonly day: number
  readonly expect?: string
  readonly say: Text
}

export type Step = MessageStep | ProbeStep

export type Scenario = {
  readonly id: string
  readonly title: Text
  readonly steps: readonly Step[]
  /** What each agency must see of a case: these messages and no others; none means that the case does not exist for it. */
  readonly views?: readonly { readonly by: AgencyId; readonly case?: string; readonly sees: readonly string[] }[]
  /** Words that must be in nothing that this agency received. */
  readonly unseen?: readonly { readonly by: AgencyId; readonly text: string }[]
  /** How some agencies take deliveries while this is played; the gateway is told by SIGHUP. */
  readonly registry?: (now: Date) => Readonly<Partial<Record<AgencyId, JsonObject>>>
}

/** The story's calendar begins on a Monday, 17 October 2016, a week before the camp was cleared. */
export function dateOf(day: number): string {
  return new Date(Date.UTC(2016, 9, 17 + day)).toISOString().slice(0, 10)
}
