import { digestOf, erasedPlan, jws, planOf } from './plan.ts'
import { type Mutation, without, at, rewrite, erased, other, word, strangeKey } from './tampering.ts'
import { HOUR, NOW } from './world.ts'

export const messageMutations: readonly Mutation[] = [
  // The message.
  {
    what: 'another message of the sender',
    code: 'message-digest',
    bundle: (b, w) =>
      void (b.message = jws(
        'safeguarding-message+jws',
        { payload: { ...planOf(w).message.payload, priority: 'immediate' }, signer: w.sender },
        NOW,
      )),
  },
  {
    what: 'a word of the message changed',
    code: 'message-digest',
    bundle: (b) => void (b.message = rewrite(b.message ?? '', 1, (p) => (p['body'] = {}))),
  },
  {
    what: 'a message that names another case',
    code: 'message-says-otherwise',
    plan: (p) => (p.message.payload['caseId'] = other),
  },
  {
    what: 'a message that names another recipient',
    code: 'message-says-otherwise',
    plan: (p) => (p.message.payload['to'] = 'gb-home-office'),
  },
  {
    what: 'a message that its sender did not sign',
    code: 'message-signature',
    plan: (p, w) => void (p.message.signer = { ...w.sender, key: w.gateway.key }),
  },
  // The recipient's word.
  {
    what: 'a word about another message',
    code: 'acknowledgement-of-another-message',
    plan: (p) => word(p, { messageId: other }),
  },
  {
    what: 'a word about other bytes',
    code: 'acknowledgement-of-another-message',
    plan: (p) => word(p, { messageDigest: digestOf('other bytes') }),
  },
  {
    what: 'a refusal in the receipt of a handover',
    code: 'acknowledgement-outcome',
    plan: (p) => word(p, { outcome: 'refused', reason: { code: 'not-for-us' } }),
  },
  {
    what: 'another reason than the receipt’s',
    code: 'acknowledgement-outcome',
    base: (w) => planOf(w, ['SubmissionAcceptance', 'ContentConsignment', 'ConsignmentRejection']),
    plan: (p) => word(p, { reason: { code: 'no-longer-ours' } }),
  },
  {
    what: 'a word that its recipient did not sign',
    code: 'acknowledgement-signature',
    plan: (p, w) => {
      if (p.word) p.word.signer = { ...w.recipient, key: strangeKey() }
    },
  },
  // The schema.
  {
    what: 'the schema of another type',
    code: 'schema-of-another-type',
    bundle: (b) => void (b.schema.id = b.schema.id.replace('referral', 'outcome')),
  },
  {
    what: 'the schema of another release',
    code: 'schema-of-another-type',
    bundle: (b) => void (b.schema.id = b.schema.id.replace('1.1', '1.0')),
  },
  {
    what: 'another digest of the schema',
    code: 'schema-digest',
    bundle: (b) => void (b.schema.sha256 = '0'.repeat(64)),
  },
  // Erasure.
  { what: 'a message that is just left out', code: 'erasure-not-shown', bundle: (b) => without(b, 'message') },
  { what: 'an erasure hidden', code: 'erasure-not-shown', base: erased, bundle: (b) => without(b, 'erasure') },
  {
    what: 'an erased message put back',
    code: 'erasure-contradicted',
    base: erased,
    plan: (p) => void (p.isErased = false),
  },
  {
    what: 'another act in place of the erasure',
    code: 'act-no-erasure',
    base: erased,
    plan: (p) => void Object.assign(at(p.acts, 1).payload, { act: 'discard' }),
  },
  {
    what: 'an erasure without an operator',
    code: 'act-no-erasure',
    base: erased,
    plan: (p) => void delete at(p.acts, 1).payload['operator'],
  },
  {
    what: 'the erasure of another case',
    code: 'erasure-of-another-case',
    base: erased,
    plan: (p) => (at(p.acts, 1).payload['caseId'] = other),
  },
  {
    what: 'an erasure from before the message',
    code: 'erasure-before-acceptance',
    base: erased,
    plan: (p) => void (p.order = ['entries', 'acts', 'receipts']),
  },
  { what: 'an erasure by one operator, twice', code: 'erasure-by-one', base: (w) => erasedPlan(w, ['duty', 'duty']) },
  {
    what: 'an erasure whose second operator came days later',
    code: 'erasure-by-one',
    base: erased,
    plan: (p) => {
      at(p.acts, 1).payload['at'] = new Date(NOW.getTime() + 99 * HOUR).toISOString()
      p.witnessedAt = new Date(NOW.getTime() + 100 * HOUR)
    },
  },
]
