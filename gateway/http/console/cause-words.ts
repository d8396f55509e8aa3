import type { Text } from '../../base/base.ts'

/** What an attempt ended in, by the code of its `detail` (protocol section 11). */
const causes: Readonly<Record<string, Text>> = {
  taken: { en: 'The endpoint took it', fr: 'Le point d’accès l’a pris' },
  status: { en: 'The endpoint answered with an error', fr: 'Le point d’accès a répondu par une erreur' },
  timeout: { en: 'The endpoint did not answer in time', fr: 'Le point d’accès n’a pas répondu à temps' },
  'connection-refused': { en: 'Nothing listens at the endpoint', fr: 'Rien n’écoute au point d’accès' },
  'connection-lost': { en: 'The connection broke', fr: 'La connexion s’est rompue' },
  unreachable: { en: 'No way leads to the endpoint', fr: 'Aucun chemin ne mène au point d’accès' },
  network: { en: 'The network failed', fr: 'Le réseau a failli' },
  'host-not-found': { en: 'The endpoint’s name does not exist', fr: 'Le nom du point d’accès n’existe pas' },
  'name-not-resolved': {
    en: 'The endpoint’s name could not be looked up',
    fr: 'Le nom du point d’accès n’a pu être résolu',
  },
  'not-https': { en: 'The endpoint’s address is not https', fr: 'L’adresse du point d’accès n’est pas en https' },
  'tls-failed': { en: 'No secure connection came about', fr: 'Aucune connexion sécurisée n’a pu s’établir' },
  'certificate-of-other-host': {
    en: 'The certificate is another host’s',
    fr: 'Le certificat est celui d’un autre hôte',
  },
  'certificate-not-current': {
    en: 'The certificate has expired, or is not valid yet',
    fr: 'Le certificat a expiré, ou n’est pas encore valable',
  },
  'certificate-untrusted': {
    en: 'The certificate is not of a trusted authority',
    fr: 'Le certificat ne vient pas d’une autorité reconnue',
  },
  'certificate-revoked': { en: 'The certificate is revoked', fr: 'Le certificat est révoqué' },
  'certificate-unreadable': { en: 'The certificate cannot be read', fr: 'Le certificat est illisible' },
  'certificate-without-crl': {
    en: 'The revocation list of the certificate’s authority is missing',
    fr: 'La liste de révocation de l’autorité du certificat manque',
  },
  'trust-anchors-unusable': {
    en: 'The registry’s anchors for this endpoint cannot be used',
    fr: 'Les autorités que le registre donne pour ce point d’accès sont inutilisables',
  },
  'malformed-answer': {
    en: 'The endpoint’s answer could not be read',
    fr: 'La réponse du point d’accès est illisible',
  },
  unreadable: {
    en: 'The message could not be read from the record',
    fr: 'Le message n’a pu être lu dans le registre des messages',
  },
  erased: { en: 'The case was erased', fr: 'Le dossier a été effacé' },
  reached: { en: 'Reached: a secure connection came about', fr: 'Joint : une connexion sécurisée s’est établie' },
  mailed: { en: 'The mail server has taken the mail', fr: 'Le serveur de messagerie a pris le courriel' },
  'no-mail-server': { en: 'No mail server is configured', fr: 'Aucun serveur de messagerie n’est configuré' },
  'mail-server-unreachable': {
    en: 'The mail server cannot be reached',
    fr: 'Le serveur de messagerie est injoignable',
  },
  'mail-timeout': {
    en: 'The mail server did not answer in time',
    fr: 'Le serveur de messagerie n’a pas répondu à temps',
  },
  'mail-authentication-failed': {
    en: 'The mail server refuses the gateway’s credentials',
    fr: 'Le serveur de messagerie refuse les identifiants de la passerelle',
  },
  'mail-tls-failed': {
    en: 'No secure connection to the mail server came about',
    fr: 'Aucune connexion sécurisée au serveur de messagerie n’a pu s’établir',
  },
  'mail-refused': { en: 'The mail server refuses the mail', fr: 'Le serveur de messagerie refuse le courriel' },
  'mail-address-unusable': { en: 'The address is none', fr: 'L’adresse n’en est pas une' },
  'mail-failed': { en: 'The mail could not be sent', fr: 'Le courriel n’a pu être envoyé' },
  closing: { en: 'The gateway was stopping', fr: 'La passerelle s’arrêtait' },
}

const NONE: Text = {
  en: 'It was not tried: no route was found',
  fr: 'Aucune tentative\u00A0: aucun acheminement trouvé',
}
const OTHER: Text = { en: 'Another fault', fr: 'Autre défaut' }

/** What a code means; null: there was no attempt. */
export const causeOf = (detail: string | null): Text => (detail === null ? NONE : (causes[detail] ?? OTHER))
