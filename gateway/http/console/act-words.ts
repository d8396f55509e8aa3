import type { Text } from '../../base/base.ts'
import type { ActName } from '../../operations/operations.ts'

/** An act as a person reads it: the heading of its form, its button, what will happen, and what has been done. */
export type ActWords = {
  readonly name: Text
  readonly title: Text
  readonly button: Text
  readonly will: readonly Text[]
  readonly done: Text
}

const TWO: Text = {
  en: 'Nothing happens until an operator of another id asks for the same, within a day.',
  fr: 'Rien ne se passe tant qu’un autre opérateur n’a pas demandé la même chose, dans un délai d’un jour.',
}

export const actWords = {
  retry: {
    name: { en: 'Retry', fr: 'Relance' },
    title: { en: 'Retry this dead letter', fr: 'Relancer ce message en échec' },
    button: { en: 'Retry', fr: 'Relancer' },
    will: [
      {
        en: 'Delivery begins again at once, and is tried for up to 72 hours.',
        fr: 'La remise reprend aussitôt et sera tentée pendant 72 heures au plus.',
      },
      { en: 'The sender gets a receipt that says so.', fr: 'L’expéditeur en reçoit un récépissé.' },
      {
        en: 'A discard that waits for a second operator is called off.',
        fr: 'Un abandon en attente d’un second opérateur est annulé.',
      },
    ],
    done: { en: 'The message is on its way again', fr: 'Le message est reparti' },
  },
  'retry-all': {
    name: { en: 'Retry all', fr: 'Relance générale' },
    title: { en: 'Retry all dead letters of this agency', fr: 'Relancer tous les messages en échec de cet organisme' },
    button: { en: 'Retry all', fr: 'Tout relancer' },
    will: [
      {
        en: 'They are put back 20 a second at most. It stops within a second when you pause the agency.',
        fr: 'Ils repartent au rythme de 20 par seconde au plus. Tout s’arrête en une seconde si vous suspendez les envois.',
      },
      { en: 'Each sender gets a receipt that says so.', fr: 'Chaque expéditeur en reçoit un récépissé.' },
    ],
    done: { en: 'The dead letters are being put back', fr: 'Les messages en échec repartent' },
  },
  discard: {
    name: { en: 'Discard', fr: 'Abandon' },
    title: { en: 'Discard this dead letter', fr: 'Abandonner ce message en échec' },
    button: { en: 'Discard', fr: 'Abandonner' },
    will: [
      TWO,
      {
        en: 'Then it is never delivered, and its sender gets a receipt that says so. Be sure that the recipient knows in another way.',
        fr: 'Il ne sera alors jamais remis, et l’expéditeur en reçoit un récépissé. Assurez-vous que le destinataire est informé autrement.',
      },
    ],
    done: { en: 'The message is given up', fr: 'Le message est abandonné' },
  },
  erase: {
    name: { en: 'Erase', fr: 'Effacement' },
    title: { en: 'Erase the contents of this case', fr: 'Effacer le contenu de ce dossier' },
    button: { en: 'Erase', fr: 'Effacer' },
    will: [
      TWO,
      {
        en: 'Then the key of the case is destroyed: nobody can read its messages and attachments here again. Receipts and metadata stay.',
        fr: 'La clé du dossier est alors détruite\u00A0: plus personne ne pourra lire ici ses messages ni ses pièces jointes. Les récépissés et les métadonnées restent.',
      },
    ],
    done: { en: 'The contents of the case are erased', fr: 'Le contenu du dossier est effacé' },
  },
  pause: {
    name: { en: 'Pause', fr: 'Suspension' },
    title: { en: 'Pause deliveries to this agency', fr: 'Suspendre les envois à cet organisme' },
    button: { en: 'Pause deliveries', fr: 'Suspendre les envois' },
    will: [
      {
        en: 'Messages to it are still accepted, and wait here; none is lost.',
        fr: 'Les messages qui lui sont adressés sont toujours acceptés et attendent ici\u202F; aucun n’est perdu.',
      },
      {
        en: 'While an immediate message waits, the pause lapses after an hour, unless a second operator joins it.',
        fr: 'Si un message à traiter immédiatement attend, la suspension prend fin au bout d’une heure, sauf si un second opérateur la confirme.',
      },
    ],
    done: { en: 'Deliveries are paused', fr: 'Les envois sont suspendus' },
  },
  resume: {
    name: { en: 'Resume', fr: 'Reprise' },
    title: { en: 'Resume deliveries to this agency', fr: 'Reprendre les envois à cet organisme' },
    button: { en: 'Resume deliveries', fr: 'Reprendre les envois' },
    will: [
      {
        en: 'What has waited is delivered at once, the most pressing first.',
        fr: 'Ce qui attendait part aussitôt, le plus pressant d’abord.',
      },
    ],
    done: { en: 'Deliveries go on', fr: 'Les envois reprennent' },
  },
  telephoned: {
    name: { en: 'Telephoned', fr: 'Appel' },
    title: { en: 'Say that you telephoned', fr: 'Signaler votre appel' },
    button: { en: 'I telephoned', fr: 'J’ai téléphoné' },
    will: [
      {
        en: 'It is kept in the evidence log that you telephoned, when and with what result. The message stays unread until the recipient acknowledges it.',
        fr: 'Le journal de preuve garde trace de votre appel, de son heure et de son résultat. Le message reste non lu jusqu’à l’accusé de réception du destinataire.',
      },
      {
        en: 'On the telephone, and here, name nobody: say only that an immediate message waits.',
        fr: 'Au téléphone comme ici, ne nommez personne\u00A0: dites seulement qu’un message à traiter immédiatement attend.',
      },
    ],
    done: { en: 'Your call is recorded', fr: 'Votre appel est consigné' },
  },
  'test-notification': {
    name: { en: 'Test of notifications', fr: 'Essai de notification' },
    title: { en: 'Send a test notification', fr: 'Envoyer une notification d’essai' },
    button: { en: 'Send the test', fr: 'Envoyer l’essai' },
    will: [
      {
        en: 'Each mail address of the agency gets a mail that says that it is a test and that nothing is waiting.',
        fr: 'Chaque adresse de l’organisme reçoit un courriel disant que c’est un essai et que rien n’attend.',
      },
      {
        en: 'To each of its endpoints a secure connection is opened and closed again. Nothing is sent over it.',
        fr: 'Une connexion sécurisée est ouverte vers chacun de ses points d’accès, puis refermée. Rien n’y est envoyé.',
      },
      {
        en: 'What came of it stands on the agency’s page, some seconds later.',
        fr: 'Le résultat figure à la page de l’organisme, quelques secondes plus tard.',
      },
    ],
    done: { en: 'The test is being made', fr: 'L’essai est en cours' },
  },
  handover: {
    name: { en: 'Handover note', fr: 'Note de relève' },
    title: { en: 'Leave a note to the next shift', fr: 'Laisser une note à la relève' },
    button: { en: 'Leave the note', fr: 'Laisser la note' },
    will: [
      {
        en: 'The note is kept sealed, and erased after 30 days. That it was left stays in the evidence log.',
        fr: 'La note est conservée scellée et effacée au bout de 30 jours. Le journal de preuve garde trace de son dépôt.',
      },
      { en: 'Name no child: write ids.', fr: 'Ne nommez aucun enfant\u00A0: écrivez des identifiants.' },
    ],
    done: { en: 'The note is left', fr: 'La note est laissée' },
  },
  acknowledge: {
    name: { en: 'Alarm taken on', fr: 'Prise en charge d’une alarme' },
    title: { en: 'See to this alarm', fr: 'Prendre en charge cette alarme' },
    button: { en: 'I see to it', fr: 'Je m’en occupe' },
    will: [
      {
        en: 'It is not told every hour any more; it is told once more, when it is over.',
        fr: 'Elle n’est plus rappelée toutes les heures ; sa fin est encore annoncée.',
      },
    ],
    done: { en: 'You see to this alarm', fr: 'Vous avez pris cette alarme en charge' },
  },
  succeed: {
    name: { en: 'Successor log', fr: 'Journal successeur' },
    title: { en: 'Start a successor of the evidence log', fr: 'Ouvrir un successeur du journal de preuves' },
    button: { en: 'Start the successor', fr: 'Ouvrir le successeur' },
    will: [
      TWO,
      {
        en: 'It works only where the log was closed, and when this gateway was started with new log keys. Then messages are taken again. The first leaf of the new log names the old one and its last checkpoint.',
        fr: 'Cela n’est possible que si le journal a été fermé, et si cette passerelle a démarré avec de nouvelles clés de journal. Les messages sont alors de nouveau acceptés. La première feuille du nouveau journal nomme l’ancien et son dernier point de contrôle.',
      },
      {
        en: 'What came after the backup is not in the record: ask every agency to send it again, and tell the witnesses and both authorities the new keys.',
        fr: 'Ce qui est venu après la sauvegarde n’est pas dans le registre des messages\u00A0: demandez à chaque organisme de le renvoyer, et communiquez les nouvelles clés aux témoins et aux deux autorités.',
      },
    ],
    done: { en: 'The successor log is open', fr: 'Le journal successeur est ouvert' },
  },
} as const satisfies Record<ActName, ActWords>

/** An act's name; what the table does not know, as retention, is named as it is. */
export const nameOfAct = (say: (text: Text) => string, act: string): string =>
  Object.hasOwn(actWords, act) ? say(actWords[act as ActName].name) : act === 'retention' ? say(RETENTION) : act

const RETENTION: Text = { en: 'Retention', fr: 'Fin de conservation' }
