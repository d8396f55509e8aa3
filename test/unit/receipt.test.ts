import { expect, test } from 'vitest'
import { makeReceipt } from '../../gateway/protocol/receipt.ts'

const at = new Date('2016-10-17T10:00:00Z')
const digest = 'sha-256:VcZND81vnV98goCThX4_39poR4u06b0k1IHvORx4BOg'

test('members stand in the order of section 6, whatever the order of the fields', () => {
  const receipt = makeReceipt({
    acknowledgement: 'a.b.c',
    submittedBy: 'fr-rys',
    crl: digest,
    reason: { code: 'unreadable-attachment', detail: 'x' },
    desk: 'duty',
    attempt: 3,
    gateway: 'passerelle',
    at,
    messageDigest: digest,
    to: 'gb-ctac',
    from: 'fr-rys',
    type: 'referral',
    caseId: '0190a000-0000-7000-8000-000000001002',
    messageId: '0190a000-0000-7000-8000-000000000001',
    event: 'ConsignmentRejection',
    receiptId: '0190a000-0000-7000-8000-0000000000ff',
  })
  expect(Object.keys(receipt)).toEqual(
    'receiptId event messageId caseId type from to messageDigest at gateway attempt desk reason crl submittedBy acknowledgement'.split(
      ' ',
    ),
  )
  expect(receipt.at).toBe('2016-10-17T10:00:00.000Z')
})

test('a rejection whose sender is not established names no message', () => {
  const fields = { receiptId: '0190a000-0000-7000-8000-0000000000ff', messageDigest: digest, gateway: 'passerelle' }
  const rejection = {
    event: 'SubmissionRejection',
    reason: { code: 'signer-mismatch' },
    submittedBy: 'fr-rys',
  } as const
  expect(JSON.stringify(makeReceipt({ ...fields, ...rejection, at, attempt: 0 }))).toBe(
    `{"receiptId":"0190a000-0000-7000-8000-0000000000ff","event":"SubmissionRejection","messageDigest":"${digest}",` +
      '"at":"2016-10-17T10:00:00.000Z","gateway":"passerelle","attempt":0,"reason":{"code":"signer-mismatch"},' +
      '"submittedBy":"fr-rys"}',
  )
})
