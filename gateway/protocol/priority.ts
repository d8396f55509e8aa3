/** How pressing a message is (protocol section 3): a child in danger now, the same day, or neither. */
export type Priority = 'immediate' | 'urgent' | 'routine'

/** The order of urgency; its index is what the record keeps. */
export const priorities: readonly Priority[] = ['immediate', 'urgent', 'routine']

/** The priority that the record keeps as a number. @throws RangeError for a number that none has */
export function priorityOf(order: number): Priority {
  const priority = priorities[order]
  if (priority === undefined) throw new RangeError('no priority has this number')
  return priority
}

/** A lane: what is due to one agency with one priority. The job in the queue is only the call to drain it. */
export type Lane = { readonly recipient: string; readonly priority: number }
