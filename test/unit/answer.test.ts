import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nameFault, parseRetryAfter, readAnswer } from '../../gateway/delivery/answer.ts'
import { DeliveryFault } from '../../gateway/delivery/fault.ts'

const now = new Date('2017-01-06T18:00:00Z')
const answer = (status: number, retryAfter?: string, body?: Buffer) => readAnswer(status, retryAfter, body, now)

describe('an answer', () => {
  test('2xx is taken, with whatever came in its body', () => {
    expect(answer(200)).toEqual({ kind: 'taken', status: 200 })
    expect(answer(204, '60', Buffer.alloc(0))).toEqual({ kind: 'taken', status: 204 })
    expect(answer(202, undefined, Buffer.from('a.b.c'))).toEqual({
      kind: 'taken',
      status: 202,
      acknowledgement: Buffer.from('a.b.c'),
    })
  })

  test('408, 425, 429 and 5xx are tried again, anything else is refused for good', () => {
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 999 }), (status) => {
        const again = [408, 425, 429].includes(status) || Math.floor(status / 100) === 5
        expect(answer(status)).toEqual({ kind: again ? 'retry' : 'refused', detail: 'status', status })
      }),
    )
  })

  test('Retry-After comes with what is tried again', () => {
    expect(answer(429, '120')).toMatchObject({ kind: 'retry', retryAfterMs: 120_000 })
    expect(answer(503, 'Fri, 06 Jan 2017 18:00:30 GMT')).toMatchObject({ kind: 'retry', retryAfterMs: 30_000 })
    expect(answer(503, 'soon')).toEqual({ kind: 'retry', detail: 'status', status: 503 })
    expect(answer(400, '120')).toEqual({ kind: 'refused', detail: 'status', status: 400 })
  })
})

test.each([
  ['0', 0],
  ['7', 7_000],
  ['Fri, 06 Jan 2017 17:00:00 GMT', 0],
  ['Fri, 06 Jan 2017 19:00:00 GMT', 3_600_000],
  ['Fri, 06 Jan 2017 19:00:00 +0200', undefined],
  ['2017-01-06T19:00:00Z', undefined],
  ['Fri, 99 Jan 2017 19:00:00 GMT', undefined],
  ['-5', undefined],
  ['1.5', undefined],
  ['', undefined],
  ['99999999999999999999', Number.MAX_SAFE_INTEGER],
  ['9'.repeat(400), Number.MAX_SAFE_INTEGER],
  ['0000000000000000000000090', 90_000],
  ['Friday, 06-Jan-17 19:00:00 GMT', 3_600_000],
  ['Fri Jan  6 19:00:00 2017', 3_600_000],
  ['Mon Feb 30 19:00:00 2017', undefined],
  ['Fri, 06 Jan 2017 24:00:00 GMT', undefined],
  [['1', '2'], undefined],
  [undefined, undefined],
])('Retry-After %j is %s ms', (field, ms) => {
  expect(parseRetryAfter(field, now)).toBe(ms)
})

test('a fault is told in a fixed word, whatever its message says', () => {
  const coded = (code: string) => Object.assign(new Error('connect 10.0.0.7:443 of the desk'), { code })
  expect(nameFault(coded('ECONNREFUSED'))).toBe('connection-refused')
  expect(nameFault(coded('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'))).toBe('tls-failed')
  expect(nameFault(coded('HPE_INVALID_CONSTANT'))).toBe('malformed-answer')
  expect(nameFault(coded('constructor'))).toBe('network')
  expect(nameFault(new DeliveryFault('certificate-revoked'))).toBe('certificate-revoked')
  expect(nameFault('text')).toBe('network')
})
