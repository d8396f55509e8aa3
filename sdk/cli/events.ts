import type { ReceiptEvent } from '../message.ts'
import type { Text } from '../problem.ts'

/** What each receipt says (section 6), in a few words. */
export const eventWords: { readonly [Event in ReceiptEvent]: Text } = {
  SubmissionAcceptance: { en: 'accepted and recorded', fr: 'accepté et consigné' },
  SubmissionRejection: { en: 'refused by the gateway', fr: 'refusé par la passerelle' },
  ContentConsignment: { en: 'at the recipient’s disposal', fr: 'à la disposition du destinataire' },
  ContentConsignmentFailure: { en: 'could not be delivered', fr: 'n’a pu être remis' },
  ContentHandover: { en: 'the recipient has signed for it', fr: 'le destinataire en a accusé réception' },
  ConsignmentRejection: { en: 'refused by the recipient', fr: 'refusé par le destinataire' },
  AcceptanceRejectionExpiry: {
    en: 'unread for too long: telephone',
    fr: 'non lu depuis trop longtemps\u00a0: téléphoner',
  },
  DeliveryResumed: { en: 'delivery is tried again', fr: 'la remise est retentée' },
  MessageDiscarded: { en: 'given up by two operators', fr: 'abandonné par deux opérateurs' },
  ResponseOverdue: { en: 'no answer by the time that was asked for', fr: 'pas de réponse à l’heure demandée' },
}
