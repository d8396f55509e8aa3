import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { createMetrics } from '../../gateway/base/metrics.ts'
import { openTracing } from '../../gateway/base/tracing.ts'
import { startCollector } from '../support/collector.ts'

const at = new Date('2026-11-28T12:00:00Z')
const accepted = { step: 'accept', began: at, ended: new Date(at.getTime() + 12), about: { from: 'fr-rys' } } as const

test('a collector that refuses costs spans, and says so once', async () => {
  await using collector = await startCollector()
  const lines: unknown[] = []
  const keep = (...line: unknown[]): void => void lines.push(line.at(-1))
  const metrics = createMetrics()
  const open = () =>
    openTracing(
      { otlpEndpoint: `${collector.url}/`, environment: 'test' },
      { info: keep, warn: keep, error: keep },
      metrics,
    )
  collector.refuse(true)
  const one = await open()
  one.step({ ...accepted, requestId: randomUUID() })
  await one.close()
  expect(collector.spans).toEqual([])
  expect(lines).toEqual(['message accepted', 'traces could not be exported'])

  collector.refuse(false)
  const other = await open()
  // What an earlier release accepted has no request id: a line, and no span.
  other.step({ ...accepted, requestId: null })
  other.step({ ...accepted, requestId: '4f726bec-50ca-41f0-ad36-5313f3ec4a1b' })
  await other.close()
  expect(collector.spans).toMatchObject([{ traceId: '4f726bec50ca41f0ad365313f3ec4a1b', ms: 12 }])
  expect(collector.text()).toContain('"passerelle"')
  const { values } = await metrics.spans.get()
  expect(values.map(({ labels, value }) => [labels.outcome, value])).toEqual([
    ['lost', 1],
    ['exported', 1],
  ])
})
