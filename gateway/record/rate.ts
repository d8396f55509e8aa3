import type { Queryable } from './database.ts'

/** How many were granted, how many more would have been, and where fewer than asked, when it is worth asking again. */
export type Granted = { readonly granted: number; readonly remaining: number; readonly retryAfterMs: number }

/**
 * Takes up to `wanted` of the `limit` that `key` may use in a minute, over all processes. A minute begins with its first use;
 * what the minute before used counts for the share of it that the last 60 seconds still cover, so that a burst across a
 * boundary gets no second helping. What is not granted is not counted. The database's clock decides: the processes' own
 * need not agree. Where it went back, a minute begins anew, and what was used counts as that of the minute before.
 */
export async function takeRate(database: Queryable, key: string, wanted: number, limit: number): Promise<Granted> {
  const { rows } = await database.query<{ granted: number; current: number; previous: number; age: number }>({
    name: 'take-rate',
    text: `
      insert into rate (key, window_start, current, previous, granted)
      values ($1, clock_timestamp(), least($2::int, $3::int), 0, least($2::int, $3::int))
      on conflict (key) do update set (window_start, current, previous, granted) = (
        select start, used + granted, before, granted
        from (select clock_timestamp() as now) as clock,
          lateral (select extract(epoch from now - rate.window_start) as old) as held,
          lateral (select
            case when old < 0 then now when old < 60 then rate.window_start when old < 120 then rate.window_start + interval '1 minute' else now end as start,
            case when old >= 0 and old < 60 then rate.current else 0 end as used,
            case when old >= 0 and old < 60 then rate.previous when old < 120 then rate.current else 0 end as before) as rolled,
          lateral (select greatest(0, least($2::int,
            floor($3::int - used - before * (1 - extract(epoch from now - start) / 60))))::int as granted) as given)
      returning granted, current, previous, extract(epoch from clock_timestamp() - window_start)::float8 as age`,
    values: [key, wanted, limit],
  })
  const row = rows[0]
  if (row === undefined) throw new Error('the rate table gave no answer')
  const { granted, current, previous, age } = row
  const fading = previous * Math.max(0, 1 - age / 60)
  // One more fits as soon as enough of the minute before has faded, or else when this minute itself begins to fade.
  const fadesAt = current < limit && previous > 0 ? 60 * (1 - (limit - current - 1) / previous) : 60 * (1 + 1 / limit)
  return {
    granted,
    remaining: Math.max(0, Math.floor(limit - current - fading)),
    retryAfterMs: Math.max(1, Math.ceil((fadesAt - age) * 1000)),
  }
}
