import type { Looked } from '../../gateway/operations/alarms.ts'

/** What a process sees where all is well: a test changes what it is about. */
export const nothingSeen: Omit<Looked, 'keys' | 'registry' | 'trust'> = {
  disk: 'enough',
  silent: [],
  troubles: [],
  gone: [],
  unaccounted: 0,
  away: [],
  backup: { isOverdue: () => false },
  reasons: [],
  clockOffsetMs: 0,
  refused: [],
  isUncosigned: false,
  contradicted: [],
}
