/**
 * Every refusal that a client can see, as one table: the answers (RFC 9457), the pages under /problems and the
 * published protocol are all rendered from it.
 */

import type { Text } from '../base/base.ts'

export type Language = keyof Text

/** One entry of a problem's `errors` (section 4): it points into the message and never quotes it. */
export type Fault = {
  readonly pointer: string
  readonly keyword: string
  readonly message: string
  readonly messageFr: string
}

type Row = { readonly status: number; readonly title: Text; readonly meaning: Text; readonly remedy: Text }

const row = (
  status: number,
  title: readonly [en: string, fr: string],
  meaning: readonly [en: string, fr: string],
  remedy: readonly [en: string, fr: string],
): Row => ({ status, title: text(title), meaning: text(meaning), remedy: text(remedy) })

const text = ([en, fr]: readonly [en: string, fr: string]): Text => ({ en, fr })

// biome-ignore format: one row a refusal: status and title, then what it means, then what to do
const table = {
  'malformed-message': row(400, ['Malformed message', 'Message mal formé'],
    ['The body is not a compact JWS, or its header, payload or envelope breaks section 3 of the protocol.',
     'Le corps n’est pas un JWS compact, ou son en-tête, sa charge utile ou son enveloppe enfreint la section 3 du protocole.'],
    ['Correct what `errors` points to, sign again and submit again; the id is not used up.',
     'Corrigez ce que `errors` désigne, signez et déposez de nouveau ; l’identifiant reste utilisable.']),
  'unsupported-algorithm': row(400, ['Unsupported algorithm', 'Algorithme non pris en charge'],
    ['`alg` is not ES256, ES384, PS256 or EdDSA, or it does not fit the key of the signing certificate.',
     '`alg` n’est ni ES256, ni ES384, ni PS256, ni EdDSA, ou ne convient pas à la clé du certificat de signature.'],
    ['Sign with the algorithm of your key: P-256 ES256, P-384 ES384, RSA PS256, Ed25519 EdDSA.',
     'Signez avec l’algorithme de votre clé : P-256 ES256, P-384 ES384, RSA PS256, Ed25519 EdDSA.']),
  'invalid-request': row(400, ['Invalid request', 'Requête non valide'],
    ['A parameter of the request is missing, unknown, of the wrong form or out of its range.',
     'Un paramètre de la requête est absent, inconnu, de forme incorrecte ou hors de son intervalle.'],
    ['Correct the parameter that `detail` or `errors` names; the API description gives the range of each.',
     'Corrigez le paramètre que nomme `detail` ou `errors` ; la description de l’API donne l’intervalle de chacun.']),
  'unknown-signer': row(401, ['Unknown signer', 'Signataire inconnu'],
    ['`x5t#S256` names no signing certificate that the registry has for an active agency.',
     '`x5t#S256` ne désigne aucun certificat de signature inscrit au registre pour un organisme actif.'],
    ['Check that you sign with your signing key, not your TLS key, and ask the operator to register a new certificate.',
     'Vérifiez que vous signez avec votre clé de signature, et non celle de TLS, et faites inscrire tout nouveau certificat.']),
  'certificate-not-valid': row(401, ['Signing certificate not valid', 'Certificat de signature non valide'],
    ['The signing certificate is outside its validity, revoked, not chained to a trust anchor, or its key is too weak.',
     'Le certificat de signature est hors validité, révoqué, sans chaîne vers une ancre de confiance, ou de clé trop faible.'],
    ['Renew the certificate, have the new one registered, and sign the message again with it.',
     'Renouvelez le certificat, faites inscrire le nouveau et signez de nouveau le message avec lui.']),
  'invalid-signature': row(401, ['Invalid signature', 'Signature non valide'],
    ['The signature does not verify over the header and payload with the certificate that `x5t#S256` names.',
     'La signature ne se vérifie pas sur l’en-tête et la charge utile avec le certificat que désigne `x5t#S256`.'],
    ['Send the bytes exactly as they were signed; an ECDSA signature is the raw r and s, not DER (RFC 7518, 3.4).',
     'Envoyez les octets tels que signés ; une signature ECDSA est r et s bruts, et non du DER (RFC 7518, 3.4).']),
  'operator-certificate-required': row(401, ['Operator’s certificate required', 'Certificat d’opérateur requis'],
    ['This part of the operations listener is for operators, and the request bore no operator’s certificate.',
     'Cette partie de l’exploitation est réservée aux opérateurs ; la requête ne portait aucun certificat d’opérateur.'],
    ['Have whoever keeps the registry file enter your TLS certificate as an operator’s, then connect with it.',
     'Faites inscrire votre certificat TLS comme celui d’un opérateur par qui tient le registre, puis connectez-vous avec lui.']),
  'unknown-agency': row(403, ['Unknown agency', 'Organisme inconnu'],
    ['The TLS certificate is good, but the registry pins it to no active agency.',
     'Le certificat TLS est valable, mais le registre ne l’associe à aucun organisme actif.'],
    ['Ask the operator to register the certificate, or why the agency is suspended.',
     'Demandez à l’opérateur d’inscrire le certificat, ou pourquoi l’organisme est suspendu.']),
  'signer-mismatch': row(403, ['Signer, connection and sender differ', 'Signataire, connexion et émetteur différents'],
    ['The agency of the TLS certificate, the agency of the signing certificate and `from` are not one and the same.',
     'L’organisme du certificat TLS, celui du certificat de signature et `from` ne sont pas un seul et même organisme.'],
    ['Submit your own messages only, over your own connection, with your own agency id in `from`.',
     'Ne déposez que vos propres messages, par votre propre connexion, avec votre identifiant dans `from`.']),
  'not-permitted': row(403, ['Not permitted', 'Non autorisé'],
    ['Your agency’s roles do not allow this type of message to that recipient (section 5); or an operator’s role not this act (section 11).',
     'Les rôles de votre organisme ne permettent pas d’adresser ce type de message à ce destinataire (section 5), ou le rôle d’un opérateur ne permet pas cet acte (section 11).'],
    ['Check `type` and `to` against the table of section 5 and the roles in the directory; an operator, the `role` in the registry file.',
     'Vérifiez `type` et `to` d’après le tableau de la section 5 et les rôles de l’annuaire ; un opérateur, son `role` dans le fichier du registre.']),
  'cross-site': row(403, ['Cross-site request', 'Requête intersite'],
    ['An operator’s act, or a call of an agency, was asked for by a page of another site, as `Sec-Fetch-Site` or `Origin` shows.',
     'Un acte d’opérateur, ou un appel d’un organisme, a été demandé depuis la page d’un autre site, selon `Sec-Fetch-Site` ou `Origin`.'],
    ['Act from the console or the desk itself; if you did not mean to act, tell your security officer.',
     'Agissez depuis la console ou le poste lui-même ; si l’acte n’était pas voulu, prévenez votre responsable de la sécurité.']),
  'unknown-recipient': row(404, ['Unknown recipient', 'Destinataire inconnu'],
    ['`to` is the id of no active agency.', '`to` n’est l’identifiant d’aucun organisme actif.'],
    ['Take the id from the directory (`GET /v1/agencies`); a suspended agency takes no new message.',
     'Prenez l’identifiant dans l’annuaire (`GET /v1/agencies`) ; un organisme suspendu ne reçoit rien de nouveau.']),
  'not-found': row(404, ['Not found', 'Introuvable'],
    ['There is nothing here that you may see: it never existed, or it is not yours.',
     'Il n’y a rien ici que vous puissiez voir : cela n’a jamais existé, ou ne vous appartient pas.'],
    ['Check the path and the ids; what you sent is under messages, what you received under inbox.',
     'Vérifiez le chemin et les identifiants ; vos envois sont sous messages, ce que vous avez reçu sous inbox.']),
  'not-yet-published': row(404, ['Not yet in a checkpoint', 'Pas encore dans un point de contrôle'],
    ['It is in the evidence log, but no checkpoint of the log has it yet.',
     'L’élément est dans le journal de preuves, mais aucun point de contrôle ne le contient encore.'],
    ['Ask again when `Retry-After` is over: a checkpoint has it within 10 seconds.',
     'Redemandez après le délai de `Retry-After` : un point de contrôle le contient dans les 10 secondes.']),
  'method-not-allowed': row(405, ['Method not allowed', 'Méthode non autorisée'],
    ['This address exists, but not for this method.', 'Cette adresse existe, mais pas pour cette méthode.'],
    ['Use a method that the `Allow` header lists.', 'Employez l’une des méthodes que donne l’en-tête `Allow`.']),
  'id-conflict': row(409, ['Id already used', 'Identifiant déjà utilisé'],
    ['You have used this `id` for a message of other bytes; it keeps standing for the first one.',
     'Vous avez déjà employé cet `id` pour un autre message ; il continue de désigner le premier.'],
    ['To repeat a message send the very bytes you signed; give a new message a new id.',
     'Pour répéter un message, renvoyez les octets signés eux-mêmes ; donnez à un nouveau message un nouvel id.']),
  'pathway-violation': row(409, ['Does not fit the pathway', 'Non conforme au parcours'],
    ['In this case the message answers nothing that it may answer, or its parties took no part in the case (section 5).',
     'Dans ce dossier, le message ne répond à rien d’admis, ou ses parties n’ont pas pris part au dossier (section 5).'],
    ['Give in `inReplyTo` the id of a message of the same case, sent to you by the agency in `to`, that this type answers.',
     'Donnez dans `inReplyTo` l’id d’un message du même dossier, reçu de l’organisme de `to`, auquel ce type peut répondre.']),
  'attachment-missing': row(409, ['Attachment missing', 'Pièce jointe absente'],
    ['The message names an attachment that your agency has not put, or no longer has here.',
     'Le message cite une pièce jointe que votre organisme n’a pas déposée, ou qui n’est plus ici.'],
    ['Put each attachment first (`PUT /v1/attachments/<digest>`), then submit the same bytes again.',
     'Déposez d’abord chaque pièce jointe (`PUT /v1/attachments/<empreinte>`), puis de nouveau les mêmes octets.']),
  'already-acknowledged': row(409, ['Already acknowledged', 'Accusé de réception déjà donné'],
    ['This message already has its outcome, and another one has now been given.',
     'Ce message a déjà fait l’objet d’un accusé de réception ou d’un refus, et une autre réponse vient d’être donnée.'],
    ['The first outcome stands. Tell the sender by a message of the case if it was wrong.',
     'La première réponse fait foi. Si elle était erronée, dites-le à l’émetteur par un message du dossier.']),
  'not-unread': row(409, ['Not unread', 'Message déjà traité'],
    ['An operator says that they have telephoned about a message that has been acknowledged, refused or given up.',
     'Un opérateur dit avoir téléphoné au sujet d’un message déjà reçu, refusé ou abandonné.'],
    ['Nobody needs to be telephoned any more: look at the message’s state.',
     'Il n’y a plus personne à appeler : voyez l’état du message.']),
  'digest-mismatch': row(409, ['Digest of other bytes', 'Empreinte d’autres octets'],
    ['`messageDigest` is not the digest of the message that is being acknowledged.',
     '`messageDigest` n’est pas l’empreinte du message dont il est accusé réception.'],
    ['Take the SHA-256 over the message’s bytes exactly as you read them from the inbox, and sign anew.',
     'Calculez le SHA-256 des octets du message tels que lus dans la boîte de réception, et signez de nouveau.']),
  'not-a-dead-letter': row(409, ['Not a dead letter', 'Pas un message en échec'],
    ['Only a message whose delivery was given up can be retried or discarded.',
     'Seul un message dont la remise a été abandonnée peut être relancé ou écarté.'],
    ['Look at the message’s state: it may have been retried, acknowledged or discarded meanwhile.',
     'Regardez l’état du message : entre-temps, il a pu être relancé, recevoir son accusé de réception ou être écarté.']),
  'case-not-settled': row(409, ['Case not settled', 'Dossier encore en cours'],
    ['A message of the case is neither acknowledged nor discarded; erasing would quietly drop it.',
     'Un message du dossier est sans accusé de réception et n’a pas été écarté ; l’effacement le perdrait sans trace.'],
    ['Have every message of the case acknowledged or discarded first.',
     'Obtenez d’abord, pour chaque message du dossier, l’accusé de réception ou la mise à l’écart.']),
  'log-in-force': row(409, ['The log is in force', 'Journal toujours en vigueur'],
    ['A successor was asked for of a log that was not closed, or by a process that still has its keys.',
     'Un successeur a été demandé pour un journal qui n’a pas été fermé, ou par un processus qui en a encore les clés.'],
    ['Look at the log’s page: where it was closed, put a new `PASSERELLE_LOG_KEY` in place, start the gateway again, and ask then.',
     'Voyez la page du journal : s’il a été fermé, mettez en place une nouvelle `PASSERELLE_LOG_KEY`, redémarrez la passerelle, puis redemandez.']),
  'period-not-ended': row(409, ['Period not ended', 'Période non terminée'],
    ['Figures are given only for a whole quarter or year that has ended.',
     'Les chiffres ne sont donnés que pour un trimestre ou une année entiers et terminés.'],
    ['Ask for an earlier period, or wait for this one to end.', 'Demandez une période antérieure, ou attendez la fin de celle-ci.']),
  erased: row(410, ['Erased', 'Effacé'],
    ['The contents of this case were erased; receipts, digests and the log remain and still verify.',
     'Le contenu de ce dossier a été effacé ; récépissés, empreintes et journal demeurent et restent vérifiables.'],
    ['Use your own record of the message, or ask its sender.', 'Servez-vous de votre propre exemplaire, ou demandez à l’émetteur.']),
  'message-too-large': row(413, ['Message too large', 'Message trop volumineux'],
    ['The body is larger than the gateway takes.', 'Le corps dépasse la taille que la passerelle accepte.'],
    ['`limits` in `/.well-known/passerelle` says how large; send documents and pictures as attachments.',
     '`limits` dans `/.well-known/passerelle` donne la taille ; envoyez documents et images en pièces jointes.']),
  'unsupported-media-type': row(415, ['Unsupported media type', 'Type de média non pris en charge'],
    ['The `Content-Type` is not the one this address takes, or an attachment’s content is of no kind that is allowed.',
     'Le `Content-Type` n’est pas celui de cette adresse, ou le contenu de la pièce jointe est d’un type non admis.'],
    ['Send a JWS as `application/jose`; an attachment is PDF, JPEG, PNG, HEIC, plain text or DOCX.',
     'Envoyez un JWS en `application/jose` ; une pièce jointe est PDF, JPEG, PNG, HEIC, texte brut ou DOCX.']),
  'range-not-satisfiable': row(416, ['Range not satisfiable', 'Plage hors du contenu'],
    ['The `Range` of the request begins behind the end of the attachment; `Content-Range` gives its size.',
     'Le `Range` de la requête commence après la fin de la pièce jointe ; `Content-Range` en donne la taille.'],
    ['Ask for a range within that size, or for the whole.', 'Demandez une plage dans cette taille, ou le tout.']),
  'stale-message': row(422, ['Signing time too far from now', 'Heure de signature trop éloignée'],
    ['`iat` is more than 300 s from the gateway’s clock, and these bytes were not accepted before.',
     '`iat` s’écarte de plus de 300 s de l’horloge de la passerelle, et ces octets n’avaient pas été acceptés.'],
    ['Set your clock (NTP), sign the message again with the time of now and submit it under the same id.',
     'Mettez votre horloge à l’heure (NTP), signez de nouveau à l’heure présente et déposez sous le même id.']),
  'unsupported-schema-version': row(422, ['Unsupported schema version', 'Version de schéma non prise en charge'],
    ['`schemaVersion` names no release that is published here, or one that is past its sunset.',
     '`schemaVersion` ne désigne aucune version publiée ici, ou une version dont l’échéance est passée.'],
    ['Choose a release that `GET /schemas` lists.', 'Choisissez une version que donne `GET /schemas`.']),
  'schema-violation': row(422, ['Body breaks its schema', 'Corps non conforme à son schéma'],
    ['The `body` does not obey the schema of its type; `errors` lists every fault.',
     'Le `body` n’est pas conforme au schéma de son type ; `errors` signale toutes les erreurs.'],
    ['Correct each place that `errors` points to, sign again and submit again; the id is not used up.',
     'Corrigez chaque endroit que désigne `errors`, signez et déposez de nouveau ; l’id reste utilisable.']),
  'attachment-digest-mismatch': row(422, ['Digest does not match', 'Empreinte non concordante'],
    ['The bytes that arrived do not have the SHA-256 that the address names; nothing was kept.',
     'Les octets reçus n’ont pas le SHA-256 indiqué dans l’adresse ; rien n’a été conservé.'],
    ['Send the file again; if it fails again, take the digest anew over the very bytes you send.',
     'Renvoyez le fichier ; en cas de nouvel échec, recalculez l’empreinte des octets mêmes que vous envoyez.']),
  'attachment-quota': row(413, ['Too much put and not named', 'Trop de pièces déposées sans être citées'],
    ['Your agency has put, or is putting, more bytes of attachments than it may before messages name them.',
     'Votre organisme a déposé, ou dépose, plus d’octets de pièces jointes qu’il ne peut avant que des messages ne les citent.'],
    ['Submit the messages that name what you have put; what no message names is deleted after a day.',
     'Déposez les messages qui citent les pièces déjà là ; ce qu’aucun message ne cite est effacé au bout d’un jour.']),
  'attachment-infected': row(422, ['Attachment infected', 'Pièce jointe infectée'],
    ['The scanner for malware has found something in this attachment; nothing was kept.',
     'L’antivirus a trouvé quelque chose dans cette pièce jointe ; rien n’a été conservé.'],
    ['Do not send it again: have the file, and the computer that it comes from, looked at.',
     'Ne la renvoyez pas : faites examiner le fichier et l’ordinateur d’où il vient.']),
  'rate-limited': row(429, ['Too many calls', 'Trop d’appels'],
    ['Your agency has made more calls of this kind, or sent more bytes, than is allowed; nothing was accepted.',
     'Votre organisme a dépassé le nombre d’appels de cette sorte, ou le volume, autorisé ; rien n’a été accepté.'],
    ['Wait as long as `Retry-After` says, then make the same call again; what was signed, with the same bytes.',
     'Attendez le délai que donne `Retry-After`, puis refaites le même appel ; ce qui était signé, avec les mêmes octets.']),
  'internal-error': row(500, ['Internal error', 'Erreur interne'],
    ['The gateway met something that it did not foresee; whether the request took effect is not known.',
     'La passerelle a rencontré un cas imprévu ; on ne sait si la requête a pris effet.'],
    ['Send the same bytes again, which is always safe; if it persists, give the operator the id in `instance`.',
     'Renvoyez les mêmes octets, c’est toujours sans risque ; si l’erreur persiste, donnez à l’opérateur l’id d’`instance`.']),
  unavailable: row(503, ['Unavailable', 'Indisponible'],
    ['The record cannot be written just now; nothing was accepted.',
     'Le registre des messages ne peut être écrit pour l’instant ; rien n’a été accepté.'],
    ['Wait as long as `Retry-After` says and send the same bytes again; for a child in danger now, telephone as well.',
     'Attendez le délai de `Retry-After` et renvoyez les mêmes octets ; pour un enfant en danger immédiat, téléphonez aussi.']),
} satisfies Record<string, Row>

