import { digestOf, jws } from './plan.ts'
import {
  type Mutation,
  without,
  receipt,
  at,
  rewrite,
  editNote,
  everyProof,
  erased,
  other,
  lengthen,
} from './tampering.ts'
import { NOW } from './world.ts'

export const formMutations: readonly Mutation[] = [
  // Its form.
  { what: 'no JSON object', code: 'bundle-malformed', bundle: () => ['a bundle'] },
  { what: 'an unknown member', code: 'bundle-malformed', bundle: (b) => Object.assign(b, { note: 'trust me' }) },
  { what: 'no schema', code: 'bundle-malformed', bundle: (b) => without(b, 'schema') },
  {
    what: 'a receipt without its proof',
    code: 'bundle-malformed',
    bundle: (b) => ({ ...b, receipts: b.receipts.map(({ receipt }) => ({ receipt })) }),
  },
  { what: 'another version', code: 'bundle-version', bundle: (b) => ({ ...b, version: 2 }) },
  {
    what: 'a certificate that is none',
    code: 'certificate-malformed',
    bundle: (b) => void b.certificates.push('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'),
  },
  {
    what: 'bytes after a certificate',
    code: 'certificate-malformed',
    bundle: (b) => void (b.certificates[0] = lengthen(at(b.certificates, 0))),
  },
  {
    what: 'a list that is none',
    code: 'crl-malformed',
    bundle: (b) => void (b.crls[0] = '-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n'),
  },
  // Receipts.
  {
    what: 'a receipt that is no JWS',
    code: 'receipt-malformed',
    bundle: (b) => void (at(b.receipts, 1).receipt = 'a.b'),
  },
  {
    what: 'a receipt whose header has a member more',
    code: 'receipt-malformed',
    bundle: (b) => void (at(b.receipts, 1).receipt = rewrite(at(b.receipts, 1).receipt, 0, (h) => (h['kid'] = 'x'))),
  },
  { what: 'a receipt with a member more', code: 'receipt-malformed', plan: receipt(1, (p) => (p['note'] = 'x')) },
  {
    what: 'an acceptance that names no list',
    code: 'receipt-malformed',
    plan: receipt(0, (p) => (p['crl'] = undefined)),
  },
  {
    what: 'a handover without the recipient’s word',
    code: 'receipt-malformed',
    plan: (p) => void (p.word = undefined),
  },
  {
    what: 'an acknowledgement in place of a receipt',
    code: 'receipt-malformed',
    bundle: (b, w) =>
      void (at(b.receipts, 1).receipt = jws(
        'safeguarding-acknowledgement+jws',
        { payload: {}, signer: w.gateway },
        NOW,
      )),
  },
  {
    what: 'a registry entry with a member more',
    code: 'entry-malformed',
    plan: (p) => (at(p.entries, 1).payload['note'] = 'x'),
  },
  { what: 'an act that is none', code: 'act-malformed', base: erased, plan: (p) => (at(p.acts, 0).payload['act'] = 7) },
  {
    what: 'a proof without its index',
    code: 'proof-malformed',
    bundle: (b) => void (at(b.receipts, 0).proof = at(b.receipts, 0).proof.replace(/index \d+\n/, '')),
  },
  {
    what: 'a proof of another version',
    code: 'proof-malformed',
    bundle: (b) => void (at(b.receipts, 0).proof = at(b.receipts, 0).proof.replace('@v1', '@v2')),
  },
  {
    what: 'a checkpoint with a line more',
    code: 'proof-malformed',
    bundle: (b) => everyProof(b, (proof) => editNote(proof, (line, place) => (place === 2 ? `${line}\nmore` : line))),
  },
  { what: 'a message that is no JWS', code: 'message-malformed', bundle: (b) => void (b.message = 'message') },
  { what: 'a message with a member more', code: 'message-malformed', plan: (p) => (p.message.payload['note'] = 'x') },
  {
    what: 'a word that is no JWS',
    code: 'acknowledgement-malformed',
    plan: (p) => {
      p.word = undefined
      at(p.receipts, 2).payload['acknowledgement'] = 'x'
    },
  },
  { what: 'no receipt at all', code: 'acceptance-missing', bundle: (b) => void (b.receipts = []) },
  { what: 'the acceptance left out', code: 'acceptance-missing', bundle: (b) => void b.receipts.shift() },
  ...(['messageId', 'caseId'] as const).map(
    (member): Mutation => ({
      what: `another ${member} in a receipt`,
      code: 'receipt-of-another-message',
      plan: receipt(1, (p) => (p[member] = other)),
    }),
  ),
  {
    what: 'another sender in a receipt',
    code: 'receipt-of-another-message',
    plan: receipt(1, (p) => (p['from'] = 'fr-dep-62')),
  },
  {
    what: 'another recipient in a receipt',
    code: 'receipt-of-another-message',
    plan: receipt(2, (p) => (p['to'] = 'gb-home-office')),
  },
  {
    what: 'another type in a receipt',
    code: 'receipt-of-another-message',
    plan: receipt(1, (p) => (p['type'] = 'outcome')),
  },
  {
    what: 'another digest in a receipt',
    code: 'receipt-of-another-message',
    plan: receipt(1, (p) => (p['messageDigest'] = digestOf('other bytes'))),
  },
  {
    what: 'a receipt of another gateway',
    code: 'receipt-of-another-gateway',
    plan: receipt(1, (p) => (p['gateway'] = 'passerelle-elsewhere')),
  },
  {
    what: 'an entry of another gateway',
    code: 'receipt-of-another-gateway',
    plan: (p) => (at(p.entries, 1).payload['gateway'] = 'passerelle-elsewhere'),
  },
]
