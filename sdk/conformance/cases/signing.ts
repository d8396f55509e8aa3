import { validate } from '../../validate/validate.ts'
import { newId } from '../../sign.ts'
import type { Algorithm } from '../../jws.ts'
import type { Case } from '../case.ts'
import { must } from '../unmet.ts'
import { lastSubmitted, mustBeDone, mustBeHeader, mustBeSigned } from '../checks.ts'
import { signatureOf } from '../sealing.ts'

const names: Readonly<Record<Algorithm, string>> = {
  ES256: 'P-256',
  ES384: 'P-384',
  PS256: 'RSA',
  EdDSA: 'Ed25519',
}

const signsWith = (algorithm: Algorithm): Case => ({
  id: `sign-${algorithm.toLowerCase()}`,
  title: { en: `Signs with ${algorithm}`, fr: `Signe avec ${algorithm}` },
  why: {
    en: `The client is given a ${names[algorithm]} key and sends a message. Its signature must verify under ${algorithm}, the one algorithm that fits this key.`,
    fr: `Le client reçoit une clé ${names[algorithm]} et envoie un message. Sa signature doit être vérifiable avec ${algorithm}, seul algorithme qui convienne à cette clé.`,
  },
  section: 3,
  rank: algorithm === 'ES256' ? 'required' : 'advisory',
  on: 'client',
  algorithm,
  async run(stage) {
    mustBeDone(await stage.client.trySend())
    const { compact, parts } = lastSubmitted(stage)
    must(
      parts.header['alg'] === algorithm,
      `The header’s alg is ${String(parts.header['alg'])}.`,
      `Le membre alg de l’en-tête vaut ${String(parts.header['alg'])}.`,
    )
    mustBeSigned(compact, stage)
  },
})

const RAW: Case = {
  id: 'sign-raw',
  title: { en: 'Writes an ECDSA signature as R‖S', fr: 'Écrit une signature ECDSA sous la forme R‖S' },
  why: {
    en: 'Most libraries give DER by themselves, which the gateway refuses as invalid-signature: the two integers must stand one behind the other, 64 octets for P-256.',
    fr: 'La plupart des bibliothèques produisent du DER, que la passerelle refuse (invalid-signature)\u00a0: les deux entiers doivent se suivre, soit 64 octets pour P-256.',
  },
  section: 3,
  rank: 'required',
  on: 'client',
  async run(stage) {
    await stage.client.send()
    const { compact } = lastSubmitted(stage)
    must(
      signatureOf(compact, stage.own.certificate, stage.own.signer.alg) !== 'der',
      'The signature is DER.',
      'La signature est en DER.',
    )
  },
}

const HEADER: Case = {
  id: 'sign-header',
  title: { en: 'Has exactly the protected header', fr: 'Porte exactement l’en-tête protégé' },
  why: {
    en: 'alg, typ, cty, iat and x5t#S256, x5c if it likes, and nothing else; in canonical base64url. Anything more, such as kid, is malformed-message.',
    fr: 'alg, typ, cty, iat et x5t#S256, x5c s’il le souhaite, et rien d’autre\u202f; en base64url canonique. Tout autre membre, comme kid, est refusé (malformed-message).',
  },
  section: 3,
  rank: 'required',
  on: 'client',
  async run(stage) {
    await stage.client.send()
    mustBeHeader(lastSubmitted(stage).parts, 'safeguarding-message+jws', stage)
  },
}

const TIME: Case = {
  id: 'sign-iat',
  title: { en: 'Says when it signed, in whole seconds', fr: 'Indique l’heure de signature, en secondes entières' },
  why: {
    en: 'iat counts seconds since 1970, not milliseconds, and lies within 300 s of the gateway’s clock.',
    fr: 'iat compte des secondes depuis 1970, non des millisecondes, et s’écarte de moins de 300\u00a0s de l’horloge de la passerelle.',
  },
  section: 3,
  rank: 'required',
  on: 'client',
  async run(stage) {
    await stage.client.trySend()
    const iat = lastSubmitted(stage).parts.header['iat']
    const off = Number(iat) - stage.clock.now() / 1000
    must(
      Number.isSafeInteger(iat) && Math.abs(off) < 300,
      `iat is ${String(iat)}, ${Math.round(off)} s off.`,
      `iat vaut ${String(iat)}, soit ${Math.round(off)}\u00a0s d’écart.`,
    )
  },
}

