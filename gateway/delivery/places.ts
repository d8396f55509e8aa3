import type { Log } from '../base/base.ts'
import { type Agency, type Lane, priorities } from '../protocol/protocol.ts'
import type { Leased, Routed } from './route.ts'

/** The pushes of this process that are under way, each in a place of its desk. */
export type Places = {
  /** How many deliveries of a lane it is worth looking at: no more than the free places, where all of them are pushed alike. */
  worth(agency: Agency, lane: Lane, most: number): number
  /** Of what is ready, what may be taken now: each desk that pushes has its own few places, so a hanging one fills only those. */
  fit(ready: readonly Routed[]): readonly Routed[]
  start(push: Leased): void
  /** The messages of a lane that are being pushed. */
  busy(lane: Lane): readonly number[]
  /** Resolves when none is under way any more. */
  settle(): Promise<void>
}

type Needs = {
  readonly log: Log
  /** Makes the attempt, and writes what came of it. */
  readonly attempt: (push: Leased) => Promise<void>
  readonly enqueue: (lane: Lane) => void
}

/** To one desk with one priority at once; each holds a message in memory. */
const PLACES = 8

/** What has places of its own. */
export const placeOf = ({ due, desk }: Pick<Leased, 'due' | 'desk'>): string =>
  `${due.recipient}/${due.priority}/${desk ?? ''}`

/** Opens the places. Whenever one becomes free the agency's lanes are called again, the most pressing first. */
export function openPlaces({ log, attempt, enqueue }: Needs): Places {
  const taken = new Map<string, number>()
  const running = new Set<Promise<void>>()
  const pushed = new Set<Leased>()
  return {
    worth({ desks, delivery, id }, { priority }, most) {
      if (desks.length > 0 || delivery.mode === 'mailbox') return most
      return PLACES - (taken.get(`${id}/${priority}/`) ?? 0)
    },
    fit(ready) {
      const filled = new Map(taken)
      return ready.filter((one) => {
        if (one.delivery.mode !== 'push') return true
        const count = (filled.get(placeOf(one)) ?? 0) + 1
        if (count > PLACES) return false
        filled.set(placeOf(one), count)
        return true
      })
    },
    busy: ({ recipient, priority }) =>
      [...pushed]
        .filter(({ lane }) => lane.recipient === recipient && lane.priority === priority)
        .map(({ due }) => due.no),
    start(push) {
      pushed.add(push)
      const place = placeOf(push)
      taken.set(place, (taken.get(place) ?? 0) + 1)
      const run = attempt(push)
        .catch((error: unknown) => {
          // Its lease ends by itself, and the sweep finds it again.
          log.error({ err: error, messageId: push.due.id, from: push.due.sender }, 'an attempt could not be recorded')
        })
        .finally(() => {
          running.delete(run)
          pushed.delete(push)
          const left = (taken.get(place) ?? 1) - 1
          if (left === 0) taken.delete(place)
          else taken.set(place, left)
          for (const priority of priorities.keys()) enqueue({ ...push.lane, priority })
        })
      running.add(run)
    },
    async settle() {
      await Promise.all(running)
    },
  }
}
