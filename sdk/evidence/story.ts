/** What a bundle proves, as a court, a parent or an inspector reads it: who, what, when, and by what that is proven. */
import type { ReceiptEvent } from '../message.ts'
import type { Text } from '../problem.ts'
import { toBase64 } from './bytes.ts'
import { kind } from './note.ts'
import type { Proven, ProvenEvent, SignedBy, SeenCheckpoint } from './proven.ts'

export type Language = keyof Text

/** A chapter of the story, each sentence in both languages. */
export type Chapter = { readonly title: Text; readonly lines: readonly Text[] }

/** What each event says, without its time. */
const told: Readonly<Record<ReceiptEvent, Text>> = {
  SubmissionAcceptance: {
    en: 'the gateway accepted the message and recorded it',
    fr: 'la passerelle a accepté le dépôt du message et l’a consigné durablement',
  },
  SubmissionRejection: { en: 'the gateway refused the message', fr: 'la passerelle a refusé le message' },
  ContentConsignment: {
    en: 'the message was put at the recipient’s disposal',
    fr: 'le message a été mis à la disposition du destinataire',
  },
  ContentConsignmentFailure: {
    en: 'delivery was given up, and operators were told',
    fr: 'la remise a été abandonnée, et les opérateurs en ont été prévenus',
  },
  ContentHandover: {
    en: 'the recipient acknowledged that it has the message',
    fr: 'le destinataire a accusé réception du message',
  },
  ConsignmentRejection: { en: 'the recipient refused the message', fr: 'le destinataire a refusé le message' },
  AcceptanceRejectionExpiry: {
    en: 'the message had lain unread for too long, and operators were told',
    fr: 'le message était resté non lu trop longtemps, et les opérateurs en ont été prévenus',
  },
  DeliveryResumed: { en: 'an operator had delivery tried again', fr: 'un opérateur a relancé la remise' },
  MessageDiscarded: {
    en: 'two operators gave the message up for good',
    fr: 'deux opérateurs ont définitivement abandonné le message',
  },
  ResponseOverdue: {
    en: 'the time had passed by which the sender needed an answer, and none was there',
    fr: 'l’heure à laquelle l’expéditeur attendait une réponse était passée, et aucune n’était là',
  },
}

/** Tells what was proven. */
export function tell(proven: Proven): readonly Chapter[] {
  return [who(proven), when(proven), by(proven), limits(proven)]
}

function who({ gateway, from, to, type, caseId, messageId, messageDigest, message, erased }: Proven): Chapter {
  return {
    title: { en: 'Who sent what to whom', fr: 'Qui a envoyé quoi à qui' },
    lines: [
      {
        en: `${from} sent ${to} a message of the type ${type} through the gateway ${gateway}.`,
        fr: `${from} a envoyé à ${to} un message de type ${type} par la passerelle ${gateway}.`,
      },
      {
        en: `Its id is ${messageId}, and it belongs to the case ${caseId}.`,
        fr: `Son identifiant est ${messageId}, et il appartient au dossier ${caseId}.`,
      },
      {
        en: `The SHA-256 of its bytes as they were submitted is ${messageDigest}.`,
        fr: `Le SHA-256 de ses octets tels qu’ils ont été déposés est ${messageDigest}.`,
      },
      ...(message
        ? [
            {
              en: `The message is in the bundle and has this digest. ${from} signed it on ${moment(message.signedAt, 'en')}, ${signedEn(message)}.`,
              fr: `Le message figure dans le dossier de preuve et a cette empreinte. ${from} l’a signé le ${moment(message.signedAt, 'fr')}, ${signedFr(message)}.`,
            },
          ]
        : []),
      ...(erased ? [erasedBy(erased)] : []),
    ],
  }
}

function erasedBy({ at, operators }: NonNullable<Proven['erased']>): Text {
  const [en, fr] =
    operators.length === 0
      ? ['because its time of retention had ended', 'parce que sa durée de conservation était échue']
      : [`by the operators ${operators.join(', ')}`, `par les opérateurs ${operators.join(', ')}`]
  return {
    en: `What it said was erased on ${moment(at, 'en')}, ${en}. What follows is proven without it.`,
    fr: `Son contenu a été effacé le ${moment(at, 'fr')}, ${fr}. Ce qui suit est prouvé sans lui.`,
  }
}

function when({ events }: Proven): Chapter {
  return {
    title: { en: 'What became of it, and when', fr: 'Ce qu’il est devenu, et quand' },
    lines: events.map(tellEvent),
  }
}

function tellEvent({ event, at, leafIndex, desk, code, acknowledgement }: ProvenEvent): Text {
  const more = (open: string, close: string, ...parts: readonly (string | false | undefined)[]) =>
    parts.flatMap((part) => (part === undefined || part === false ? [] : [`${open}${part}${close}`])).join('')
  const deskNamed = desk !== undefined && desk
  return {
    en: `On ${moment(at, 'en')} ${told[event].en}${more(' (', ')', deskNamed && `desk ${desk}`, code && `reason ${code}`)}: leaf ${leafIndex} of the log.${acknowledgement ? ` Its own signature says so, ${signedEn(acknowledgement)}.` : ''}`,
    fr: `Le ${moment(at, 'fr')}, ${told[event].fr}${more(' (', ')', deskNamed && `service ${desk}`, code && `motif ${code}`)}\u00a0: feuille ${leafIndex} du journal.${acknowledgement ? ` Sa propre signature le dit, ${signedFr(acknowledgement)}.` : ''}`,
  }
}

