import { randomBytes, randomUUID } from 'node:crypto'
import type { NewMessage } from '../../gateway/record/messages.ts'

let made = 0
/** Messages for the record itself, which opens none of them: with ids in order, each in a case of its own. */
export function makeMessage(
  values: { caseId?: string; wrapped?: Buffer; from?: string; to?: string } = {},
): NewMessage {
  const id = `00000000-0000-7000-8000-${String(++made).padStart(12, '0')}`
  const { caseId = randomUUID(), wrapped = randomBytes(60), from = 'fr-rys', to = 'gb-ctac' } = values
  const said = { id, caseId, type: 'referral', schemaVersion: '1.0', from, to }
  return {
    envelope: { ...said, priority: 'routine', attachments: [] },
    digest: randomBytes(32),
    size: 100,
    acceptedAt: new Date('2026-03-02T10:00:00Z'),
    sealed: randomBytes(100),
    key: { wrapped, fresh: true },
    attachments: [],
    receipt: { id: randomUUID(), jws: `receipt.of.${id}` },
  }
}
