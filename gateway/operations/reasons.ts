import type { Text } from '../base/base.ts'

/** Why operators act, as a list: the words beside a code say the rest, and are sealed. Which of them fit an act, its row says. */
export const reasons = {
  'fault-mended': { en: 'What was at fault has been mended', fr: 'Ce qui était en défaut a été réparé' },
  'agency-asked': { en: 'The agency has asked for it', fr: 'L’organisme l’a demandé' },
  'told-otherwise': { en: 'The recipient has been told in another way', fr: 'Le destinataire a été informé autrement' },
  'sent-again': { en: 'The sender has sent it again', fr: 'L’expéditeur l’a envoyé de nouveau' },
  'sent-in-error': { en: 'It was sent in error', fr: 'Il a été envoyé par erreur' },
  'court-order': { en: 'A court has ordered it', fr: 'Une juridiction l’a ordonné' },
  'person-asked': { en: 'The person concerned has asked for it', fr: 'La personne concernée l’a demandé' },
  retention: { en: 'It has been kept for long enough', fr: 'Sa durée de conservation est écoulée' },
  maintenance: { en: 'The agency’s system is being worked on', fr: 'Le système de l’organisme est en maintenance' },
  incident: { en: 'Something is wrong with the agency’s security', fr: 'La sécurité de l’organisme est en cause' },
  'wrong-endpoint': { en: 'It goes to the wrong place', fr: 'Les messages partent au mauvais endroit' },
  'record-restored': { en: 'A backup of the record was restored', fr: 'Une sauvegarde du registre a été restaurée' },
  reached: { en: 'Somebody has answered and knows of it', fr: 'Quelqu’un a répondu et en est informé' },
  'will-read': { en: 'Somebody will read it at once', fr: 'Quelqu’un va le lire tout de suite' },
  'left-message': {
    en: 'A message was left that says only that something waits',
    fr: 'Un message a été laissé, disant seulement que quelque chose attend',
  },
  'no-answer': { en: 'Nobody has answered', fr: 'Personne n’a répondu' },
  'wrong-number': { en: 'The number is wrong', fr: 'Le numéro est erroné' },
  other: { en: 'Another reason', fr: 'Autre raison' },
} as const satisfies Record<string, Text>

export type ReasonCode = keyof typeof reasons
