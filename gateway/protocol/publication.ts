import {
  type Counters,
  type Counts,
  type Figure,
  figures,
  LAST,
  type Lists,
  medianHours,
  resultOf,
  resultsIn,
} from './counters.ts'
import { type Arc, canDiffer, canDifferOn, cheapestCircuit, type Graph, graphOf, wayBetween } from './hiding.ts'

/**
 * What is published of a period's counters (section 11): a number under 5 is `<5`, and others are `suppressed` until nobody can work
 * out a hidden one from sums, other numbers, or the quarters of the same year. A table of which nothing can be told is withheld: all
 * of it is `suppressed`, and nationalities are not listed. Pure: the same counters give the same publication.
 */
export type Shown = number | '<5' | 'suppressed'
export type Cell = { readonly code: string; readonly count: Shown }
export type Tables = Readonly<Record<Figure | 'result', readonly Cell[]>>
export type Publication = {
  readonly referrals: Shown
  /** From the referral to the first confirmation that the child is safeguarded. */
  readonly medianHours: number | 'suppressed'
  readonly tables: Tables
}

/** A period of which the counters are known here, and what readers know of them. */
export type Published = { readonly counters: Counters; readonly publication: Publication }

const LEAST = 5
const LEAST_FOR_MEDIAN = 10
const GROUND = 'ground'
const SLACK = 'slack'

/** Of each case one code: what such a table's cells add up to is known to be the referrals. */
const SUMMED = figures.filter((figure) => figure !== 'concern')

/** What is said of a quarter. */
export function publishQuarter(counters: Counters, lists: Lists): Publication {
  const draft = draftOf('quarter', counters, lists)
  for (const figure of figures) protect([draft], draft, figure)
  return publicationOf(draft)
}

/**
 * What is said of a year, of whose quarters that is published which was published.
 * @param quarters in order; what is not among them had no referral, and everybody knows it
 */
export function publishYear(counters: Counters, quarters: readonly Published[], lists: Lists): Publication {
  const before = quarters.map(({ counters, publication }, at) =>
    fromPublished(`quarter ${at + 1}`, counters, publication, lists),
  )
  const first = draftOf('year', counters, lists, before)
  const totals: readonly Shown[] = first.referrals === '<5' ? ['<5'] : [first.referrals, 'suppressed']
  for (const referrals of totals) {
    const year: Draft = { ...draftOf('year', counters, lists, before), referrals }
    const all = [...before, year]
    // How often a concern is told at least is a matter of the total: where that is hidden in a quarter, so are the concerns.
    if (all.some(({ referrals }) => typeof referrals !== 'number')) withhold(year, 'concern')
    for (const figure of figures) protect(all, year, figure)
    if (all.every((column) => typeof column.referrals === 'number' || canTotalDiffer(all, column)) && areAllSafe(all))
      return publicationOf(year)
  }
  const nothing: Draft = { ...first, referrals: 'suppressed' }
  for (const figure of figures) withhold(nothing, figure)
  return { ...publicationOf(nothing), medianHours: 'suppressed' }
}

/** A column of all tables, while it is decided what is shown in it. */
type Draft = {
  readonly name: string
  readonly counters: Counters
  referrals: Shown
  readonly tables: Record<Figure | 'result', Map<string, Entry>>
  readonly withheld: Set<Figure>
}
type Entry = { readonly value: number; shown: Shown }

/** Of each group of numbers that add up, what nobody has where no number of it is small: the sum tells it, and it is not listed. */
function leaveOut(table: Map<string, Entry>, mayBe: (code: string) => boolean): void {
  const entries = [...table]
  const small = entries.filter(([, { shown }]) => shown === '<5')
  const isTold = small.every(([code, { value }]) => value === 0 && mayBe(code))
  // With one number left, that would say of every child what it is.
  if (isTold && entries.length - small.length > 1) for (const [code] of small) table.delete(code)
}

const isYear = ({ name }: Draft): boolean => name === 'year'
const tablesOf = (figure: Figure): readonly (Figure | 'result')[] =>
  figure === 'outcome' ? ['result', 'outcome'] : [figure]

/** A child of the only nationality of a handful is named by it. */
const isTiny = ({ referrals }: Draft): boolean => referrals === '<5'

