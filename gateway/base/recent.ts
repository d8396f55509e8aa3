/** What was set last, by key. */
export type Recent<Value> = Pick<Map<string, Value>, 'get'> & {
  set(key: string, value: Value): void
  delete(key: string): void
}

/**
 * Remembers what was set last and forgets the rest.
 * @param least how many at least are remembered; twice as many are at most
 */
export function createRecent<Value>(least: number): Recent<Value> {
  // Two halves, of which the older is forgotten whole: taking the oldest out of one map means looking for it past all that were.
  let newer = new Map<string, Value>()
  let older = new Map<string, Value>()
  return {
    get: (key) => newer.get(key) ?? older.get(key),
    set(key, value) {
      if (newer.size >= least) {
        older = newer
        newer = new Map()
      }
      newer.set(key, value)
    },
    delete(key) {
      newer.delete(key)
      older.delete(key)
    },
  }
}
