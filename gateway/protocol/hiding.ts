/**
 * Whether a hidden number of a published table can be worked out. Tables whose sums are printed are a flow: a cell is an arc from its
 * row to its column, and what enters a node leaves it again. Whatever else fits what is printed differs from the truth by circuits of
 * that flow (network flows: Ahuja, Magnanti and Orlin, theorem 3.7; for tables: Cox, "Network models for complementary cell
 * suppression", JASA 1995), in whole numbers. So a cell has a second possible value exactly if its arc lies on a circuit along which
 * every cell has room. Pure.
 */

/** A number that is not printed, and between which bounds a reader knows it to be. */
export type Arc = {
  readonly from: string
  readonly to: string
  readonly value: number
  readonly low: number
  readonly high: number
}

type Step = { readonly to: string; readonly arc: Arc }
/** Where one can go from each node: along arcs that can grow, and back along those that can shrink. */
export type Graph = ReadonlyMap<string, readonly Step[]>

const canGrow = ({ value, high }: Arc): boolean => value < high
const canShrink = ({ value, low }: Arc): boolean => value > low

/** Takes the numbers that are not printed, gives how they can differ. */
export function graphOf(arcs: readonly Arc[]): Graph {
  const graph = new Map<string, Step[]>()
  const add = (from: string, step: Step): void => {
    const steps = graph.get(from)
    if (steps === undefined) graph.set(from, [step])
    else steps.push(step)
  }
  for (const arc of arcs) {
    if (canGrow(arc)) add(arc.from, { to: arc.to, arc })
    if (canShrink(arc)) add(arc.to, { to: arc.from, arc })
  }
  return graph
}

type Except = { readonly arc?: Arc; readonly nodes?: ReadonlySet<string> }

/** The nodes of a shortest way, with both ends; undefined where there is none. It keeps off an arc, and off nodes. */
export function wayBetween(graph: Graph, from: string, to: string, except: Except = {}): readonly string[] | undefined {
  if (except.nodes?.has(from) === true || except.nodes?.has(to) === true) return undefined
  const before = new Map<string, string | undefined>([[from, undefined]])
  for (const node of before.keys()) {
    if (node === to) return backFrom(to, before)
    for (const step of graph.get(node) ?? [])
      if (step.arc !== except.arc && !before.has(step.to) && except.nodes?.has(step.to) !== true)
        before.set(step.to, node)
  }
  return undefined
}

function backFrom(end: string, before: ReadonlyMap<string, string | undefined>): readonly string[] {
  const way: string[] = []
  for (let node: string | undefined = end; node !== undefined; node = before.get(node)) way.unshift(node)
  return way
}

/** Both ways in which the number of an arc can differ by one: from where to where that needs to be carried on. */
function changesOf(arc: Arc): readonly { readonly from: string; readonly to: string }[] {
  return [
    ...(canGrow(arc) ? [{ from: arc.from, to: arc.to }] : []),
    ...(canShrink(arc) ? [{ from: arc.to, to: arc.from }] : []),
  ]
}

/** Whether the number of an arc can be another, all that is printed being as it is. */
export function canDiffer(graph: Graph, arc: Arc): boolean {
  return changesOf(arc).some(({ from, to }) => wayBetween(graph, to, from, { arc }) !== undefined)
}

/** Whether it can where one more goes in at a node and out at another. What is not found may exist: it errs towards hiding. */
export function canDifferOn(graph: Graph, arc: Arc, entry: string, exit: string): boolean {
  return changesOf(arc).some(({ from, to }) => {
    const there = wayBetween(graph, entry, from)
    return there !== undefined && wayBetween(graph, to, exit, { nodes: new Set(there) }) !== undefined
  })
}

/**
 * The circuit through an arc on which least has to be hidden besides: the other arcs of it. Undefined where there is none.
 * @param graph with the arcs that may yet be hidden; @param costOf what hiding an arc costs, 0 where it is hidden
 */
export function cheapestCircuit(graph: Graph, arc: Arc, costOf: (arc: Arc) => number): readonly Arc[] | undefined {
  const ways = changesOf(arc).map(({ from, to }) => cheapestWay(graph, to, from, arc, costOf))
  return ways.filter((way) => way !== undefined).toSorted((a, b) => a.cost - b.cost)[0]?.arcs
}

type Way = { readonly cost: number; readonly arcs: readonly Arc[] }

/** Dijkstra's, for a few hundred nodes. */
function cheapestWay(
  graph: Graph,
  from: string,
  to: string,
  except: Arc,
  costOf: (arc: Arc) => number,
): Way | undefined {
  const open = new Map<string, Way>([[from, { cost: 0, arcs: [] }]])
  const done = new Set<string>()
  for (;;) {
    const [node, way] = cheapestOf(open) ?? []
    if (node === undefined || way === undefined || node === to) return way
    open.delete(node)
    done.add(node)
    for (const step of graph.get(node) ?? []) {
      const cost = way.cost + costOf(step.arc)
      if (step.arc !== except && !done.has(step.to) && cost < (open.get(step.to)?.cost ?? Number.POSITIVE_INFINITY))
        open.set(step.to, { cost, arcs: [...way.arcs, step.arc] })
    }
  }
}

function cheapestOf(open: ReadonlyMap<string, Way>): [string, Way] | undefined {
  let best: [string, Way] | undefined
  for (const one of open) if (best === undefined || one[1].cost < best[1].cost) best = one
  return best
}
