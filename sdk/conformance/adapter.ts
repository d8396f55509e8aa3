/** What the runner asks of a partner's client, and what that answers: one line of JSON each (docs/conformance.md). */
import { anyObject, listOf, optional, parseJson, record, text } from '../shape.ts'

/** What a client is to say; it makes `id`, `schemaVersion`, `from` and all the rest. */
export type AskedDraft = {
  readonly type: string
  readonly to: string
  readonly caseId: string
  readonly priority: 'immediate' | 'urgent' | 'routine'
  readonly respondBy?: string
  readonly attachments?: readonly AskedAttachment[]
  readonly body: object
}
export type AskedAttachment = {
  readonly path: string
  readonly mediaType: string
  readonly name: string
  readonly description: string
}

export type Command =
  | { readonly do: 'send'; readonly draft: AskedDraft }
  | {
      readonly do: 'reply'
      readonly from: string
      readonly id: string
      readonly draft: Pick<AskedDraft, 'type' | 'priority' | 'body'>
    }
  | { readonly do: 'receive'; readonly acknowledge: 'now' | 'later' }
  | {
      readonly do: 'acknowledge'
      readonly from: string
      readonly id: string
      readonly outcome: 'accepted' | 'refused'
      readonly reason?: string
    }
  | { readonly do: 'receipts' }
  | { readonly do: 'listen' }
  | { readonly do: 'taken' }

const message = record({
  envelope: anyObject,
  /** Those that were fetched and found to be what the sender named, each in a file. */
  attachments: optional(listOf(record({ digest: text, path: text }))),
})
export type Taken = ReturnType<typeof message>

/** What a command may give; each gives what it has. */
const done = record({
  id: optional(text),
  messages: optional(listOf(message)),
  receipts: optional(listOf(record({ event: text, messageId: text }))),
  url: optional(text),
})
export type Done = ReturnType<typeof done>

const answerForm = record({
  done: optional(done),
  /** Why not: the gateway's code, or a word of the client's own. */
  refused: optional(text),
  /** Of a refusal by the gateway: what to quote to an operator. */
  requestId: optional(text),
  unknown: optional(anyOf),
  /** What the client would tell the people who run it. */
  notices: optional(listOf(text)),
})
export type Answer = ReturnType<typeof answerForm>

function anyOf(value: unknown): unknown {
  return value
}

/** Reads an answer. @throws ShapeFault */
export function readAnswerLine(line: string): Answer {
  return answerForm(parseJson(new TextEncoder().encode(line)), '')
}

/** Whose client it is to be, and what it may use: `folder` has its keys, and what it keeps there survives the end of its process. */
export type Setup = {
  readonly folder: string
  readonly gateway: string
  readonly agency: string
}

/** A client that is driven. */
export type Adapter = {
  do(command: Command): Promise<Answer>
  /** Ends it as a power cut would, whatever it is doing. */
  kill(): Promise<void>
}
export type OpenAdapter = (setup: Setup) => Promise<Adapter>