export type ProblemCode = keyof typeof table

export const problems: Readonly<Record<ProblemCode, Row>> = table

/** Why a signing certificate is not good, as `certificate-not-valid` says it in its detail. */
export const certificateReasons = {
  'not-yet-valid': {
    en: 'The signing certificate is not valid yet.',
    fr: 'Le certificat de signature n’est pas encore valide.',
  },
  expired: { en: 'The signing certificate has expired.', fr: 'Le certificat de signature a expiré.' },
  revoked: { en: 'The signing certificate has been revoked.', fr: 'Le certificat de signature a été révoqué.' },
  unchained: {
    en: 'The signing certificate does not chain to a trust anchor.',
    fr: 'Le certificat de signature ne remonte à aucune ancre de confiance.',
  },
  'no-current-crl': {
    en: 'There is no current revocation list of the issuer of the signing certificate.',
    fr: 'Il n’existe pas de liste de révocation à jour de l’émetteur du certificat de signature.',
  },
  'weak-key': {
    en: 'The key of the signing certificate is too weak.',
    fr: 'La clé du certificat de signature est trop faible.',
  },
} as const satisfies Record<string, Text>

/** A refusal. Its `detail` is shown to the client and logged, so it points and never quotes what somebody wrote. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ProblemCode
  readonly status: number
  readonly detail: Text
  declare readonly errors?: readonly Fault[]
  /** Seconds, for `Retry-After`. */
  declare readonly retryAfter?: number

  constructor(
    code: ProblemCode,
    detail: Text = table[code].meaning,
    extra: { errors?: readonly Fault[]; retryAfter?: number } = {},
  ) {
    super(`${code}: ${detail.en}`)
    this.code = code
    this.status = table[code].status
    this.detail = detail
    if (extra.errors !== undefined) this.errors = extra.errors
    if (extra.retryAfter !== undefined) this.retryAfter = extra.retryAfter
  }
}

export type ProblemDocument = {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly instance: string
  readonly code: ProblemCode
  /** The page that `type` names, where a browser without a certificate reaches it. */
  readonly documentation: string
  readonly errors?: readonly Fault[]
}

/**
 * Gives the RFC 9457 document of a refusal, in the language the client prefers; `requestId` is a UUID, and `pages` where the pages
 * of problems are for everybody: an address without a slash at its end, or nothing.
 */
export function problemDocument(
  problem: Problem,
  requestId: string,
  language: Language,
  pages: string,
): ProblemDocument {
  return {
    type: `/problems/${problem.code}`,
    title: table[problem.code].title[language],
    status: problem.status,
    detail: problem.detail[language],
    instance: `urn:uuid:${requestId}`,
    code: problem.code,
    documentation: `${pages}/problems/${problem.code}`,
    ...(problem.errors === undefined ? {} : { errors: problem.errors }),
  }
}