/** @param before the columns that it is the sum of */
function draftOf(name: string, counters: Counters, lists: Lists, before: readonly Draft[] = []): Draft {
  const mark = (value: number): Shown => (value < LEAST ? '<5' : value)
  const table = (codes: readonly string[], counts: Counts): Map<string, Entry> =>
    new Map(codes.map((code) => [code, { value: counts[code] ?? 0, shown: mark(counts[code] ?? 0) }]))
  const draft: Draft = {
    name,
    counters,
    referrals: mark(counters.referrals),
    tables: {
      result: table([...new Set(listed(lists.outcome, counters.outcome).map(resultOf))], resultsIn(counters)),
      outcome: table(listed(lists.outcome, counters.outcome), counters.outcome),
      nationality: table(inOrder(counters.nationality), counters.nationality),
      age: table(listed(lists.age, counters.age), counters.age),
      sex: table(listed(lists.sex, counters.sex), counters.sex),
      concern: table(listed(lists.concern, counters.concern), counters.concern),
    },
    withheld: new Set(),
  }
  const mayBeOut = (table: Figure | 'result', code: string): boolean =>
    before.every(({ tables }) => !tables[table].has(code))
  if (isTiny(draft)) withhold(draft, 'nationality')
  else
    for (const table of ['result', 'age', 'sex'] as const)
      leaveOut(draft.tables[table], (code) => mayBeOut(table, code))
  for (const code of draft.tables.outcome.keys())
    if (!draft.tables.result.has(resultOf(code))) draft.tables.outcome.delete(code)
  return draft
}

/** A code that has left its list since is listed where it occurs. */
const listed = (list: readonly string[], counts: Counts): readonly string[] => [
  ...new Set([...list, ...Object.keys(counts)]),
]

/** By name, for by size would tell which of two hidden ones is greater. */
function inOrder(counts: Counts): readonly string[] {
  return Object.keys(counts).toSorted((a, b) => LAST.indexOf(a) - LAST.indexOf(b) || (a < b ? -1 : 1))
}

/** What readers know of a quarter. */
function fromPublished(name: string, counters: Counters, { referrals, tables }: Publication, lists: Lists): Draft {
  const draft = draftOf(name, counters, lists)
  draft.referrals = referrals
  for (const figure of figures) {
    if (isWithheld(tables[figure])) withhold(draft, figure)
    else for (const table of tablesOf(figure)) take(draft.tables[table], tables[table])
  }
  return draft
}

function take(table: Map<string, Entry>, cells: readonly Cell[]): void {
  for (const { code, count } of cells) {
    const entry = table.get(code)
    if (entry !== undefined) entry.shown = count
  }
}

/** Whether a table tells nothing. */
export const isWithheld = (cells: readonly Cell[]): boolean => cells.every(({ count }) => count === 'suppressed')

function withhold(draft: Draft, figure: Figure): void {
  draft.withheld.add(figure)
  for (const table of tablesOf(figure)) for (const entry of draft.tables[table].values()) entry.shown = 'suppressed'
}

function publicationOf({ counters, referrals, tables, withheld }: Draft): Publication {
  const cells = (table: Figure | 'result'): readonly Cell[] =>
    table === 'nationality' && withheld.has(table)
      ? []
      : [...tables[table]].map(([code, { shown }]) => ({ code, count: shown }))
  return {
    referrals,
    medianHours: medianHours(counters, LEAST_FOR_MEDIAN) ?? 'suppressed',
    tables: {
      result: cells('result'),
      outcome: cells('outcome'),
      nationality: cells('nationality'),
      age: cells('age'),
      sex: cells('sex'),
      concern: cells('concern'),
    },
  }
}

/**
 * Hides numbers of a figure in the newest column, the smallest that do, until nothing hidden can be worked out; else all of it. What
 * is hidden later takes no way from what was safe before, so each is looked at once.
 */
