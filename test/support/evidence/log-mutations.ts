import { planOf } from './plan.ts'
import {
  byMlDsa,
  type Mutation,
  at,
  editNote,
  spoilLine,
  everyProof,
  erased,
  swapProofs,
  reissued,
  forkLog,
  changeHash,
  dropHash,
} from './tampering.ts'
import { HOUR, NOW } from './world.ts'

export const logMutations: readonly Mutation[] = [
  // The log and its witnesses.
  { what: 'another log’s checkpoint', code: 'log-unknown', plan: (p, w) => void (p.log = w.otherLog) },
  {
    what: 'the log of another gateway',
    code: 'log-of-another-gateway',
    plan: (p, w) => void (p.log = w.otherLog),
    trust: (t, w) => ({ ...t, logKeys: [...t.logKeys, ...w.otherLog.map(({ vkey }) => vkey)] }),
  },
  {
    what: 'the log’s signatures left out',
    code: 'log-signature-missing',
    plan: (p) => void (p.log = p.log.slice(0, 1)),
  },
  {
    what: 'a log that somebody else signs under its name',
    code: 'log-signature-missing',
    plan: (p, w) => void (p.log = w.forgedLog),
  },
  {
    what: 'a spoilt signature of the log, by Ed25519',
    code: 'log-signature',
    bundle: (b) =>
      void (at(b.receipts, 0).proof = editNote(at(b.receipts, 0).proof, (line, place) =>
        place === 4 ? spoilLine(line) : line,
      )),
  },
  {
    what: 'a spoilt signature of the log, by ML-DSA-44',
    code: 'log-signature',
    bundle: (b) =>
      void (at(b.receipts, 0).proof = editNote(at(b.receipts, 0).proof, (line, place) =>
        place === 5 ? spoilLine(line) : line,
      )),
  },
  {
    what: 'another size of the log',
    code: 'log-signature',
    bundle: (b) =>
      everyProof(b, (proof) => editNote(proof, (line, place) => (place === 1 ? String(Number(line) + 1) : line))),
  },
  {
    what: 'another root of the log',
    code: 'log-signature',
    bundle: (b) =>
      everyProof(b, (proof) =>
        editNote(proof, (line, place) => (place === 2 ? Buffer.alloc(32, 7).toString('base64') : line)),
      ),
  },
  { what: 'a log that has forked', code: 'log-forked', bundle: forkLog },
  {
    what: 'a spoilt cosignature',
    code: 'witness-signature',
    bundle: (b) =>
      void (at(b.receipts, 0).proof = editNote(at(b.receipts, 0).proof, (line, place) =>
        place === 7 ? spoilLine(line) : line,
      )),
  },
  {
    what: 'a spoilt cosignature by ML-DSA-44',
    code: 'witness-signature',
    base: byMlDsa,
    bundle: (b) =>
      void (at(b.receipts, 0).proof = editNote(at(b.receipts, 0).proof, (line, place) =>
        place === 8 ? spoilLine(line) : line,
      )),
  },
  { what: 'one witness', code: 'witnesses-too-few', plan: (p) => void (p.witnesses = p.witnesses.slice(0, 1)) },
  { what: 'no witness', code: 'witnesses-too-few', plan: (p) => void (p.witnesses = []) },
  {
    what: 'one witness, twice',
    code: 'witnesses-too-few',
    plan: (p) => void (p.witnesses = [at(p.witnesses, 1), at(p.witnesses, 1)]),
  },
  {
    what: 'the witnesses’ cosignatures left out of one proof',
    code: 'witnesses-too-few',
    bundle: (b) =>
      void (at(b.receipts, 2).proof = editNote(at(b.receipts, 2).proof, (line, place) =>
        place > 5 && line !== '' ? undefined : line,
      )),
  },
  {
    what: 'witnesses that nobody knows',
    code: 'witnesses-too-few',
    plan: (p, w) => void (p.witnesses = w.otherLog.slice(1)),
  },
  {
    what: 'no witness of France',
    code: 'witnesses-of-one-country',
    plan: (p) => void (p.witnesses = p.witnesses.slice(1)),
  },
  {
    what: 'no witness of the United Kingdom',
    code: 'witnesses-of-one-country',
    plan: (p) => void (p.witnesses = [at(p.witnesses, 0), at(p.witnesses, 2)]),
  },
  {
    what: 'a receipt that was never logged',
    code: 'receipt-not-in-log',
    bundle: (b, w) => void (at(b.receipts, 1).receipt = reissued(at(b.receipts, 1).receipt, w)),
  },
  { what: 'the proofs of two receipts swapped', code: 'receipt-not-in-log', bundle: swapProofs },
  {
    what: 'another index in a proof',
    code: 'receipt-not-in-log',
    bundle: (b) => void (at(b.receipts, 0).proof = at(b.receipts, 0).proof.replace(/index \d+/, 'index 1')),
  },
  {
    what: 'an index beyond the log',
    code: 'receipt-not-in-log',
    bundle: (b) => void (at(b.receipts, 0).proof = at(b.receipts, 0).proof.replace(/index \d+/, 'index 99')),
  },
  {
    what: 'a hash of a path changed',
    code: 'receipt-not-in-log',
    bundle: (b) => void (at(b.receipts, 0).proof = changeHash(at(b.receipts, 0).proof)),
  },
  {
    what: 'a hash of a path left out',
    code: 'entry-not-in-log',
    bundle: (b) => void (at(b.parties, 0).proof = dropHash(at(b.parties, 0).proof)),
  },
  {
    what: 'an act that was never logged',
    code: 'act-not-in-log',
    base: erased,
    bundle: (b, w) => void (at(b.erasure ?? [], 1).act = reissued(at(b.erasure ?? [], 1).act, w)),
  },
  {
    what: 'a witness that had seen it before it was made',
    code: 'witnessed-too-early',
    plan: (p) => void (p.witnessedAt = new Date(NOW.getTime() - HOUR)),
  },
  // What happened.
  { what: 'a receipt twice', code: 'receipt-twice', bundle: (b) => void b.receipts.splice(1, 0, at(b.receipts, 1)) },
  {
    what: 'receipts in another order',
    code: 'receipts-out-of-order',
    plan: (p) => void (p.receipts = [at(p.receipts, 0), at(p.receipts, 2), at(p.receipts, 1)]),
    bundle: (b) => void b.receipts.push(...b.receipts.splice(1, 1)),
  },
  {
    what: 'a receipt of the succeeding log that is older than one of the log before it',
    code: 'receipts-out-of-order',
    base: (w) => ({ ...planOf(w), succeeded: { from: 2, log: w.successor } }),
    plan: (p) => (at(p.receipts, 2).payload['at'] = new Date(NOW.getTime() - 1_000).toISOString()),
  },
  { what: 'the consignment left out', code: 'event-missing', bundle: (b) => void b.receipts.splice(1, 1) },
  {
    what: 'the failure left out',
    code: 'event-missing',
    base: (w) =>
      planOf(w, ['SubmissionAcceptance', 'ContentConsignmentFailure', 'DeliveryResumed', 'ContentConsignment']),
    bundle: (b) => void b.receipts.splice(1, 1),
  },
  {
    what: 'the operator’s retry left out',
    code: 'event-missing',
    base: (w) =>
      planOf(w, ['SubmissionAcceptance', 'ContentConsignmentFailure', 'DeliveryResumed', 'ContentConsignmentFailure']),
    bundle: (b) => void b.receipts.splice(2, 1),
  },
  {
    what: 'a second acceptance',
    code: 'event-missing',
    base: (w) => planOf(w, ['SubmissionAcceptance', 'SubmissionAcceptance']),
  },
  {
    what: 'a word after the message was discarded',
    code: 'event-missing',
    base: (w) =>
      planOf(w, ['SubmissionAcceptance', 'ContentConsignmentFailure', 'MessageDiscarded', 'ContentHandover']),
  },
  {
    what: 'handed over and refused',
    code: 'event-missing',
    base: (w) => planOf(w, ['SubmissionAcceptance', 'ContentConsignment', 'ContentHandover', 'ContentHandover']),
  },
]
