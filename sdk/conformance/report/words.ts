import type { Text } from '../../problem.ts'
import type { Verdict, State } from '../run.ts'

/** What the sections of the protocol are about. */
export const sections: Readonly<Record<number, Text>> = {
  1: { en: 'Parties and certificates', fr: 'Parties et certificats' },
  2: { en: 'Transport', fr: 'Transport' },
  3: { en: 'Messages and signatures', fr: 'Messages et signatures' },
  4: { en: 'Submitting and repeating', fr: 'Envoi et répétition' },
  5: { en: 'The pathway', fr: 'Le parcours' },
  6: { en: 'Receipts', fr: 'Récépissés' },
  7: { en: 'Receiving and acknowledging', fr: 'Réception et accusés' },
  8: { en: 'Schemas and releases', fr: 'Schémas et versions' },
  9: { en: 'Attachments', fr: 'Pièces jointes' },
}

export const verdicts: Readonly<Record<Verdict, { readonly short: Text; readonly long: Text }>> = {
  conforms: {
    short: { en: 'Conforms', fr: 'Conforme' },
    long: {
      en: 'Every required case that concerns this role and this way of connecting was played, and passed.',
      fr: 'Tous les cas obligatoires concernant ce rôle et ce mode de connexion ont été joués, et réussis.',
    },
  },
  'does-not-conform': {
    short: { en: 'Does not conform', fr: 'Non conforme' },
    long: {
      en: 'At least one required case failed. What was seen stands below, case by case.',
      fr: 'Un cas obligatoire au moins a échoué. Ce qui a été constaté figure ci-dessous, cas par cas.',
    },
  },
  incomplete: {
    short: { en: 'Incomplete', fr: 'Incomplet' },
    long: {
      en: 'No required case failed, and not every one was played: nothing can be said of the whole.',
      fr: 'Aucun cas obligatoire n’a échoué, mais tous n’ont pas été joués\u00a0: rien ne peut être dit de l’ensemble.',
    },
  },
}

export const states: Readonly<Record<State, Text & { readonly mark: string }>> = {
  passed: { mark: '✓', en: 'passed', fr: 'réussi' },
  failed: { mark: '✗', en: 'failed', fr: 'échoué' },
  'not-tried': { mark: '–', en: 'not tried', fr: 'non essayé' },
}

export const words = {
  title: { en: 'Report of conformance', fr: 'Rapport de conformité' },
  about: {
    en: 'A partner’s system, played against the Passerelle exchange protocol, version 1.',
    fr: 'Le système d’un partenaire, mis à l’épreuve du protocole d’échange Passerelle, version 1.',
  },
  role: { en: 'Role', fr: 'Rôle' },
  at: { en: 'Played', fr: 'Joué le' },
  schemas: { en: 'Newest release of the schemas', fr: 'Version la plus récente des schémas' },
  tried: { en: 'What was tried', fr: 'Ce qui a été essayé' },
  client: { en: 'client', fr: 'client' },
  endpoint: { en: 'endpoint', fr: 'point d’accès' },
  nothing: { en: 'nothing', fr: 'rien' },
  verdict: { en: 'Verdict', fr: 'Verdict' },
  overview: { en: 'Overview', fr: 'Vue d’ensemble' },
  section: { en: 'Section of the protocol', fr: 'Section du protocole' },
  all: { en: 'All', fr: 'Total' },
  mend: { en: 'What failed', fr: 'Ce qui a échoué' },
  none: { en: 'Nothing failed.', fr: 'Rien n’a échoué.' },
  seen: { en: 'What was seen', fr: 'Ce qui a été constaté' },
  cases: { en: 'All cases', fr: 'Tous les cas' },
  case: { en: 'Case', fr: 'Cas' },
  result: { en: 'Result', fr: 'Résultat' },
  meaning: { en: 'What happens, and why', fr: 'Ce qui se passe, et pourquoi' },
  required: { en: 'required', fr: 'obligatoire' },
  advisory: { en: 'advisory', fr: 'conseillé' },
  partial: {
    en: 'Only some of the cases were asked for.',
    fr: 'Seuls certains cas ont été demandés.',
  },
  read: {
    en: 'A required case is one that the protocol demands, or without which a message can be lost or believed wrongly. An advisory one makes a system a better neighbour. Everybody in the messages is synthetic; the gateway, its keys and the counterparts were made for this run and are gone.',
    fr: 'Un cas obligatoire est exigé par le protocole, ou protège contre la perte d’un message ou une croyance erronée. Un cas conseillé fait du système un meilleur voisin. Toutes les personnes des messages sont fictives\u202f; la passerelle, ses clés et ses correspondants ont été créés pour cet essai, puis détruits.',
  },
  self: {
    en: 'Made on the partner’s own machine by the command “passerelle conformance”; whoever wants to be sure plays it again.',
    fr: 'Établi sur la machine du partenaire par la commande «\u00a0passerelle conformance\u00a0»\u202f; qui veut s’en assurer la rejoue.',
  },
} as const satisfies Record<string, Text>