function protect(columns: readonly Draft[], newest: Draft, figure: Figure): void {
  if (newest.withheld.has(figure)) return
  const numbers = numbersOf(columns, figure, newest)
  const entries = new Map(numbers.map(({ arc, entry }) => [arc, entry]))
  const whole = graphOf(numbers.map(({ arc }) => arc))
  const costOf = (arc: Arc): number => {
    const entry = entries.get(arc)
    return entry !== undefined && isShown(entry) ? entry.value : 0
  }
  let isSafe = judgeOf(columns, figure, numbers)
  for (const { arc, code } of numbers.filter((number) => number.counts && !isShown(number.entry))) {
    if (isSafe(arc)) continue
    const circuit = cheapestCircuit(whole, arc, costOf)
    if (circuit === undefined) {
      if (blur(newest, figure, code)) protect(columns, newest, figure)
      else withhold(newest, figure)
      return
    }
    for (const one of circuit) {
      const entry = entries.get(one)
      if (entry !== undefined && isShown(entry)) entry.shown = 'suppressed'
    }
    isSafe = judgeOf(columns, figure, numbers)
  }
}

/** In a year `<5` itself may tell: a nationality that all four quarters list has one child in each. Then not even that is said. */
function blur(newest: Draft, figure: Figure, code: string): boolean {
  const entry = newest.tables[figure].get(code)
  if (!isYear(newest) || entry?.shown !== '<5') return false
  entry.shown = 'suppressed'
  return true
}

const isShown = ({ shown }: Entry): boolean => typeof shown === 'number'

const areAllSafe = (columns: readonly Draft[]): boolean =>
  figures.every((figure) => {
    const numbers = numbersOf(columns, figure)
    const isSafe = judgeOf(columns, figure, numbers)
    return numbers.every(({ arc, counts }) => !counts || isSafe(arc))
  })

/** Says of a hidden number of a figure whether it can be another. */
function judgeOf(columns: readonly Draft[], figure: Figure, numbers: readonly Known[]): (arc: Arc) => boolean {
  const graph = graphOfHidden(numbers)
  const moves = figure === 'concern' ? [] : movesOf(columns)
  const graphs = new Map(
    moves.length === 0 ? [] : SUMMED.map((one) => [one, one === figure ? graph : graphIn(columns, one)]),
  )
  return (arc) =>
    canDiffer(graph, arc) ||
    moves.some(
      ({ entry, exit }) =>
        canDifferOn(graph, arc, nodeIn(columns, figure, entry), nodeIn(columns, figure, exit)) &&
        isPossible(columns, graphs, { entry, exit }),
    )
}

const graphIn = (columns: readonly Draft[], figure: Figure): Graph => graphOfHidden(numbersOf(columns, figure))
const graphOfHidden = (numbers: readonly Known[]): Graph =>
  graphOf(numbers.filter(({ entry }) => !isShown(entry)).map(({ arc }) => arc))

/** A number of a figure with its arc; it `counts` where it must not be known. */
type Known = { readonly code: string; readonly arc: Arc; readonly entry: Entry; readonly counts: boolean }

/** The hidden numbers of a figure; of the newest column also those that may yet be hidden. */
function numbersOf(columns: readonly Draft[], figure: Figure, newest?: Draft): readonly Known[] {
  const isTied = columns.some((column) => isYear(column) && !column.withheld.has(figure))
  const codes = new Set(columns.flatMap(({ tables }) => [...tables[figure].keys()]))
  return columns
    .filter((column) => !(isYear(column) && column.withheld.has(figure)))
    .flatMap((column) => numbersIn(column, figure, codes, isTied))
    .filter(({ column, entry }) => column === newest || !isShown(entry))
}