function by({ gateway, checkpoints, crl, schema }: Proven): Chapter {
  return {
    title: { en: 'By what this is proven', fr: 'Ce qui le prouve' },
    lines: [
      {
        en: `The gateway ${gateway} signed each of these statements, and each is in its evidence log. Every signature was verified, and every certificate led to a trust anchor and was good at that time.`,
        fr: `La passerelle ${gateway} a signé chacune de ces déclarations, et chacune figure dans son journal de preuves. Chaque signature a été vérifiée, et chaque certificat menait à une ancre de confiance et était valable à ce moment.`,
      },
      ...checkpoints.flatMap(tellCheckpoint),
      {
        en: `The sender’s certificate was not on the revocation list ${crl.digest} of «${crl.issuer}», issued on ${moment(crl.thisUpdate, 'en')} and good until ${moment(crl.nextUpdate, 'en')}.`,
        fr: `Le certificat de l’expéditeur ne figurait pas sur la liste de révocation ${crl.digest} de «\u00a0${crl.issuer}\u00a0», émise le ${moment(crl.thisUpdate, 'fr')} et valable jusqu’au ${moment(crl.nextUpdate, 'fr')}.`,
      },
      {
        en: `The form of its body is ${schema.id}, SHA-256 ${schema.sha256}${schema.isCompared ? ', as published' : ''}.`,
        fr: `La forme de son contenu est ${schema.id}, SHA-256 ${schema.sha256}${schema.isCompared ? ', telle que publiée' : ''}.`,
      },
    ],
  }
}

function tellCheckpoint({ checkpoint, keys, cosigned }: SeenCheckpoint): readonly Text[] {
  const root = toBase64(checkpoint.root)
  const names: readonly string[] = keys.map((one) => (one === kind.mlDsaCosignature ? 'ML-DSA-44' : 'Ed25519'))
  const unlooked = ['Ed25519', 'ML-DSA-44'].filter((name) => !names.includes(name))
  return [
    {
      en: `The log ${checkpoint.origin} with ${checkpoint.size} leaves has the root ${root}, and is signed by its keys (${names.join(', ')}).`,
      fr: `Le journal ${checkpoint.origin}, qui compte ${checkpoint.size} feuilles, a pour racine ${root}, et il est signé par ses clés (${names.join(', ')}).`,
    },
    ...unlooked.map((name) => ({
      en: `Whether the log has signed this by ${name}, too, was not checked: no such key was given.`,
      fr: `Il n’a pas été vérifié si le journal l’a aussi signé par ${name} : aucune clé de ce type n’a été fournie.`,
    })),
    ...cosigned.map(({ witness, country, at }) => ({
      en: `The witness ${witness}${country === undefined ? '' : ` (${country})`} had seen this${at ? ` by ${moment(at, 'en')}` : ''}.`,
      fr: `Le témoin ${witness}${country === undefined ? '' : ` (${country})`} l’avait vu${at ? ` au plus tard le ${moment(at, 'fr')}` : ''}.`,
    })),
    ...(cosigned.length > 0
      ? []
      : [
          {
            en: 'No witness was asked for: that nobody was shown another log rests on the gateway’s word.',
            fr: 'Aucun témoin n’a été demandé\u00a0: que personne n’ait vu un autre journal repose sur la parole de la passerelle.',
          },
        ]),
  ]
}

function limits({ events }: Proven): Chapter {
  const last = events.at(-1)
  return {
    title: { en: 'What this does not show', fr: 'Ce que cela ne montre pas' },
    lines: [
      {
        en: `What happened after leaf ${last?.leafIndex ?? 0}: ask for the bundle again.`,
        fr: `Ce qui s’est passé après la feuille ${last?.leafIndex ?? 0}\u00a0: demandez de nouveau le dossier de preuve.`,
      },
      {
        en: 'Whether what the message says is true, and who read it at the recipient.',
        fr: 'Si ce que dit le message est vrai, et qui l’a lu chez le destinataire.',
      },
    ],
  }
}

const signedEn = ({ subject, alg, thumbprint }: SignedBy): string =>
  `with the key of the certificate «${subject}» (${alg}, SHA-256 ${thumbprint})`
const signedFr = ({ subject, alg, thumbprint }: SignedBy): string =>
  `avec la clé du certificat «\u00a0${subject}\u00a0» (${alg}, SHA-256 ${thumbprint})`

const locales = { en: 'en-GB', fr: 'fr-FR' } as const

/** A time as it is said, to the second, in UTC. */
function moment(at: Date, language: Language): string {
  const day = new Intl.DateTimeFormat(locales[language], {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  }).format(at)
  const [hour = '', minute = '', second = ''] = at.toISOString().slice(11, 19).split(':')
  return language === 'en'
    ? `${day} at ${hour}:${minute}:${second} UTC`
    : `${day} à ${hour}\u00a0h\u00a0${minute}\u00a0min\u00a0${second}\u00a0s UTC`
}
