import { toPem } from '../../../certs-dev/pki.ts'
import { digestOf, thumbprintOf } from './plan.ts'
import { type Mutation, at, spoil, rewrite, erased, revoking, pin, party, pinSender } from './tampering.ts'
import { HOUR, NOW } from './world.ts'

export const signerMutations: readonly Mutation[] = [
  // Who signed.
  { what: 'the gateway’s certificate left out', code: 'signer-unknown', bundle: (b) => void b.certificates.shift() },
  {
    what: 'the sender’s certificate left out',
    code: 'signer-unknown',
    bundle: (b) => void b.certificates.splice(1, 1),
  },
  {
    what: 'the recipient’s certificate left out',
    code: 'signer-unknown',
    bundle: (b) => void b.certificates.splice(2, 1),
  },
  {
    what: 'a receipt that an agency signed',
    code: 'signer-not-gateway',
    plan: (p, w) => void (at(p.receipts, 1).signer = w.sender),
  },
  {
    what: 'an entry that another gateway signed',
    code: 'signer-not-gateway',
    plan: (p, w) => {
      at(p.entries, 1).signer = w.otherGateway
      p.certificates.push(w.otherGateway.pem)
    },
  },
  {
    what: 'a receipt by a certificate of the gateway’s name from nobody',
    code: 'signer-unchained',
    plan: (p, w) => {
      at(p.receipts, 1).signer = w.forged
      p.certificates.push(w.forged.pem, toPem(w.forger.certificate))
    },
  },
  { what: 'the intermediate left out', code: 'signer-unchained', bundle: (b) => void b.certificates.pop() },
  {
    what: 'another anchor',
    code: 'signer-unchained',
    trust: (t, w) => ({ ...t, anchors: w.forger.chain.slice(0, 1).map(toPem) }),
  },
  {
    what: 'a receipt by a certificate that was not valid yet',
    code: 'signer-not-in-validity',
    plan: (p, w) => {
      at(p.receipts, 1).signer = w.early
      p.certificates.push(w.early.pem)
    },
  },
  {
    what: 'a message by a certificate that had expired',
    code: 'signer-not-in-validity',
    plan: (p, w) => pinSender(p, w.lapsed),
  },
  { what: 'a message by a weak key', code: 'signer-weak', plan: (p, w) => pinSender(p, w.weak) },
  {
    what: 'a sender whose certificate is on the list',
    code: 'signer-revoked',
    plan: (p, w) => void (p.list = revoking(w.sender.serial)),
  },
  {
    what: 'a recipient whose certificate had been revoked before it signed',
    code: 'signer-revoked',
    plan: (p, w) => void (p.list = revoking(w.recipient.serial)),
  },
  {
    what: 'a gateway whose certificate had been revoked before it signed',
    code: 'signer-revoked',
    plan: (p, w) => void (p.list = revoking(w.gateway.serial)),
  },
  {
    what: 'an erased message of a sender whose certificate is on the list',
    code: 'signer-revoked',
    base: erased,
    plan: (p, w) => void (p.list = revoking(w.sender.serial)),
  },
  {
    what: 'a receipt that says another algorithm',
    code: 'algorithm-mismatch',
    bundle: (b) =>
      void (at(b.receipts, 1).receipt = rewrite(at(b.receipts, 1).receipt, 0, (h) => (h['alg'] = 'EdDSA'))),
  },
  {
    what: 'a spoilt signature of a receipt',
    code: 'receipt-signature',
    bundle: (b) => void (at(b.receipts, 1).receipt = spoil(at(b.receipts, 1).receipt)),
  },
  {
    what: 'another time in a receipt',
    code: 'receipt-signature',
    bundle: (b) =>
      void (at(b.receipts, 0).receipt = rewrite(
        at(b.receipts, 0).receipt,
        1,
        (p) => (p['at'] = '2026-11-24T17:42:30.000Z'),
      )),
  },
  {
    what: 'another event in a receipt',
    code: 'receipt-signature',
    bundle: (b) =>
      void (at(b.receipts, 1).receipt = rewrite(at(b.receipts, 1).receipt, 1, (p) => (p['event'] = 'DeliveryResumed'))),
  },
  {
    what: 'another time of signing in a receipt’s header',
    code: 'receipt-signature',
    bundle: (b) => void (at(b.receipts, 1).receipt = rewrite(at(b.receipts, 1).receipt, 0, (h) => (h['iat'] = 1))),
  },
  {
    what: 'a spoilt signature of an entry',
    code: 'entry-signature',
    bundle: (b) => void (at(b.parties, 2).entry = spoil(at(b.parties, 2).entry)),
  },
  {
    what: 'another certificate in an entry',
    code: 'entry-signature',
    bundle: (b, w) =>
      void (at(b.parties, 1).entry = rewrite(at(b.parties, 1).entry, 1, (p) => pin(p, thumbprintOf(w.stranger)))),
  },
  {
    what: 'a spoilt signature of an act',
    code: 'act-signature',
    base: erased,
    bundle: (b) => void (at(b.erasure ?? [], 1).act = spoil(at(b.erasure ?? [], 1).act)),
  },
  // Parties.
  { what: 'the sender’s entry left out', code: 'entry-missing', bundle: (b) => void b.parties.splice(1, 1) },
  { what: 'the recipient’s entry left out', code: 'entry-missing', bundle: (b) => void b.parties.splice(2, 1) },
  { what: 'the gateway’s entry left out', code: 'entry-missing', bundle: (b) => void b.parties.shift() },
  { what: 'a stranger’s entry', code: 'entry-of-a-stranger', plan: (p) => party(p, 2, 'gb-home-office') },
  {
    what: 'an entry from after the acceptance',
    code: 'entry-too-late',
    plan: (p) => {
      at(p.entries, 1).payload['at'] = new Date(NOW.getTime() + HOUR).toISOString()
      p.witnessedAt = new Date(NOW.getTime() + 2 * HOUR)
    },
  },
  {
    what: 'a sender’s certificate that was not pinned',
    code: 'signer-not-pinned',
    plan: (p, w) => {
      p.message.signer = w.stranger
      p.certificates.push(w.stranger.pem)
    },
  },
  {
    what: 'a sender’s certificate that was pinned for TLS',
    code: 'signer-not-pinned',
    plan: (p, w) => {
      p.message.signer = w.stranger
      p.certificates.push(w.stranger.pem)
    },
  },
  {
    what: 'a recipient’s certificate that was not pinned',
    code: 'signer-not-pinned',
    plan: (p, w) => {
      if (p.word) p.word.signer = w.stranger
      p.certificates.push(w.stranger.pem)
    },
  },
  {
    what: 'a gateway’s certificate that its entry does not name',
    code: 'signer-not-pinned',
    plan: (p, w) => pin(at(p.entries, 0).payload, thumbprintOf(w.stranger)),
  },
  // The list.
  { what: 'the list left out', code: 'crl-missing', bundle: (b) => void (b.crls = []) },
  { what: 'another list', code: 'crl-missing', plan: (p) => void (p.namedList = digestOf('another list')) },
  {
    what: 'a list of another authority',
    code: 'crl-of-another-issuer',
    plan: (p, w) => void (p.list = { by: w.root }),
  },
  { what: 'a list that somebody else signed', code: 'crl-signature', plan: (p, w) => void (p.list = { by: w.forger }) },
  {
    what: 'a list of later',
    code: 'crl-not-yet-issued',
    plan: (p) => void (p.list = { thisUpdate: new Date(NOW.getTime() + 1_000) }),
  },
  {
    what: 'a stale list',
    code: 'crl-stale',
    plan: (p) =>
      void (p.list = {
        thisUpdate: new Date(NOW.getTime() - 99 * HOUR),
        nextUpdate: new Date(NOW.getTime() - 25 * HOUR),
      }),
  },
  {
    what: 'a list in its grace, of which the verifier allows none',
    code: 'crl-stale',
    plan: (p) =>
      void (p.list = { thisUpdate: new Date(NOW.getTime() - 99 * HOUR), nextUpdate: new Date(NOW.getTime() - HOUR) }),
    trust: (t) => ({ ...t, crlGraceMs: 0 }),
  },
]