function numbersIn(
  column: Draft,
  figure: Figure,
  codes: ReadonlySet<string>,
  isTied: boolean,
): readonly (Known & { readonly column: Draft })[] {
  const { counters, tables, withheld, referrals } = column
  const total = nodeOf(column.name)
  const isOpen = withheld.has(figure)
  const unlimited = { low: 0, high: Number.POSITIVE_INFINITY }
  const most = figure === 'concern' ? counters.referrals : Number.POSITIVE_INFINITY
  const boundsOf = ({ shown, value }: Entry): { readonly low: number; readonly high: number } => {
    if (isOpen) return { low: 0, high: most }
    const least = figure === 'nationality' ? 1 : 0
    if (shown === '<5') return { low: least, high: Math.min(LEAST - 1, most) }
    return { low: value < LEAST ? least : LEAST, high: most }
  }
  const known = (code: string, inner: string, outer: string, entry: Entry, bounds = boundsOf(entry), counts = true) => {
    const [from, to] = isYear(column) ? [outer, inner] : [inner, outer]
    return { code, column, entry, counts, arc: { from, to, value: entry.value, ...bounds } }
  }
  const cells = [...codes].flatMap((code) => {
    const entry = tables[figure].get(code) ?? (isOpen ? untold(0) : undefined)
    // What concerns a handful had is between none and all of them, whatever else is told.
    const counts = figure !== 'concern' || typeof referrals === 'number'
    const outer = figure === 'outcome' ? `${resultOf(code)} ${total}` : total
    return entry === undefined
      ? []
      : [known(code, isTied ? `row ${code}` : GROUND, outer, entry, boundsOf(entry), counts)]
  })
  const results = figure === 'outcome' ? [...tables.result] : []
  // Each case has one concern at least: they add up to the referrals or more.
  const more = Object.values(counters.concern).reduce((sum, count) => sum + count, 0) - counters.referrals
  const [from, to] = isYear(column) ? [isTied ? SLACK : GROUND, total] : [total, isTied ? SLACK : GROUND]
  return [
    ...cells,
    ...results.map(([result, entry]) => known(result, `${result} ${total}`, total, entry)),
    ...(figure === 'concern'
      ? [{ code: SLACK, column, entry: untold(more), counts: false, arc: { from, to, value: more, ...unlimited } }]
      : []),
    // A nationality that nobody has named.
    ...(figure === 'nationality' && isOpen && !isTied
      ? [known(GROUND, GROUND, total, untold(counters.referrals), unlimited, false)]
      : []),
  ]
}

const untold = (value: number): Entry => ({ value, shown: 'suppressed' })

const nodeOf = (column: string): string => `all of ${column}`

/** That one case more goes through one column and one less through another, or (where no year binds them) through none. */
type Move = { readonly entry: string; readonly exit: string }

/** The ways in which hidden totals can differ by one. */
function movesOf(columns: readonly Draft[]): readonly Move[] {
  const year = columns.find(isYear)
  const ends = columns.flatMap((column) => {
    const { referrals, counters, name } = column
    if (typeof referrals === 'number') return []
    const [low, high] = referrals === '<5' ? [0, LEAST - 1] : [LEAST, Number.POSITIVE_INFINITY]
    const grows = counters.referrals < high
    const shrinks = counters.referrals > low
    return [{ name, enters: isYear(column) ? grows : shrinks, leaves: isYear(column) ? shrinks : grows }]
  })
  const entries = ends.filter(({ enters }) => enters).map(({ name }) => name)
  const exits = ends.filter(({ leaves }) => leaves).map(({ name }) => name)
  if (year === undefined)
    return [...entries.map((entry) => ({ entry, exit: GROUND })), ...exits.map((exit) => ({ entry: GROUND, exit }))]
  return entries.flatMap((entry) => exits.filter((exit) => exit !== entry).map((exit) => ({ entry, exit })))
}

/** Where a year says nothing of a figure, its total binds nothing in it. */
function nodeIn(columns: readonly Draft[], figure: Figure, name: string): string {
  const column = columns.find((one) => one.name === name)
  return column === undefined || (isYear(column) && column.withheld.has(figure)) ? GROUND : nodeOf(name)
}

/** Whether all tables allow it. */
function isPossible(columns: readonly Draft[], graphs: ReadonlyMap<Figure, Graph>, { entry, exit }: Move): boolean {
  return SUMMED.every((figure) => {
    const graph = graphs.get(figure)
    return (
      graph !== undefined &&
      wayBetween(graph, nodeIn(columns, figure, entry), nodeIn(columns, figure, exit)) !== undefined
    )
  })
}

function canTotalDiffer(columns: readonly Draft[], { name }: Draft): boolean {
  const graphs = new Map(SUMMED.map((figure) => [figure, graphIn(columns, figure)]))
  return movesOf(columns).some(
    (move) => (move.entry === name || move.exit === name) && isPossible(columns, graphs, move),
  )
}
