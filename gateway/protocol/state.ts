/** The states of a message (protocol section 4). */
export type State = 'accepted' | 'consigned' | 'handed-over' | 'refused' | 'dead-lettered' | 'discarded'

/** An acknowledgement is taken from any state but «discarded»: the recipient has it, whatever the channel knew. */
export const unanswered = ['accepted', 'consigned', 'dead-lettered'] as const

/** What may happen to a message, from which states, and what it then is. One table: nothing else moves a message. */
export const transitions = {
  consign: { from: ['accepted'], to: 'consigned' },
  giveUp: { from: ['accepted'], to: 'dead-lettered' },
  resume: { from: ['dead-lettered'], to: 'accepted' },
  discard: { from: ['dead-lettered'], to: 'discarded' },
  handOver: { from: unanswered, to: 'handed-over' },
  refuse: { from: unanswered, to: 'refused' },
} as const satisfies Record<string, { from: readonly State[]; to: State }>
