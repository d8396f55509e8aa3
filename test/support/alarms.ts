import type { Looked } from '../../gateway/operations/alarms.ts'

/** What a process sees where all is well: a test changes what it is about. */
export const nothingSeen: Omit<Looked, 'keys' | 'registry' | 'trust'> = {
  tree: { origin: 'test/log', closed: false, waitingSince: undefined },
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
  isStampLate: false,
  contradicted: [],
}

/** How the tree of a log stands of which nothing is published yet. */
export const nothingPublished = {
  origin: 'test/log',
  base: 0,
  leaves: 0,
  published: 0,
  closed: false,
  waitingSince: undefined,
  past: 0,
} as const
