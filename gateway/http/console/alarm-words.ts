import type { Text } from '../../base/base.ts'

/** An alarm as a person reads it: what is so, and what to do. */
export type AlarmWords = { readonly means: Text; readonly act: Text }

/** Every alarm, by its code. */
export const alarmWords: Readonly<Record<string, AlarmWords>> = {
  'no-trust-anchor': {
    means: {
      en: 'No authority is trusted: nobody can connect',
      fr: 'Aucune autorité n’est reconnue : personne ne peut se connecter',
    },
    act: {
      en: 'Put an authority’s certificate (*.crt) into the trust folder.',
      fr: 'Déposez le certificat d’une autorité (*.crt) dans le dossier de confiance.',
    },
  },
  'crl-missing': {
    means: {
      en: 'An authority’s revocation list is missing: its certificates are refused',
      fr: 'La liste de révocation d’une autorité manque : ses certificats sont refusés',
    },
    act: {
      en: 'Put its list (*.crl) into the trust folder.',
      fr: 'Déposez sa liste (*.crl) dans le dossier de confiance.',
    },
  },
  'crl-grace': {
    means: {
      en: 'An authority’s revocation list is past its time, and counts only for a short grace',
      fr: 'La liste de révocation d’une autorité est échue et ne vaut plus que pour un court délai',
    },
    act: {
      en: 'Put its next list into the trust folder before the grace is over.',
      fr: 'Déposez la liste suivante dans le dossier de confiance avant la fin du délai.',
    },
  },
  'crl-lapsed': {
    means: {
      en: 'An authority’s revocation list is too old: its certificates are refused',
      fr: 'La liste de révocation d’une autorité est trop ancienne : ses certificats sont refusés',
    },
    act: {
      en: 'Put a current list into the trust folder.',
      fr: 'Déposez une liste à jour dans le dossier de confiance.',
    },
  },
  'crl-behind': {
    means: {
      en: 'This process has an older list than has been in force: that authority’s certificates are refused',
      fr: 'Ce processus a une liste plus ancienne que celle qui a déjà été en vigueur : les certificats de cette autorité sont refusés',
    },
    act: {
      en: 'Put the newest list into this process’s trust folder.',
      fr: 'Déposez la liste la plus récente dans le dossier de confiance de ce processus.',
    },
  },
  'crl-number-went-back': {
    means: {
      en: 'A later revocation list has a lower number and does not count',
      fr: 'Une liste de révocation plus récente porte un numéro inférieur et ne compte pas',
    },
    act: { en: 'Ask the authority which list is right.', fr: 'Demandez à l’autorité quelle liste est la bonne.' },
  },
  'authority-expired': {
    means: { en: 'An authority’s own certificate has expired', fr: 'Le certificat d’une autorité a lui-même expiré' },
    act: {
      en: 'Take it out of the trust folder, or put the next one beside it.',
      fr: 'Retirez-le du dossier de confiance, ou déposez le suivant à côté.',
    },
  },
  'trust-file-ignored': {
    means: {
      en: 'A file in the trust folder cannot be read; what it held before still counts',
      fr: 'Un fichier du dossier de confiance est illisible ; son contenu précédent compte encore',
    },
    act: {
      en: 'Replace the file: the program’s log says why it cannot be taken.',
      fr: 'Remplacez le fichier : le journal du programme dit pourquoi il est refusé.',
    },
  },
  'trust-folder-unread': {
    means: {
      en: 'The trust folder could not be read for 10 s: no revocation is seen',
      fr: 'Le dossier de confiance n’a pu être lu pendant 10 s : aucune révocation n’est vue',
    },
    act: { en: 'Look at its disk or mount.', fr: 'Vérifiez son disque ou son montage.' },
  },
  'agency-gone': {
    means: {
      en: 'Something waits for an agency that the registry no longer has',
      fr: 'Quelque chose attend un organisme qui n’est plus au registre',
    },
    act: {
      en: 'Put the agency back into the registry file, if only as suspended.',
      fr: 'Rétablissez l’organisme au registre, au moins comme suspendu.',
    },
  },
  'response-overdue': {
    means: {
      en: 'An answer is overdue, and somebody waits for it',
      fr: 'Une réponse est en retard, et quelqu’un l’attend',
    },
    act: { en: 'Telephone the agency that owes it.', fr: 'Téléphonez à l’organisme qui la doit.' },
  },
  'message-unread': {
    means: {
      en: 'A message lies unread in an agency’s mailbox',
      fr: 'Un message reste non lu dans la boîte aux lettres d’un organisme',
    },
    act: { en: 'Telephone the agency.', fr: 'Téléphonez à l’organisme.' },
  },
  'disk-low': {
    means: {
      en: 'Little room is left on the record’s disk',
      fr: 'Il reste peu de place sur le disque du registre des messages',
    },
    act: {
      en: 'Make room soon: with under 1 GiB free nothing more is accepted.',
      fr: 'Faites de la place sans tarder : sous 1 Gio libre, plus rien n’est accepté.',
    },
  },
  'disk-full': {
    means: {
      en: 'The record’s disk is full: submissions are refused',
      fr: 'Le disque du registre des messages est plein : les dépôts sont refusés',
    },
    act: { en: 'Make room at once.', fr: 'Faites de la place immédiatement.' },
  },
  'own-certificate-expires': {
    means: {
      en: 'A certificate of the gateway itself ends soon',
      fr: 'Un certificat de la passerelle elle-même expire bientôt',
    },
    act: { en: 'Renew it.', fr: 'Renouvelez-le.' },
  },
}

const OTHER: AlarmWords = {
  means: { en: 'Something needs looking at', fr: 'Quelque chose demande votre attention' },
  act: {
    en: 'Look it up in the operating handbook, by its code.',
    fr: 'Cherchez son code dans le manuel d’exploitation.',
  },
}

export const wordsOfAlarm = (code: string): AlarmWords => alarmWords[code] ?? OTHER
