/** The states of a message (protocol section 4). */
export type State = 'accepted' | 'consigned' | 'handed-over' | 'refused' | 'dead-lettered' | 'discarded'

/** What may happen to a message, from which states, and what it then is. One table: nothing else moves a message. */
export const transitions = {
  consign: { from: ['accepted'], to: 'consigned' },
  giveUp: { from: ['accepted'], to: 'dead-lettered' },
  resume: { from: ['dead-lettered'], to: 'accepted' },
  discard: { from: ['dead-lettered'], to: 'discarded' },
  // An acknowledgement is taken from any state but «discarded»: the recipient has it, whatever the channel knew.
  handOver: { from: ['accepted', 'consigned', 'dead-lettered'], to: 'handed-over' },
  refuse: { from: ['accepted', 'consigned', 'dead-lettered'], to: 'refused' },
} as const satisfies Record<string, { from: readonly State[]; to: State }>