const ENVELOPE: Case = {
  id: 'envelope-valid',
  title: { en: 'Makes an envelope that the schemas accept', fr: 'Forme une enveloppe que les schémas acceptent' },
  why: {
    en: 'A lower-case UUID of its own, a published schemaVersion, its own agency as from, and nothing that the published schemas do not know.',
    fr: 'Un UUID en minuscules qui lui est propre, un schemaVersion publié, son organisme dans from, et rien que les schémas publiés ne connaissent.',
  },
  section: 3,
  rank: 'required',
  on: 'client',
  async run(stage) {
    await stage.client.send()
    const { envelope } = lastSubmitted(stage)
    const [fault] = validate(envelope)
    must(
      fault === undefined,
      `${fault?.pointer ?? ''}: ${fault?.message ?? ''}`,
      `${fault?.pointer ?? ''}\u00a0: ${fault?.messageFr ?? ''}`,
    )
    must(envelope['from'] === stage.role.agency, 'from is somebody else.', 'from désigne un autre organisme.')
  },
}

const IDS: Case = {
  id: 'ids-differ',
  title: { en: 'Gives each message an id of its own', fr: 'Donne à chaque message un identifiant propre' },
  why: {
    en: 'Two messages that say the same are two messages; an id is unique for ever for its sender.',
    fr: 'Deux messages de même teneur sont deux messages\u202f; un identifiant est unique à jamais pour son expéditeur.',
  },
  section: 3,
  rank: 'required',
  on: 'client',
  async run({ client }) {
    const draft = client.draftOf()
    const ids = [await client.send(draft), await client.send(draft)]
    must(ids[0] !== ids[1], 'Both messages have the same id.', 'Les deux messages ont le même identifiant.')
  },
}

const MEDIA: Case = {
  id: 'media-type',
  title: { en: 'Submits as application/jose', fr: 'Soumet en application/jose' },
  why: {
    en: 'Anything else, and a request without a type, is unsupported-media-type.',
    fr: 'Tout autre type, ou son absence, est refusé (unsupported-media-type).',
  },
  section: 3,
  rank: 'required',
  on: 'client',
  async run({ client, gateway }) {
    await client.trySend()
    const type = gateway.calls('submit')[0]?.headers['content-type'] ?? '–'
    must(/^application\/jose *(?:;|$)/i.test(type), `The Content-Type is ${type}.`, `Le Content-Type est ${type}.`)
  },
}

const RESPOND_BY: Case = {
  id: 'respond-by',
  title: { en: 'Sends the time by which it needs an answer', fr: 'Transmet l’échéance de la réponse attendue' },
  why: {
    en: 'respondBy lets the gateway tell both sides when nobody has answered in time: a child must not be forgotten.',
    fr: 'respondBy permet à la passerelle d’avertir les deux parties quand nul n’a répondu à temps\u00a0: un enfant ne doit pas être oublié.',
  },
  section: 3,
  rank: 'required',
  on: 'client',
  async run(stage) {
    const respondBy = new Date(stage.clock.now() + 86_400_000).toISOString()
    await stage.client.send({ respondBy, caseId: newId(), priority: 'immediate' })
    const { envelope } = lastSubmitted(stage)
    must(
      Date.parse(String(envelope['respondBy'])) === Date.parse(respondBy) && envelope['priority'] === 'immediate',
      'respondBy or priority is not what the client was asked to send.',
      'respondBy ou priority n’est pas ce que le client devait envoyer.',
    )
  },
}

/** Section 3: what a message looks like. */
export const signing: readonly Case[] = [
  ...(['ES256', 'ES384', 'PS256', 'EdDSA'] as const).map(signsWith),
  RAW,
  HEADER,
  TIME,
  ENVELOPE,
  IDS,
  MEDIA,
  RESPOND_BY,
]
