import { describe, expect, test } from 'vitest'
import { openJudge, readDescription } from '../support/described.ts'

/** That the judge of answers finds what is wrong with one: it stands behind every wire test. */

const judge = openJudge(readDescription('agency'))
const receipt = 'aGVhZGVy.cGF5bG9hZA.c2lnbmF0dXJl'
const id = '01a20ea6-f1d3-7208-81fb-96ee73443308'
const accepted = { messageId: id, state: 'accepted', receipt }
const headers = {
  'passerelle-request-id': id,
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  location: `/v1/messages/${id}`,
  'content-type': 'application/json; charset=utf-8',
}
const answered = (body: unknown, more: object = {}, status = 202, method = 'POST', path = '/v1/messages') => ({
  method,
  url: `https://localhost:8443${path}`,
  status,
  headers: { ...headers, ...more },
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
})

test('an answer as it is described is good', () => {
  expect(judge(answered(accepted))).toBeUndefined()
  expect(judge(answered({ ...accepted, desk: 'duty', notBefore: '2026-11-24T17:42:31.731Z' }))).toBeUndefined()
  expect(judge(answered(accepted, { 'passerelle-certificate-expires': 'tls 2026-12-01T00:00:00Z' }))).toBeUndefined()
})

describe('what is not as it is described:', () => {
  test.each([
    ['a status', answered(accepted, {}, 201), '201 is none of its answers'],
    ['a member too many', answered({ ...accepted, more: 1 }), 'additional properties'],
    ['a member too few', answered({ messageId: id, state: 'accepted' }), 'required'],
    ['a word that is of no list', answered({ ...accepted, state: 'consigned' }), 'constant'],
    ['a time in another form', answered({ ...accepted, notBefore: 'tomorrow' }), 'format'],
    ['a header too few', answered(accepted, { location: undefined }), 'Location is missing'],
    ['a header too many', answered(accepted, { 'x-powered-by': 'x' }), 'header x-powered-by is not described'],
    ['a header of another form', answered(accepted, { 'x-content-type-options': 'none' }), 'X-Content-Type-Options'],
    ['a media type', answered(accepted, { 'content-type': 'text/plain' }), 'media type text/plain'],
    ['a call', answered(accepted, {}, 200, 'GET', '/v1/nothing'), 'no such operation'],
    [
      'a refusal by a code that the call does not have',
      answered(
        {
          type: '/problems/erased',
          title: 'x',
          status: 422,
          detail: 'x',
          documentation: '/problems/erased',
          instance: `urn:uuid:${id}`,
          code: 'erased',
        },
        { 'content-type': 'application/problem+json', location: undefined, vary: 'Accept-Language' },
        422,
      ),
      'code',
    ],
  ])('%s', (_, answer, says) => {
    expect(judge(answer)).toContain(says)
  })
})
