/** Section 7: the recipient’s own signature. */
import { isObject } from '../../shape.ts'
import type { Waiting } from '../exchange.ts'
import type { Case } from '../case.ts'
import { must } from '../unmet.ts'
import { atMost, mustBeDigestOf, mustBeDone, mustBeHeader, mustBeSigned, mustHaveTaken, readParts } from '../checks.ts'
import { signatureOf } from '../sealing.ts'
import type { Stage } from '../stage.ts'
import { refuse } from '../steps.ts'

const base = { section: 7, rank: 'required', on: 'client' } as const

function lastAcknowledgement({ gateway }: Stage) {
  const compact = gateway.calls('acknowledge').at(-1)?.body.toString('latin1') ?? ''
  return { compact, ...readParts(compact) }
}

const decide = ({ client }: Stage, { from, id }: Waiting, outcome: 'accepted' | 'refused', reason?: string) =>
  client.ask({ do: 'acknowledge', from, id, outcome, ...(reason !== undefined && { reason }) })

export const acknowledging: readonly Case[] = [
  {
    ...base,
    id: 'acknowledge-header',
    title: { en: 'Signs an acknowledgement as section 3 wants it', fr: 'Signe un accusé comme le veut la section 3' },
    why: {
      en: 'The same header as a message, with typ safeguarding-acknowledgement+jws, and the agency’s signing key.',
      fr: 'Le même en-tête qu’un message, avec typ safeguarding-acknowledgement+jws, et la clé de signature de l’organisme.',
    },
    async run(stage) {
      await stage.deliver()
      await stage.client.receive()
      const { compact, parts } = lastAcknowledgement(stage)
      mustBeHeader(parts, 'safeguarding-acknowledgement+jws', stage)
      mustBeSigned(compact, stage)
      must(
        signatureOf(compact, stage.own.certificate, stage.own.signer.alg) === 'good',
        'The signature is DER.',
        'La signature est en DER.',
      )
    },
  },
  {
    ...base,
    id: 'acknowledge-payload',
    title: {
      en: 'Says in an acknowledgement what it must, and no more',
      fr: 'Dit dans un accusé ce qu’il faut, et rien de plus',
    },
    why: {
      en: 'messageId, messageDigest, at, outcome; a reason with a refusal alone. No free text: it would stay in the log for ever.',
      fr: 'messageId, messageDigest, at, outcome\u202f; un motif en cas de refus seulement. Aucun texte libre\u00a0: il resterait à jamais dans le journal.',
    },
    async run(stage) {
      const waiting = await stage.deliver()
      await stage.client.receive()
      const { envelope: payload } = lastAcknowledgement(stage)
      const members = Object.keys(payload).toSorted().join()
      must(
        members === 'at,messageDigest,messageId,outcome',
        `Its members are ${members}.`,
        `Ses membres sont ${members}.`,
      )
      const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(String(payload['at']))
      must(
        isTime && payload['messageId'] === waiting.id && payload['outcome'] === 'accepted',
        'at, messageId or outcome is not as it must be.',
        'at, messageId ou outcome n’est pas correct.',
      )
    },
  },
  {
    ...base,
    id: 'acknowledge-digest',
    title: { en: 'Signs for the bytes as they came', fr: 'Signe pour les octets tels qu’ils sont venus' },
    why: {
      en: 'The sender wrote its JSON in its own way, with spaces and escapes. A digest over anything but these bytes proves nothing, and is digest-mismatch.',
      fr: 'L’expéditeur a écrit son JSON à sa manière, avec espaces et échappements. Une empreinte d’autre chose que ces octets ne prouve rien, et donne digest-mismatch.',
    },
    async run(stage) {
      const { envelope } = await stage.compose()
      const text = JSON.stringify(envelope, null, 3).replaceAll('é', '\\u00e9')
      const waiting = await stage.deliver({ envelope, text })
      await stage.client.receive()
      mustBeDigestOf(lastAcknowledgement(stage).envelope['messageDigest'], waiting.bytes)
    },
  },
  {
    ...base,
    id: 'acknowledge-refused',
    title: { en: 'Refuses a message with a code of the list', fr: 'Refuse un message avec un code de la liste' },
    why: {
      en: 'A referral came to the wrong area. The signed refusal says so by a code, and the sender can go elsewhere within minutes.',
      fr: 'Une saisine est arrivée sur le mauvais territoire. Le refus signé le dit par un code, et l’expéditeur peut s’adresser ailleurs en quelques minutes.',
    },
    async run(stage) {
      const waiting = await stage.deliver()
      await stage.client.receive('later')
      mustBeDone(await decide(stage, waiting, 'refused', 'wrong-area'))
      const { envelope: payload } = lastAcknowledgement(stage)
      const reason = payload['reason']
      must(
        payload['outcome'] === 'refused' && isObject(reason) && reason['code'] === 'wrong-area',
        'The refusal, or its code, is another.',
        'Le refus, ou son code, est différent.',
      )
      mustBeDigestOf(payload['messageDigest'], waiting.bytes)
    },
  },
  {
    ...base,
    id: 'acknowledge-later',
    title: { en: 'Can sign later than it reads', fr: 'Peut signer plus tard qu’il ne lit' },
    why: {
      en: 'Some agencies acknowledge once a person has looked. Until then the message stays listed, and is not handed over anew.',
      fr: 'Certains organismes n’accusent réception qu’après lecture par une personne. Jusque-là le message reste listé, et n’est pas remis à nouveau.',
    },
    async run(stage) {
      const waiting = await stage.deliver()
      mustHaveTaken(await stage.client.receive('later'), [waiting])
      mustHaveTaken(await stage.client.receive('later'), [])
      must(waiting.acknowledged === undefined, 'The client signed at once.', 'Le client a signé aussitôt.')
      mustBeDone(await decide(stage, waiting, 'accepted'))
      mustBeDigestOf(lastAcknowledgement(stage).envelope['messageDigest'], waiting.bytes)
    },
  },
  {
    ...base,
    id: 'acknowledge-already',
    title: { en: 'Reports already-acknowledged', fr: 'Rapporte already-acknowledged' },
    why: {
      en: 'Somebody accepted it and somebody else now refuses it. The first word stands, and people must be told so.',
      fr: 'L’un l’a accepté, l’autre le refuse maintenant. La première parole vaut, et il faut le dire.',
    },
    async run(stage) {
      const waiting = await stage.deliver()
      await stage.client.receive()
      const before = stage.gateway.calls('acknowledge').length
      const { done, refused } = await decide(stage, waiting, 'refused', 'duplicate')
      must(
        done === undefined && refused === 'already-acknowledged',
        `The client reports “${refused ?? ''}”.`,
        `Le client rapporte «\u00a0${refused ?? ''}\u00a0».`,
      )
      atMost(stage.gateway.calls('acknowledge').slice(before), 1)
    },
  },
  {
    ...base,
    id: 'acknowledge-digest-mismatch',
    title: { en: 'Reports digest-mismatch, and hammers not', fr: 'Rapporte digest-mismatch, sans insister' },
    why: {
      en: 'What the client read is not what the gateway holds: a person must look.',
      fr: 'Ce que le client a lu n’est pas ce que détient la passerelle\u00a0: une personne doit vérifier.',
    },
    async run(stage) {
      const waiting = await stage.deliver()
      await stage.client.receive('later')
      stage.gateway.always('acknowledge', refuse(409, 'digest-mismatch'))
      const { refused } = await decide(stage, waiting, 'accepted')
      must(
        refused === 'digest-mismatch',
        `The client reports “${refused ?? ''}”.`,
        `Le client rapporte «\u00a0${refused ?? ''}\u00a0».`,
      )
      atMost(stage.gateway.calls('acknowledge'), 1)
    },
  },
  {
    ...base,
    id: 'acknowledge-once',
    rank: 'advisory',
    title: { en: 'Acknowledges a message once', fr: 'Acquitte un message une seule fois' },
    why: {
      en: 'A second acknowledgement does no harm, and counts against the agency’s calls.',
      fr: 'Un second accusé ne nuit pas, mais s’impute sur les appels de l’organisme.',
    },
    async run(stage) {
      await stage.deliver()
      await stage.client.receive()
      await stage.client.receive()
      atMost(stage.gateway.calls('acknowledge'), 1)
    },
  },
]
