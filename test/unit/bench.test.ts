import { describe, expect, it } from 'vitest'
import { planRuns } from '../../bench/plan.ts'
import { figureRow, isMet, type Measured, median, percentile, summarize, table, targetRow } from '../../bench/report.ts'
import { targetsOf } from '../../bench/targets.ts'
import { parseAnswer } from '../../bench/wire.ts'

const run = (count: number, extra: Partial<Measured> = {}): Measured => ({
  count,
  seconds: 2,
  p50: 3,
  p99: 9,
  refused: {},
  ...extra,
})

describe('percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1)

  it('is the nearest rank', () => {
    expect(percentile(hundred, 0.5)).toBe(50)
    expect(percentile(hundred, 0.99)).toBe(99)
    expect(percentile(hundred, 1)).toBe(100)
    expect(percentile([7], 0.99)).toBe(7)
  })

  it('of nothing is not a number', () => {
    expect(percentile([], 0.5)).toBeNaN()
  })
})

describe('median', () => {
  it('is the middle, or the mean of the middle two, in whatever order they came', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([10, 1, 9, 2])).toBe(5.5)
    expect(median([4])).toBe(4)
    expect(median([])).toBeNaN()
  })
})

describe('summarize', () => {
  it('takes the median rate and keeps every one', () => {
    const figure = summarize([run(200), run(2000), run(400)])
    expect(figure.rate).toBe(200)
    expect(figure.rates).toEqual([100, 1000, 200])
  })

  it('adds up what was refused and leaves out a cost that a repetition lacks', () => {
    const figure = summarize([
      run(1, { refused: { 429: 2, 503: 1 }, systemMicros: 100, peakMebibytes: 80 }),
      run(1, { refused: { 409: 4 }, systemMicros: 300 }),
    ])
    expect(figure.refused).toBe(7)
    expect(figure.systemMicros).toBe(200)
    expect(figure).not.toHaveProperty('peakMebibytes')
    expect(figure).not.toHaveProperty('databaseMicros')
  })
})

describe('targets', () => {
  it('are met at the bound itself, and never by what could not be measured', () => {
    expect(isMet({ name: 'rate', value: 0.55, atLeast: 0.55 })).toBe(true)
    expect(isMet({ name: 'rate', value: 0.549, atLeast: 0.55 })).toBe(false)
    expect(isMet({ name: 'time', value: 3, atMost: 3 })).toBe(true)
    expect(isMet({ name: 'time', value: 3.01, atMost: 3 })).toBe(false)
    expect(isMet({ name: 'rate', value: Number.NaN, atLeast: 0 })).toBe(false)
    expect(isMet({ name: 'time', value: Number.NaN, atMost: 9 })).toBe(false)
  })

  it('read as rows', () => {
    expect(targetRow({ name: 'rate', value: 0.6, atLeast: 0.5 })).toEqual(['rate', '0.60', '≥ 0.50', 'pass'])
    expect(targetRow({ name: 'time', value: 4, atMost: 3 })).toEqual(['time', '4.00', '≤ 3.00', 'FAIL'])
  })
})

describe('table', () => {
  it('is Markdown with its columns lined up', () => {
    const figure = summarize([run(2469, { systemMicros: 412.4 })])
    expect(table(['', 'a second', 'p50'], [figureRow('floor', figure), ['Passerelle', '7', '12.5']])).toBe(
      [
        '|            | a second |  p50 |',
        '| ---------- | -------: | ---: |',
        '| floor      |     1235 |  3.0 |',
        '| Passerelle |        7 | 12.5 |',
      ].join('\n'),
    )
  })

  it('says where something was refused', () => {
    expect(figureRow('x', summarize([run(10, { refused: { 503: 3 } })]))).toEqual([
      'x',
      '5',
      '3.0',
      '9.0',
      '–',
      '–',
      '–',
      '3 refused',
    ])
  })
})

describe('parseAnswer', () => {
  const whole = Buffer.from('HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\n{ }\n')

  it('waits until the head and then the body are whole', () => {
    for (let length = 0; length < whole.length; length++) expect(parseAnswer(whole.subarray(0, length))).toBeUndefined()
    expect(parseAnswer(whole)).toEqual({ status: 202, body: Buffer.from('{ }\n') })
  })

  it('takes an answer without a body and refuses one that does not say its length', () => {
    expect(parseAnswer(Buffer.from('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n'))?.status).toBe(403)
    expect(() => parseAnswer(Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'))).toThrow('length')
  })
})

describe('the plan', () => {
  const place = { pki: '', schemas: '', postmaster: 1 }
  const names = (redisUrl: string | undefined, million: boolean, only = ''): string[] =>
    planRuns(place, { seconds: 5, redisUrl, million, only }).flatMap(({ runs }) => runs.map(({ name }) => name))

  it('measures all that the targets need, and leaves out the targets of what it does not measure', () => {
    const results = (list: string[]) => new Map(list.map((name) => [name, [run(10)]]))
    expect(targetsOf(results(names('redis://127.0.0.1', true)))).toHaveLength(8)
    expect(targetsOf(results(names(undefined, true)))).toHaveLength(7)
    expect(targetsOf(results(names(undefined, false)))).toHaveLength(5)
    expect(targetsOf(results(names('redis://127.0.0.1', true, 'floor')))).toEqual([])
  })

  it('compares within a repetition, and takes the median of the ratios', () => {
    const results = new Map([
      ['Passerelle, accepted, 32', [run(10), run(60), run(20)]],
      ['floor, 32 at once', [run(40), run(80), run(40)]],
    ])
    const [target] = targetsOf(results)
    expect(target).toMatchObject({ name: 'accepted ÷ floor, 32 connections', value: 0.5 })
    expect(targetsOf(new Map([...results].slice(0, 1)))).toEqual([])
  })

  it('measures only the systems that are asked for', () => {
    expect(names('redis://127.0.0.1', true, 'on Redis')).toEqual([
      'Passerelle on Redis, accepted, 32',
      'easy gateway on Redis, accepted, 32',
    ])
  })

  it('gives every run a name of its own', () => {
    const all = names('redis://127.0.0.1', true)
    expect(new Set(all).size).toBe(all.length)
  })

  it('runs the open loop at half of what the closed one has just reached', () => {
    const closed = 'Passerelle, accepted, 32'
    const wanted = { seconds: 5, redisUrl: undefined, million: false, only: '' }
    const runs = planRuns(place, wanted).flatMap(({ runs }) => runs)
    const open = runs.map(({ make }) => make(new Map([[closed, 3000]]))).find(({ mode }) => mode === 'open')
    expect(open).toEqual({ mode: 'open', connections: 32, warmUpSeconds: 3, seconds: 5, perSecond: 1500 })
  })
})
