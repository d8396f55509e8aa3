import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../sdk/index.ts'
import { warnings } from '../../sdk/index.ts'
import { envelope } from './sdk-parties.ts'

const today = new Date('2026-05-04T12:00:00Z')
const digest = `sha-256:${'A'.repeat(43)}`
const warn = (body: JsonObject, more: object = {}) =>
  warnings({ ...envelope, ...more, body }, { today }).map(({ code, pointer }) => `${code} ${pointer}`)

describe('the SDK warns of', () => {
  test('an immediate concern in a less urgent message', () => {
    const body = {
      concerns: [
        { code: 'a', immediacy: 'days' },
        { code: 'b', immediacy: 'immediate' },
      ],
    }
    expect(warn(body)).toEqual(['immediate-concern /body/concerns/1/immediacy'])
    expect(warn(body, { priority: 'immediate' })).toEqual([])
  })

  test('a domestic transfer across the Channel', () => {
    const body = { dataProtection: { transferMechanism: 'none-domestic' } }
    expect(warn(body)).toEqual(['domestic-transfer /body/dataProtection/transferMechanism'])
    expect(warn(body, { from: 'gb-home-office' })).toEqual([])
  })

  test('an attachment that the envelope does not name', () => {
    const body = { attachmentsUsed: [{ digest }], health: { injuries: [{ photographs: [digest] }] } }
    const attachment = { digest, mediaType: 'image/jpeg', size: 1, name: 'injury-1.jpg', description: 'Left leg' }
    const places = ['/body/attachmentsUsed/0/digest', '/body/health/injuries/0/photographs/0']
    expect(warn(body)).toEqual(places.map((place) => `attachment-not-named ${place}`))
    expect(warn(body, { attachments: [attachment] })).toEqual([])
  })

  test('one key for two things, and persons that nobody describes', () => {
    const person = { key: 'p1', sex: 'male' }
    expect(warn({ location: { accompanying: [person] }, accompanying: [person] })).toEqual([])
    expect(warn({ accompanying: [person], relatives: [{ key: 'p1', relationship: 'brother' }] })).toEqual([
      'key-not-unique /body/relatives/0/key',
    ])
    expect(warn({ accompanying: [person], concerns: [{ persons: ['p1', 'p2'] }] })).toEqual([
      'person-not-described /body/concerns/0/persons/1',
    ])
  })

  test('an answer to what was not asked', () => {
    const request = { ...envelope, body: { questions: [{ key: 'q1' }] } }
    const answer = { ...envelope, body: { answers: [{ key: 'q1' }, { key: 'q2' }] } }
    expect(warnings(answer, { today, request })).toMatchObject([
      { code: 'key-not-asked', pointer: '/body/answers/1/key' },
    ])
    expect(warnings(answer, { today })).toEqual([])
  })

  test('a flag that ends before today', () => {
    expect(warn({ flagUntil: '2026-05-03' })).toEqual(['flag-in-the-past /body/flagUntil'])
    expect(warn({ flagUntil: '2026-05-04' })).toEqual([])
  })
})
