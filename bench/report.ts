/** What was measured, made readable: percentiles, medians, ratios against their targets, a table. Pure. */

/** One measured run: how many messages in how long, how long each took (ms), what they cost. */
export type Measured = {
  readonly count: number
  readonly seconds: number
  readonly p50: number
  readonly p99: number
  /** Answers other than the one asked for, by status; empty in a run that counts. */
  readonly refused: Readonly<Record<string, number>>
  /** Processor time a message (µs) of the system and of PostgreSQL; absent where the machine has no /proc. */
  readonly systemMicros?: number
  readonly databaseMicros?: number
  /** The most memory that the system's process has held so far (MiB). */
  readonly peakMebibytes?: number
}

/** The medians of a run's repetitions, with every rate in the order measured. */
export type Figure = Omit<Measured, 'refused' | 'count' | 'seconds'> & {
  readonly rate: number
  readonly rates: readonly number[]
  readonly refused: number
}

/** A bound that the project has set itself, on a ratio. */
export type Target = { readonly name: string; readonly value: number } & (
  | { readonly atLeast: number }
  | { readonly atMost: number }
)

/** The value at quantile `q` (nearest rank) of numbers sorted upwards; NaN where there are none. */
export function percentile(sorted: readonly number[], q: number): number {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN
}

/** The median; the mean of the middle two where their number is even; NaN where there are none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  return ((sorted[Math.ceil(half) - 1] ?? Number.NaN) + (sorted[Math.floor(half)] ?? Number.NaN)) / 2
}

/** Puts a run's repetitions together. */
export function summarize(runs: readonly Measured[]): Figure {
  const rates = runs.map((run) => run.count / run.seconds)
  const of = (pick: (run: Measured) => number | undefined): number | undefined => {
    const known = runs.map(pick).filter((value) => value !== undefined)
    return known.length === runs.length ? median(known) : undefined
  }
  const costs = {
    systemMicros: of((run) => run.systemMicros),
    databaseMicros: of((run) => run.databaseMicros),
    peakMebibytes: of((run) => run.peakMebibytes),
  }
  return {
    rate: median(rates),
    rates,
    p50: median(runs.map((run) => run.p50)),
    p99: median(runs.map((run) => run.p99)),
    refused: runs.flatMap((run) => Object.values(run.refused)).reduce((sum, n) => sum + n, 0),
    ...Object.fromEntries(Object.entries(costs).filter(([, value]) => value !== undefined)),
  }
}

/** Whether a target is met; a ratio that could not be measured (NaN) is not. */
export function isMet(target: Target): boolean {
  return 'atLeast' in target ? target.value >= target.atLeast : target.value <= target.atMost
}

/** A target as a row: name, ratio, bound, mark. */
export function targetRow(target: Target): string[] {
  const bound = 'atLeast' in target ? `≥ ${target.atLeast.toFixed(2)}` : `≤ ${target.atMost.toFixed(2)}`
  return [target.name, target.value.toFixed(2), bound, isMet(target) ? 'pass' : 'FAIL']
}

/** A figure as a row of the table of figures. */
export function figureRow(name: string, figure: Figure): string[] {
  return [
    name,
    figure.rate.toFixed(0),
    figure.p50.toFixed(1),
    figure.p99.toFixed(1),
    orDash(figure.systemMicros),
    orDash(figure.databaseMicros),
    orDash(figure.peakMebibytes),
    figure.refused === 0 ? '' : `${figure.refused} refused`,
  ]
}

function orDash(value: number | undefined): string {
  return value === undefined ? '–' : value.toFixed(0)
}

export const figureHeads = ['', 'a second', 'p50 ms', 'p99 ms', 'CPU µs', 'PostgreSQL µs', 'peak MiB', '']
export const targetHeads = ['ratio', 'measured', 'target', '']

/** A Markdown table that also reads well in a terminal: the first column to the left, the others to the right. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heads.map((head, column) => Math.max(3, head.length, ...rows.map((row) => (row[column] ?? '').length)))
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => pad(cells[column] ?? '', width, column)).join(' | ')} |`
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`
  return [line(heads), rule, ...rows.map(line)].join('\n')
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width)
}
