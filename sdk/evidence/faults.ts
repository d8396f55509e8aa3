import type { Text } from '../problem.ts'

/** Why a bundle proves nothing: one code for each kind of fault, in the order in which they are looked for (docs/evidence.md). */
export type EvidenceCode = keyof typeof faults

/** Each in both languages, without personal data. */
export const faults = {
  'bundle-malformed': {
    en: 'This is not an evidence bundle in the form that section 10 of the protocol gives it.',
    fr: 'Ce n’est pas un dossier de preuve sous la forme que prescrit la section 10 du protocole.',
  },
  'bundle-version': {
    en: 'The bundle is of a version that this verifier does not know.',
    fr: 'Le dossier est d’une version que ce vérificateur ne connaît pas.',
  },
  'certificate-malformed': {
    en: 'A certificate in the bundle cannot be read.',
    fr: 'Un certificat du dossier est illisible.',
  },
  'crl-malformed': {
    en: 'A revocation list in the bundle cannot be read.',
    fr: 'Une liste de révocation du dossier est illisible.',
  },
  'receipt-malformed': {
    en: 'A receipt does not have the form of section 6.',
    fr: 'Un récépissé n’a pas la forme de la section 6.',
  },
  'entry-malformed': {
    en: 'A registry entry does not have the form of section 10.',
    fr: 'Une inscription au registre des organismes n’a pas la forme de la section 10.',
  },
  'act-malformed': {
    en: 'An operator’s act does not have the form of section 10.',
    fr: 'Un acte d’opérateur n’a pas la forme de la section 10.',
  },
  'proof-malformed': {
    en: 'A proof of the log does not have the form of C2SP tlog-proof.',
    fr: 'Une preuve du journal n’a pas la forme de C2SP tlog-proof.',
  },
  'acceptance-missing': {
    en: 'The bundle does not begin with the receipt that the message was accepted.',
    fr: 'Le dossier ne commence pas par le récépissé d’acceptation du message.',
  },
  'receipt-of-another-message': {
    en: 'A receipt is about another message than the others.',
    fr: 'Un récépissé concerne un autre message que les autres.',
  },
  'receipt-of-another-gateway': {
    en: 'A signed statement names another gateway than the first receipt.',
    fr: 'Une déclaration signée nomme une autre passerelle que le premier récépissé.',
  },
  'signer-unknown': {
    en: 'The certificate that signed is not in the bundle.',
    fr: 'Le certificat de signature ne figure pas dans le dossier.',
  },
  'signer-not-gateway': {
    en: 'A certificate that is not the gateway’s has signed what the gateway signs.',
    fr: 'Un certificat qui n’est pas celui de la passerelle a signé ce que signe la passerelle.',
  },
  'signer-weak': {
    en: 'The key that signed is too weak, or is of a kind that does not count.',
    fr: 'La clé de signature est trop faible, ou d’un type qui ne compte pas.',
  },
  'signer-unchained': {
    en: 'No path leads from the certificate that signed to a trust anchor.',
    fr: 'Aucun chemin ne mène du certificat de signature à une ancre de confiance.',
  },
  'signer-not-in-validity': {
    en: 'The certificate that signed, or one above it, was outside its validity at that time.',
    fr: 'Le certificat de signature, ou l’un de ceux dont il dépend, était hors de sa période de validité à ce moment.',
  },
  'signer-revoked': {
    en: 'The certificate that signed, or one above it, had been revoked by then.',
    fr: 'Le certificat de signature, ou l’un de ceux dont il dépend, avait alors été révoqué.',
  },
  'algorithm-mismatch': {
    en: 'The algorithm of a signature does not fit the key that signed.',
    fr: 'L’algorithme d’une signature ne correspond pas à la clé de signature.',
  },
  'receipt-signature': {
    en: 'The signature of a receipt does not verify.',
    fr: 'La signature d’un récépissé n’est pas valable.',
  },
  'entry-signature': {
    en: 'The signature of a registry entry does not verify.',
    fr: 'La signature d’une inscription au registre des organismes n’est pas valable.',
  },
  'act-signature': {
    en: 'The signature of an operator’s act does not verify.',
    fr: 'La signature d’un acte d’opérateur n’est pas valable.',
  },
  'log-unknown': {
    en: 'A proof is of a log whose keys the verifier was not given.',
    fr: 'Une preuve provient d’un journal dont le vérificateur n’a pas reçu les clés.',
  },
  'log-of-another-gateway': {
    en: 'A proof is of a log that is not this gateway’s.',
    fr: 'Une preuve provient d’un journal qui n’est pas celui de cette passerelle.',
  },
  'log-signature-missing': {
    en: 'A checkpoint lacks a signature of the log.',
    fr: 'Il manque à un point de contrôle une signature du journal.',
  },
  'log-signature': {
    en: 'A signature of the log on a checkpoint does not verify.',
    fr: 'Une signature du journal sur un point de contrôle n’est pas valable.',
  },
  'log-forked': {
    en: 'Two checkpoints of one log and one size have different roots.',
    fr: 'Deux points de contrôle d’un même journal, de même taille, ont des racines différentes.',
  },
  'witness-signature': {
    en: 'A witness’s cosignature on a checkpoint does not verify.',
    fr: 'La cosignature d’un témoin sur un point de contrôle n’est pas valable.',
  },
  'witnesses-too-few': {
    en: 'Fewer witnesses than the quorum have cosigned a checkpoint.',
    fr: 'Le nombre de témoins qui ont cosigné un point de contrôle n’atteint pas le quorum.',
  },
  'witnesses-of-one-country': {
    en: 'No witness of one of the countries has cosigned a checkpoint.',
    fr: 'Aucun témoin de l’un des pays n’a cosigné un point de contrôle.',
  },
  'receipt-not-in-log': {
    en: 'A proof does not lead from its receipt to the root of the log.',
    fr: 'Une preuve ne mène pas de son récépissé à la racine du journal.',
  },
  'entry-not-in-log': {
    en: 'A proof does not lead from its registry entry to the root of the log.',
    fr: 'Une preuve ne mène pas de son inscription au registre des organismes à la racine du journal.',
  },
  'act-not-in-log': {
    en: 'A proof does not lead from its operator’s act to the root of the log.',
    fr: 'Une preuve ne mène pas de son acte d’opérateur à la racine du journal.',
  },
  'witnessed-too-early': {
    en: 'A witness had seen the log with this statement in it before the statement says that it was made.',
    fr: 'Un témoin avait vu le journal contenant cette déclaration avant le moment où elle dit avoir été faite.',
  },
  'receipt-twice': {
    en: 'A receipt is in the bundle twice.',
    fr: 'Un récépissé figure deux fois dans le dossier.',
  },
  'receipts-out-of-order': {
    en: 'The receipts are not in the order of the log.',
    fr: 'Les récépissés ne sont pas dans l’ordre du journal.',
  },
  'event-missing': {
    en: 'An event is missing: a receipt tells of what cannot follow on those before it.',
    fr: 'Il manque un événement : un récépissé relate ce qui ne peut pas suivre les précédents.',
  },
  'entry-missing': {
    en: 'The registry entry of the sender, the recipient or the gateway is missing.',
    fr: 'Il manque l’inscription au registre des organismes de l’expéditeur, du destinataire ou de la passerelle.',
  },
  'entry-of-a-stranger': {
    en: 'A registry entry is of a party that has nothing to do with the message.',
    fr: 'Une inscription au registre des organismes est celle d’une partie étrangère au message.',
  },
  'entry-too-late': {
    en: 'A registry entry came into force only after what it is to vouch for.',
    fr: 'Une inscription au registre des organismes n’est entrée en vigueur qu’après ce dont elle doit répondre.',
  },
  'signer-not-pinned': {
    en: 'No registry entry in force pins the certificate that signed.',
    fr: 'Aucune inscription en vigueur au registre des organismes ne désigne le certificat de signature.',
  },
  'crl-missing': {
    en: 'The revocation list that the receipt names is not in the bundle.',
    fr: 'La liste de révocation que nomme le récépissé ne figure pas dans le dossier.',
  },
  'crl-of-another-issuer': {
    en: 'The revocation list that the receipt names is not by the issuer of the sender’s certificate.',
    fr: 'La liste de révocation que nomme le récépissé n’émane pas de l’émetteur du certificat de l’expéditeur.',
  },
  'crl-signature': {
    en: 'The signature of the revocation list does not verify.',
    fr: 'La signature de la liste de révocation n’est pas valable.',
  },
  'crl-not-yet-issued': {
    en: 'The revocation list was issued only after the message was accepted.',
    fr: 'La liste de révocation n’a été émise qu’après l’acceptation du message.',
  },
  'crl-stale': {
    en: 'The revocation list had ended, and its grace with it, when the message was accepted.',
    fr: 'La liste de révocation et son délai de grâce étaient échus lorsque le message a été accepté.',
  },
  'message-malformed': {
    en: 'The message does not have the form of section 3.',
    fr: 'Le message n’a pas la forme de la section 3.',
  },
  'message-digest': {
    en: 'The message is not the one of which the receipts have the digest.',
    fr: 'Le message n’est pas celui dont les récépissés portent l’empreinte.',
  },
  'message-says-otherwise': {
    en: 'The message names other parties, another case, id or type than its receipts.',
    fr: 'Le message nomme d’autres parties, un autre dossier, identifiant ou type que ses récépissés.',
  },
  'message-signature': {
    en: 'The sender’s signature of the message does not verify.',
    fr: 'La signature du message par l’expéditeur n’est pas valable.',
  },
  'acknowledgement-malformed': {
    en: 'An acknowledgement does not have the form of section 7.',
    fr: 'Un accusé de réception n’a pas la forme de la section 7.',
  },
  'acknowledgement-of-another-message': {
    en: 'An acknowledgement is about another message.',
    fr: 'Un accusé de réception concerne un autre message.',
  },
  'acknowledgement-outcome': {
    en: 'An acknowledgement says something else than the receipt that carries it.',
    fr: 'Un accusé de réception dit autre chose que le récépissé qui le contient.',
  },
  'acknowledgement-signature': {
    en: 'The recipient’s signature of an acknowledgement does not verify.',
    fr: 'La signature d’un accusé de réception par le destinataire n’est pas valable.',
  },
  'schema-of-another-type': {
    en: 'The schema is not that of the message’s type and release.',
    fr: 'Le schéma n’est pas celui du type et de la version du message.',
  },
  'schema-digest': {
    en: 'The digest of the schema is not that of the published one.',
    fr: 'L’empreinte du schéma n’est pas celle du schéma publié.',
  },
  'erasure-not-shown': {
    en: 'The message is absent, and no act in the log says that its case was erased.',
    fr: 'Le message est absent, et aucun acte du journal ne dit que son dossier a été effacé.',
  },
  'erasure-contradicted': {
    en: 'The message is there although the bundle says that its case was erased.',
    fr: 'Le message est présent alors que le dossier de preuve le dit effacé.',
  },
  'act-no-erasure': {
    en: 'An act that is to show the erasure is none.',
    fr: 'Un acte censé établir l’effacement n’en est pas un.',
  },
  'erasure-of-another-case': {
    en: 'The act that is to show the erasure is about another case.',
    fr: 'L’acte censé établir l’effacement concerne un autre dossier.',
  },
  'erasure-before-acceptance': {
    en: 'The act that is to show the erasure is older than the message.',
    fr: 'L’acte censé établir l’effacement est antérieur au message.',
  },
  'erasure-by-one': {
    en: 'Two acts of erasure are by one operator, or too far apart: two operators must agree within a day.',
    fr: 'Deux actes d’effacement émanent d’un même opérateur, ou sont trop éloignés : deux opérateurs doivent s’accorder en un jour.',
  },
} as const satisfies Record<string, Text>

/** A bundle that proves nothing: why, and where in it (a JSON Pointer). */
export class EvidenceFault extends Error {
  readonly code: EvidenceCode
  readonly text: Text
  readonly where: string
  constructor(code: EvidenceCode, where: string, cause?: unknown) {
    const text: Text = faults[code]
    super(`${text.en} (${code}${where === '' ? '' : `, ${where}`})`, { cause })
    this.name = 'EvidenceFault'
    this.code = code
    this.text = text
    this.where = where
  }
}

/** Gives what `read` gives; whatever it throws is the fault `code` at `where`. */
export async function faultedAs<T>(code: EvidenceCode, where: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (cause) {
    if (cause instanceof EvidenceFault) throw cause
    throw new EvidenceFault(code, where, cause)
  }
}

/** Throws the fault `code` at `where` unless something holds. */
export function demand(holds: boolean, code: EvidenceCode, where: string): asserts holds {
  if (!holds) throw new EvidenceFault(code, where)
}
