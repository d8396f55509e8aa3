/** What cases look for, with words for what was seen instead. */
import { isObject } from '../shape.ts'
import { digestOf } from '../keys.ts'
import type { Answer, Taken } from './adapter.ts'
import { must } from './unmet.ts'
import type { Waiting } from './exchange.ts'
import type { Asked } from './http.ts'
import { type Parts, partsOf, signatureOf } from './sealing.ts'
import { textOf } from './shown.ts'
import type { Stage } from './stage.ts'

/** At least so many submissions, and all of them the very same bytes. */
export function sameBytes(calls: readonly Asked[], least: number): void {
  must(
    calls.length >= least,
    `The client sent it ${calls.length} times; it had to be sent ${least} times, with the same bytes.`,
    `Le client l’a envoyé ${calls.length} fois\u202f; il fallait l’envoyer ${least} fois, avec les mêmes octets.`,
  )
  const others = calls.filter(({ body }) => !body.equals(calls[0]?.body ?? body))
  must(
    others.length === 0,
    `Of ${calls.length} attempts ${others.length} had other bytes than the first: that is another message.`,
    `Sur ${calls.length} tentatives, ${others.length} comportaient d’autres octets que la première\u00a0: c’est un autre message.`,
  )
}

export function mustBeDone({ done, refused = '–' }: Answer): void {
  must(done !== undefined, `The client gave up: ${refused}.`, `Le client a renoncé\u00a0: ${refused}.`)
}

/** The client has taken something false, or something refused, for good. */
export function mustBeRefused({ done, refused }: Answer): void {
  must(
    done === undefined && refused !== undefined,
    'The client took it as accepted.',
    'Le client l’a tenu pour accepté.',
  )
}

/** No more than so many calls of one kind. */
export function atMost(calls: readonly Asked[], most: number): void {
  must(
    calls.length <= most,
    `The client asked ${calls.length} times; ${most} were right.`,
    `Le client a demandé ${calls.length} fois\u202f; ${most} auraient suffi.`,
  )
}

/** What was submitted last, taken apart. */
export function lastSubmitted(stage: Stage): {
  compact: string
  parts: Parts
  envelope: { readonly [name: string]: unknown }
} {
  const compact = stage.gateway.calls('submit').at(-1)?.body.toString('latin1') ?? ''
  return { compact, ...readParts(compact) }
}

/** Takes a JWS apart whose payload is an object. @throws Unmet */
export function readParts(compact: string): { parts: Parts; envelope: { readonly [name: string]: unknown } } {
  const parts = partsOf(compact)
  const envelope = parts?.payload
  must(
    parts !== undefined && isObject(envelope),
    'What was sent is no compact JWS over a JSON object.',
    'Ce qui a été envoyé n’est pas un JWS compact portant un objet JSON.',
  )
  return { parts, envelope }
}

/** Exactly the header of section 3. */
export function mustBeHeader({ header, isCanonical }: Parts, typ: string, stage: Stage): void {
  const wanted = { alg: stage.own.signer.alg, typ, cty: 'json', 'x5t#S256': stage.own.signer.thumbprint }
  for (const [name, value] of Object.entries(wanted))
    must(
      header[name] === value,
      `The header’s ${name} is not ${value}.`,
      `Le membre ${name} de l’en-tête ne vaut pas ${value}.`,
    )
  const strangers = Object.keys(header).filter((name) => !['iat', 'x5c', ...Object.keys(wanted)].includes(name))
  must(
    strangers.length === 0,
    `The header has members that are refused: ${strangers.join(', ')}.`,
    `L’en-tête comporte des membres refusés\u00a0: ${strangers.join(', ')}.`,
  )
  must(
    isCanonical,
    'The base64url is padded, or is not the canonical one.',
    'Le base64url est complété, ou n’est pas sous sa forme canonique.',
  )
}

/** A signature that verifies, in whichever form. */
export function mustBeSigned(compact: string, { own }: Stage): void {
  must(
    signatureOf(compact, own.certificate, own.signer.alg) !== 'bad',
    'The signature does not verify with the certificate that the header names.',
    'La signature n’est pas vérifiable avec le certificat que nomme l’en-tête.',
  )
}

/** Exactly these messages were handed over, in this order. */
export function mustHaveTaken(taken: readonly Taken[], wanted: readonly Waiting[]): void {
  const ids = (list: readonly string[]) => (list.length === 0 ? '–' : list.join(', '))
  const got = taken.map(({ envelope }) => textOf(envelope['id']))
  const right = wanted.map(({ id }) => id)
  must(
    got.join() === right.join(),
    `The client handed over ${ids(got)}; right were ${ids(right)}.`,
    `Le client a remis ${ids(got)}\u202f; il fallait ${ids(right)}.`,
  )
}

/** Whether the recipient has signed for a message as accepted. */
export function mustBeAcknowledged({ acknowledged, id }: Waiting): void {
  must(
    acknowledged?.outcome === 'accepted',
    `The client has not acknowledged ${id} as accepted.`,
    `Le client n’a pas accusé réception de ${id} comme accepté.`,
  )
}

/** What is not genuine was neither handed over nor signed for. */
export function mustNotHaveTaken(taken: readonly Taken[], { id, acknowledged }: Waiting): void {
  must(
    !taken.some(({ envelope }) => envelope['id'] === id),
    'The client handed over a message that is not genuine.',
    'Le client a remis un message qui n’est pas authentique.',
  )
  must(
    acknowledged?.outcome !== 'accepted',
    'The client acknowledged, with its own signature, a message that is not genuine.',
    'Le client a accusé réception, de sa propre signature, d’un message qui n’est pas authentique.',
  )
}

/** The digest of an acknowledgement is that of the very bytes. */
export function mustBeDigestOf(named: unknown, bytes: Uint8Array): void {
  must(
    named === digestOf(bytes),
    'The acknowledgement’s messageDigest is not that of the bytes as they came.',
    'Le messageDigest de l’accusé n’est pas celui des octets reçus.',
  )
}
