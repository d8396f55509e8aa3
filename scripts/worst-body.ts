import { parseArgs } from 'node:util'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseJson, type Json } from '../gateway/protocol/json.ts'
import { peekBody } from '../gateway/protocol/reading.ts'
import { compileExplanations, compileSchemas } from '../gateway/protocol/schemas.ts'
import { loadSchemaFolder } from '../gateway/exchange/schema-folder.ts'

/**
 * `node_modules/.bin/node scripts/worst-body.ts --seconds 120 --seed 1`: looks for the body that costs most, at random first and then
 * by changing the worst so far, and prints what it took to parse and judge it (which others wait for) and to explain it without a
 * budget (which nobody waits for). `--out x` writes the worst to `x.judge.json` and `x.explain.json`. Exits 1 where explaining takes longer than it may. What counts
 * is processor time, the least of some tries.
 */
const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
})
/** What an explanation may take (ms). */
const MOST_MS = 60
/** The largest message is 256 KiB of base64url, header and signature included. */
const LARGEST = 192 * 1024 - 700
/** One try costs as much as a hundred: so many of the worst are kept, and changed. */
const KEPT = 12
const TRIES = 3

const folder = join(import.meta.dirname, '..', 'schemas')
const files = await loadSchemaFolder(folder)
const schemas = compileSchemas(files)
const explanations = compileExplanations(files)
const random = mulberry(Number(options.seed))

type Candidate = { readonly type: string; readonly version: string; readonly body: Json }
type Cost = { readonly judge: number; readonly explain: number; readonly size: number; readonly faults: number }

const examples: readonly Candidate[] = schemas.releases.flatMap(({ version, types }) =>
  types.flatMap((type) =>
    (JSON.parse(readFileSync(join(folder, version, `${type}.examples.json`), 'utf8')) as { body: Json }[]).map(
      ({ body }) => ({ version, type, body }),
    ),
  ),
)
/** Names that the schemas know: a body of these is looked at, one of others is not. */
const names = [...new Set(examples.flatMap(({ body }) => [...namesIn(body)]))]
const leaves: readonly Json[] = [
  '',
  ' ',
  'x',
  0,
  null,
  {},
  [],
  [[]],
  [{}],
  true,
  'unknown',
  '2017-06-09',
  'yes',
  '\u{1f600}',
]

/** What a body costs, in milliseconds. */
function measure({ version, type, body }: Candidate): Cost | undefined {
  const payload = Buffer.from(JSON.stringify({ body }))
  if (payload.length > LARGEST) return undefined
  let faults = 0
  const least = (work: () => void): number => {
    let best = Infinity
    for (let at = 0; at < TRIES; at++) {
      const since = process.threadCpuUsage()
      work()
      const until = process.threadCpuUsage()
      best = Math.min(best, (until.user + until.system - since.user - since.system) / 1000)
    }
    return best
  }
  const judge = least(() => void schemas.accepts(version, type, (parseJson(payload) as { body: Json }).body))
  // without a budget: what the body itself asks for
  const explain = least(() => void (faults = explanations(version, type, peekBody(payload)).length))
  return { judge, explain, size: payload.length, faults }
}

/** Changes one place: fills it with many of what stands there, of what is known, or of nothing known; or takes it from another example. */
function mutate(from: Candidate): Candidate {
  const other = pick(examples)
  const room = Math.floor(LARGEST * (0.2 + 0.8 * random()) - JSON.stringify(from.body).length)
  const change = (held: Json): Json => {
    const leaf = pick(leaves)
    const times = (value: Json): number => Math.max(1, Math.floor(room / (JSON.stringify(value).length + 1)))
    const changes: readonly (() => Json)[] = [
      () => Array.from({ length: times(held) }, () => held),
      () => Array.from({ length: Math.min(40, times(held)) }, () => held),
      () => Array.from({ length: times(leaf) }, () => leaf),
      () => Array.from({ length: Math.min(40, times(leaf)) }, () => leaf),
      () => ({ ...asObject(held), ...Object.fromEntries(names.map((name) => [name, leaf])) }),
      () => ({ ...asObject(held), ...Object.fromEntries(many(room / 12, (at) => [`x${at.toString(36)}`, leaf])) }),
      () => ({ ...asObject(held), [pick(names)]: leaf }),
      () => pickPlace(other.body),
      () => leaf,
      () => 'x '.repeat(Math.max(1, room / 2)),
      () => ' '.repeat(Math.max(1, room)),
      () => `a@${'a.'.repeat(Math.max(1, room / 2))}`,
    ]
    return pick(changes)()
  }
  return { ...from, body: changeSomewhere(from.body, change) }
}

