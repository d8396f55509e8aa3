import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import dashboard from '../../deploy/grafana-dashboard.json' with { type: 'json' }
import { createMetrics } from '../../gateway/base/metrics.ts'

const rules = parse(readFileSync(join(import.meta.dirname, '../../deploy/prometheus-rules.yml'), 'utf8')) as {
  groups: { rules: { alert: string; expr: string; annotations: { summary: string; description: string } }[] }[]
}
const panels = dashboard.panels.map(({ title, targets }) => ({ title, exprs: targets.map(({ expr }) => expr) }))
const alerts = rules.groups.flatMap((group) => group.rules)

/** The names that a query may ask for: a histogram has three of its own, and none under its name. */
async function served(): Promise<ReadonlySet<string>> {
  const metrics = await createMetrics().registry.getMetricsAsJSON()
  return new Set(
    metrics.flatMap(({ name, type }) =>
      String(type) === 'histogram' ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : [name],
    ),
  )
}

/** The metrics and labels of a query: what stands before a brace or a bracket, and what an = or `by` names. */
const namesIn = (expr: string): readonly string[] => expr.match(/\b(?:passerelle|nodejs|process)_\w+/g) ?? []

test('the dashboard and the rules name metrics that there are', async () => {
  const known = await served()
  const named = [...panels.flatMap(({ exprs }) => exprs), ...alerts.map(({ expr }) => expr)].flatMap(namesIn)
  expect(named.length).toBeGreaterThan(30)
  expect(named.filter((name) => !known.has(name))).toEqual([])
})

test('they ask for labels that these metrics have', async () => {
  const metrics = createMetrics().registry.getMetricsAsArray() as unknown as { name: string; labelNames: string[] }[]
  const labels = new Set([...metrics.flatMap(({ labelNames }) => labelNames), 'job', 'instance', 'le'])
  const asked = [...panels.flatMap(({ exprs }) => exprs), ...alerts.map(({ expr }) => expr)].flatMap((expr) => [
    ...[...expr.matchAll(/[{,](\w+)=/g)].map(([, label = '']) => label),
    ...[...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/, */)),
  ])
  expect(asked.filter((label) => !labels.has(label))).toEqual([])
})

test('each panel has a place of its own and a query, and each alert says what to do', () => {
  for (const { title, exprs } of panels) expect(exprs.length, title).toBeGreaterThan(0)
  const squares = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
  )
  expect(new Set(squares).size).toBe(squares.length)
  for (const { alert, annotations } of alerts) expect(annotations.description.length, alert).toBeGreaterThan(20)
})
