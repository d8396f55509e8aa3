import type { Text } from '../base/base.ts'

/** What to do about each alarm, for whoever is woken by it. `docs/operating.md` says more, under the same names. */
export const remedies = {
  'no-trust-anchor': {
    en: 'put a self-signed certificate (*.crt) into the trust folder: nobody is let in without',
    fr: 'placez un certificat autosigné (*.crt) dans le dossier de confiance : sans lui, personne n’est admis',
  },
  'crl-missing': {
    en: 'put the list (*.crl) of this authority into the trust folder: its certificates are refused without',
    fr: 'placez la liste (*.crl) de cette autorité dans le dossier de confiance : sans elle, ses certificats sont refusés',
  },
  'crl-expires': {
    en: 'the list of this authority ends soon: put its next list into the trust folder, or ask the authority why there is none',
    fr: 'la liste de cette autorité expire bientôt : placez la suivante dans le dossier de confiance, ou demandez à l’autorité pourquoi il n’y en a pas',
  },
  'crl-grace': {
    en: 'put the next list of this authority into the trust folder before PASSERELLE_CRL_GRACE is over',
    fr: 'placez la liste suivante de cette autorité dans le dossier de confiance avant la fin de PASSERELLE_CRL_GRACE',
  },
  'crl-lapsed': {
    en: 'put a current list of this authority into the trust folder: its certificates are refused',
    fr: 'placez une liste à jour de cette autorité dans le dossier de confiance : ses certificats sont refusés',
  },
  'crl-behind': {
    en: 'this process has an older list than has been in force: put the newest list of this authority into its trust folder; until then its certificates are refused',
    fr: 'ce processus a une liste plus ancienne que celle qui a été en vigueur : placez la plus récente de cette autorité dans son dossier de confiance ; d’ici là, ses certificats sont refusés',
  },
  'crl-number-went-back': {
    en: 'a later list of this authority has a lower number and does not count: ask the authority which one is right',
    fr: 'une liste plus récente de cette autorité porte un numéro inférieur et ne compte pas : demandez à l’autorité laquelle est la bonne',
  },
  'authority-expires': {
    en: 'the certificate of this authority ends within 30 days: put the next one beside it',
    fr: 'le certificat de cette autorité expire dans moins de 30 jours : placez le suivant à côté',
  },
  'authority-expired': {
    en: 'take the certificate of this authority out of the trust folder, or put the next one beside it',
    fr: 'retirez du dossier de confiance le certificat de cette autorité, ou placez le suivant à côté',
  },
  'trust-file-ignored': {
    en: 'the line «trust file ignored» says why this file cannot be taken: replace it; what it held before still counts',
    fr: 'la ligne « trust file ignored » dit pourquoi ce fichier est ignoré : remplacez-le ; ce qu’il contenait avant compte encore',
  },
  'trust-folder-unread': {
    en: 'the trust folder could not be read for 10 s: look at its disk or mount; no revocation is seen',
    fr: 'le dossier de confiance est illisible depuis 10 s : vérifiez son disque ou son montage ; aucune révocation n’est vue',
  },
  'agency-certificate-expires': {
    en: 'the last certificate of this agency for one use ends within 30 days: ask it for the next one, and pin that beside it',
    fr: 'le dernier certificat de cet organisme pour un usage expire dans moins de 30 jours : demandez-lui le suivant et épinglez-le à côté',
  },
  'agency-gone': {
    en: 'put the agency back into the registry file, if only as suspended: something waits for it',
    fr: 'remettez l’organisme dans le fichier du registre, au moins comme suspendu : des messages l’attendent',
  },
  'agency-unreachable': {
    en: 'telephone the agency: its endpoint has not taken a message for 15 minutes; the message’s attempts say what it answers',
    fr: 'téléphonez à l’organisme : son point d’accès n’accepte pas un message depuis 15 minutes ; les tentatives du message disent ce qu’il répond',
  },
  'dead-letter': {
    en: 'telephone the agency: a message to it could not be delivered, and nobody tries any more; mend the cause, then put it back',
    fr: 'téléphonez à l’organisme : un message n’a pas pu lui être remis, et plus aucune tentative n’a lieu ; corrigez la cause, puis relancez la remise',
  },
  'response-overdue': {
    en: 'telephone the agency: somebody asked it by a time that has passed, and waits for its answer',
    fr: 'téléphonez à l’organisme : une réponse lui a été demandée pour une heure qui est passée, et on l’attend',
  },
  'message-unread': {
    en: 'telephone the agency: a message lies in its mailbox, and nobody has acknowledged it',
    fr: 'téléphonez à l’organisme : un message est dans sa boîte de réception, et personne n’en a accusé réception',
  },
  'immediate-unread': {
    en: 'telephone the agency now, out of hours if need be: a child may be in danger, and nobody has read the message',
    fr: 'téléphonez tout de suite à l’organisme, au numéro d’astreinte s’il le faut : un enfant est peut-être en danger, et personne n’a lu le message',
  },
  'messages-unaccounted': {
    en: 'keep the record as it is and make a backup of it now: a message was accepted, and its delivery has vanished; docs/operating.md says how to find it and have it sent again',
    fr: 'ne touchez pas au registre et sauvegardez-le tout de suite : un message a été accepté et sa remise a disparu ; docs/operating.md dit comment le retrouver et le faire renvoyer',
  },
  'record-unreachable': {
    en: 'mend PostgreSQL, or the way to it: nothing is accepted or delivered until it answers',
    fr: 'rétablissez PostgreSQL, ou l’accès à celui-ci : rien n’est accepté ni remis tant qu’il ne répond pas',
  },
  'record-read-only': {
    en: 'promote a server that takes writes, or name all hosts in DATABASE_URL: nothing is accepted or delivered until then',
    fr: 'promouvez un serveur qui accepte les écritures, ou nommez tous les hôtes dans DATABASE_URL : d’ici là, rien n’est accepté ni remis',
  },
  'record-full': {
    en: 'make room on PostgreSQL’s disk or in its memory: nothing is accepted until then',
    fr: 'libérez de la place sur le disque de PostgreSQL ou dans sa mémoire : d’ici là, rien n’est accepté',
  },
  'queue-unreachable': {
    en: 'mend Redis, or the way to it: messages are delivered all the same, some seconds later',
    fr: 'rétablissez Redis, ou l’accès à celui-ci : les messages sont remis tout de même, quelques secondes plus tard',
  },
  'queue-read-only': {
    en: 'Redis became a replica: point REDIS_URL at the master, or use sentinels',
    fr: 'Redis est devenu une réplique : faites pointer REDIS_URL vers le maître, ou utilisez des sentinelles',
  },
  'queue-full': {
    en: 'Redis is at its maxmemory: raise it',
    fr: 'Redis a atteint son maxmemory : augmentez-le',
  },
  'queue-not-saving': {
    en: 'Redis could not save: its log says why, mostly a full disk',
    fr: 'Redis n’a pas pu sauvegarder : son journal dit pourquoi, le plus souvent un disque plein',
  },
  'queue-without-replicas': {
    en: 'Redis has fewer good replicas than min-replicas-to-write: mend them',
    fr: 'Redis a moins de répliques saines que min-replicas-to-write : rétablissez-les',
  },
  'clock-off': {
    en: 'set the clock of this machine, or of PostgreSQL’s, and run NTP on both: they are more than 2 s apart',
    fr: 'réglez l’horloge de cette machine, ou de celle de PostgreSQL, et activez NTP sur les deux : elles diffèrent de plus de 2 s',
  },
  'disk-low': {
    en: 'make room on the disk of the record: under 10 % or 2 GiB of it are free; under 1 GiB nothing more is accepted',
    fr: 'libérez de la place sur le disque du registre : il en reste moins de 10 % ou de 2 Gio ; sous 1 Gio, rien n’est plus accepté',
  },
  'disk-full': {
    en: 'make room on the disk of the record at once: under 1 GiB of it is free, and submissions are refused',
    fr: 'libérez tout de suite de la place sur le disque du registre : il en reste moins de 1 Gio, et les dépôts sont refusés',
  },
  'attachment-store-away': {
    en: 'look at the store that PASSERELLE_ATTACHMENTS_URL names, and at its credentials: attachments can be neither put nor fetched until it answers',
    fr: 'vérifiez le stockage que PASSERELLE_ATTACHMENTS_URL désigne, et ses identifiants : d’ici qu’il réponde, aucune pièce jointe ne peut être déposée ni récupérée',
  },
  'scanner-away': {
    en: 'look at the clamd that PASSERELLE_CLAMD names: no attachment is taken until it answers',
    fr: 'vérifiez le clamd que PASSERELLE_CLAMD désigne : aucune pièce jointe n’est acceptée tant qu’il ne répond pas',
  },
  'backup-overdue': {
    en: 'the last good backup is older than PASSERELLE_BACKUP_MAX_AGE, or nobody has noted one: make one now (npm run backup), and see why it was not made',
    fr: 'la dernière sauvegarde réussie est plus ancienne que PASSERELLE_BACKUP_MAX_AGE, ou aucune n’a été notée : faites-en une maintenant (npm run backup), et cherchez pourquoi elle n’a pas été faite',
  },
  'log-contradicted': {
    en: 'a witness was shown another history of the evidence log than the record has: change nothing, make a backup, and follow docs/operating.md, «log-contradicted»',
    fr: 'un témoin s’est vu montrer une autre histoire du journal de preuves que celle du registre : ne changez rien, faites une sauvegarde, et suivez docs/operating.md, « log-contradicted »',
  },
  'log-uncosigned': {
    en: 'too few witnesses have cosigned the evidence log in the last minute: see which are silent, and telephone whoever runs them; messages go on',
    fr: 'trop peu de témoins ont cosigné le journal de preuves depuis une minute : voyez lesquels se taisent et téléphonez à qui les fait fonctionner ; les messages passent toujours',
  },
  'log-rolled-back': {
    en: 'a later state of the evidence log was published than the record has: nothing is taken any more. Find out whether a newer record or backup can be had; else start a successor, as docs/operating.md says',
    fr: 'un état du journal de preuves plus récent que celui du registre a été publié : plus rien n’est accepté. Cherchez s’il existe un registre ou une sauvegarde plus récents ; sinon, ouvrez un journal successeur comme le dit docs/operating.md',
  },
  'checkpoint-late': {
    en: 'no checkpoint has had the newest receipts for a minute: the line «the tree of the log could not be grown» says why; see also that every process has the log key of the log in force',
    fr: 'depuis une minute, aucun point de contrôle ne contient les derniers récépissés : la ligne « the tree of the log could not be grown » dit pourquoi ; vérifiez aussi que chaque processus a la clé du journal en vigueur',
  },
  'own-certificate-expires': {
    en: 'renew this certificate of the gateway, then send SIGHUP to every process',
    fr: 'renouvelez ce certificat de la passerelle, puis envoyez SIGHUP à chaque processus',
  },
  'own-certificates-refused': {
    en: 'the line «own certificates refused» says why the new certificate or key cannot be taken: correct it, then send SIGHUP again; the one before is still shown',
    fr: 'la ligne « own certificates refused » dit pourquoi le nouveau certificat ou la nouvelle clé est refusé : corrigez, puis renvoyez SIGHUP ; le précédent est encore présenté',
  },
  'data-keys-refused': {
    en: 'the line «data keys refused» says why the file of the data keys cannot be taken: correct it, then send SIGHUP again',
    fr: 'la ligne « data keys refused » dit pourquoi le fichier des clés de données est refusé : corrigez-le, puis renvoyez SIGHUP',
  },
  'data-key-unknown': {
    en: 'this process does not know a data key of the record, and answers 503: send it SIGHUP, or start it again, with the whole file',
    fr: 'ce processus ne connaît pas une clé de données du registre, et répond 503 : envoyez-lui SIGHUP, ou redémarrez-le, avec le fichier complet',
  },
} as const satisfies Readonly<Record<string, Text>>

/** What to do about an alarm; of one that this release does not know, as where another process is newer, nothing. */
export function remedyOf(code: string): Text | undefined {
  return new Map<string, Text>(Object.entries(remedies)).get(code)
}
