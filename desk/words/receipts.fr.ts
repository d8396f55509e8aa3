import type { en } from './receipts.en.ts'
import type { Shape } from './words.ts'

/** Ce que les récépissés disent, en français. */
export const fr: Shape<typeof en> = {
  accepted: (when) => `Reçu par le canal ${when}.`,
  rejected: (when) => `Le canal l’a refusé ${when}.`,
  consigned: (when, who) => `Déposé dans la boîte de ${who} ${when}. Personne ne l’a encore ouvert.`,
  failed: (when, who) =>
    `Il n’a pas pu être remis à ${who} : le canal y a renoncé ${when}. Ses opérateurs sont prévenus.`,
  read: (when, who) => `Lu ${when} par ${who}.`,
  refused: (when, who, why) => `Refusé ${when} par ${who}${why === '' ? '' : ` : ${why}`}.`,
  unread: (when, who) => `${who} ne l’avait pas ouvert ${when} : c’est trop long.`,
  resumed: (when) => `Un opérateur a relancé la remise ${when}.`,
  discarded: (when) => `Deux opérateurs l’ont définitivement abandonné ${when}.`,
  overdueTheirs: (when, who) => `${who} vous devait une réponse ${when}, et elle n’est pas là.`,
  overdueOurs: (when, who) => `Vous deviez une réponse à ${who} ${when}, et elle n’est pas là.`,
  ring: (who, telephone) => `Appelez ${who} maintenant : ${telephone}.`,
  ringThem: (who) => `Appelez ${who} maintenant. Le canal n’a pas de numéro de téléphone pour cet organisme.`,
  answer: 'Répondez maintenant, ne serait-ce que pour dire quand vous pourrez en dire plus.',
  again: 'Écrivez-le de nouveau, ou envoyez-le à qui cela concerne.',
  unproven: 'La parole du canal n’a pas pu être vérifiée sur cet appareil. Ne vous y fiez pas : appelez l’opérateur.',
  waits: (when) => `La remise attend l’ouverture de leur service ${when}.`,
}