function changeSomewhere(value: Json, change: (held: Json) => Json): Json {
  if (typeof value !== 'object' || value === null || random() < 0.25) return change(value)
  const entries = Object.entries<Json>(value)
  if (entries.length === 0) return change(value)
  const chosen = Math.floor(random() * entries.length)
  const changed = entries.map(
    ([name, held], at) => [name, at === chosen ? changeSomewhere(held, change) : held] as const,
  )
  return Array.isArray(value) ? changed.map(([, held]) => held) : Object.fromEntries(changed)
}

function pickPlace(value: Json): Json {
  if (typeof value !== 'object' || value === null || random() < 0.3) return value
  const held = Object.values<Json>(value)
  return held.length === 0 ? value : pickPlace(pick(held))
}

function* namesIn(value: Json): Generator<string> {
  if (typeof value !== 'object' || value === null) return
  for (const [name, held] of Object.entries<Json>(value)) {
    if (!Array.isArray(value)) yield name
    yield* namesIn(held)
  }
}

function asObject(value: Json): object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}

function many<T>(count: number, make: (at: number) => T): readonly T[] {
  return Array.from({ length: Math.max(0, Math.floor(count)) }, (_, at) => make(at))
}

function pick<T>(from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T
}

/** Random numbers from a seed, so that what was found is found again. */
function mulberry(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

type Found = { readonly candidate: Candidate; readonly cost: Cost }
const worst = { judge: [] as Found[], explain: [] as Found[] }
const kinds = ['judge', 'explain'] as const

// compilers settle before anything is measured
for (const candidate of [...examples, ...examples, ...examples]) measure(candidate)
const until = performance.now() + Number(options.seconds) * 1000
let tried = 0
while (performance.now() < until) {
  const kind = pick(kinds)
  const base = random() < 0.3 || worst[kind].length === 0 ? pick(examples) : pick(worst[kind]).candidate
  const candidate = many(1 + random() * 3, () => 0).reduce<Candidate>(mutate, base)
  const cost = measure(candidate)
  tried += 1
  if (cost === undefined) continue
  for (const each of kinds) {
    worst[each].push({ candidate, cost })
    worst[each].sort((a, b) => b.cost[each] - a.cost[each])
    worst[each].length = Math.min(worst[each].length, KEPT)
  }
}

for (const kind of kinds) {
  // once more, and quietly
  const [first] = worst[kind]
    .map(({ candidate }) => ({ candidate, cost: measure(candidate) }))
    .toSorted((a, b) => (b.cost?.[kind] ?? 0) - (a.cost?.[kind] ?? 0))
  if (first?.cost === undefined) continue
  const { cost, candidate } = first
  const start = JSON.stringify(candidate.body).slice(0, 160)
  process.stdout.write(
    `${tried} tried. Most to ${kind}: ${cost.judge.toFixed(1)} ms to parse and judge, ${cost.explain.toFixed(1)} ms to explain; ` +
      `${candidate.type}, ${cost.size} bytes, ${cost.faults} faults: ${start}…\n`,
  )
  if (options.out !== undefined) writeFileSync(`${options.out}.${kind}.json`, JSON.stringify(candidate))
  if (cost.explain > MOST_MS) process.exitCode = 1
}
