import { PasserelleProblem, SdkFault } from './problem.ts'

/** What a list that is followed for ever is told from outside, and tells. */
export type Following = {
  readonly signal: AbortSignal
  /** Told of each fault that was survived: the gateway was away for longer than the client's patience, or no longer knew the cursor. */
  readonly onFault?: (fault: PasserelleProblem | SdkFault) => void
}

type Page<Entry> = { readonly entries: readonly Entry[]; readonly next: string }

/**
 * Gives all entries of a list from a cursor on, page by page, until the signal aborts. A fault that may pass ends nothing: after a pause the same page is
 * asked for again. A cursor that the gateway does not know, because its record was restored, means the start (section 6). What cannot pass is thrown.
 */
export async function* follow<Entry>(
  read: (after: string) => Promise<Page<Entry>>,
  {
    after: begin = '',
    signal,
    onFault,
    pause,
  }: Following & { readonly after?: string | undefined; readonly pause: () => Promise<unknown> },
): AsyncGenerator<Entry> {
  for (let after = begin; ; ) {
    signal.throwIfAborted()
    let page: Page<Entry>
    try {
      page = await read(after)
    } catch (fault) {
      signal.throwIfAborted()
      const isForgotten = fault instanceof PasserelleProblem && fault.code === 'invalid-request' && after !== ''
      if (!isForgotten && !mayPass(fault)) throw fault
      if (fault instanceof PasserelleProblem || fault instanceof SdkFault) onFault?.(fault)
      if (isForgotten) after = ''
      await pause().catch(() => undefined)
      continue
    }
    yield* page.entries
    after = page.next
  }
}

function mayPass(fault: unknown): boolean {
  if (fault instanceof PasserelleProblem) return fault.status === 429 || fault.status >= 500
  return fault instanceof SdkFault && fault.mayPass
}
