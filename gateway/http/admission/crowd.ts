import type { Connection } from './connection.ts'

/** Connections of one kind, by whose they are, oldest first. */
export type Crowd = {
  /** Gives the one that has to go for it, which may be itself; nothing where there is room. It is for the caller to end. */
  add(key: string, connection: Connection): Victim | undefined
  delete(key: string, connection: Connection): void
  /** All of them. */
  all(): Iterable<Connection>
}

/** Who has to go, and whether that is for the places of its own key alone. */
export type Victim = { readonly connection: Connection; readonly ofKey: boolean }

export type Places = {
  /** At most so many of one key. */
  readonly each: number
  /** At most so many of all. */
  readonly all: number
  /** Who goes where one key has more than its share: what came last, or what came first. */
  readonly goes: 'newest' | 'oldest'
}

/**
 * A bounded crowd. Where it is full as a whole, the oldest of the key that has most goes, those at rest before those that ask
 * for something: whoever takes many places gives up the first, and who has few loses none to others.
 */
export function createCrowd({ each, all, goes }: Places): Crowd {
  const groups = new Map<string, Set<Connection>>()
  let size = 0
  return {
    add(key, connection) {
      const group = groups.get(key) ?? new Set()
      groups.set(key, group.add(connection))
      size += 1
      const ofKey = group.size > each
      if (!ofKey && size <= all) return undefined
      const crowded = ofKey ? group : (largest(groups.values()) ?? group)
      const victim = ofKey && goes === 'newest' ? connection : oldest(crowded)
      return victim && { connection: victim, ofKey }
    },
    delete(key, connection) {
      const group = groups.get(key)
      if (group?.delete(connection) !== true) return
      size -= 1
      if (group.size === 0) groups.delete(key)
    },
    *all() {
      for (const group of groups.values()) yield* group
    },
  }
}

function oldest(group: ReadonlySet<Connection>): Connection | undefined {
  let first: Connection | undefined
  for (const connection of group) {
    if (connection.underWay === 0) return connection
    first ??= connection
  }
  return first
}

function largest(groups: Iterable<ReadonlySet<Connection>>): ReadonlySet<Connection> | undefined {
  let most: ReadonlySet<Connection> | undefined
  for (const group of groups) if (group.size > (most?.size ?? 0)) most = group
  return most
}
