import type { Text } from '../../base/base.ts'
import type { ProofFault, Proven } from '../../log/log.ts'

/** Why a proof does not hold, in plain words. */
export const proofFaults: Readonly<Record<ProofFault, Text>> = {
  'too-long': {
    en: 'What was pasted is too long: a proof has at most 32 KiB, a leaf 16 KiB.',
    fr: 'Le texte collé est trop long\u00A0: 32\u00A0Kio au plus pour une preuve, 16\u00A0Kio pour une feuille.',
  },
  'not-a-leaf': {
    en: 'The leaf is no receipt, registry entry or act: it must be the whole compact JWS, in one line.',
    fr: 'La feuille n’est ni un récépissé, ni une inscription au registre, ni un acte\u00A0: il faut le JWS compact entier, sur une seule ligne.',
  },
  'not-a-proof': {
    en: 'The proof is no C2SP tlog-proof text, or was cut off or changed in its first lines.',
    fr: 'La preuve n’est pas un texte C2SP tlog-proof, ou ses premières lignes ont été coupées ou modifiées.',
  },
  'not-a-checkpoint': {
    en: 'What follows the path in the proof is no signed checkpoint: it was cut off or changed.',
    fr: 'Ce qui suit le chemin dans la preuve n’est pas un point de contrôle signé\u00A0: il a été coupé ou modifié.',
  },
  'other-log': {
    en: 'The checkpoint is of a log that this gateway has never kept.',
    fr: 'Le point de contrôle est celui d’un journal que cette passerelle n’a jamais tenu.',
  },
  unsigned: {
    en: 'One of the log’s keys has not signed the checkpoint.',
    fr: 'L’une des clés du journal n’a pas signé le point de contrôle.',
  },
  'wrong-signature': {
    en: 'A signature of the log on the checkpoint does not verify: the checkpoint was changed, or the log did not sign it.',
    fr: 'Une signature du journal sur le point de contrôle est fausse\u00A0: il a été modifié, ou le journal ne l’a pas signé.',
  },
  'wrong-cosignature': {
    en: 'The cosignature of a witness does not verify: it was changed, or the witness did not make it.',
    fr: 'La cosignature d’un témoin est fausse\u00A0: elle a été modifiée, ou ce témoin ne l’a pas faite.',
  },
  beyond: {
    en: 'The proof is of a place that the checkpoint’s tree does not have yet.',
    fr: 'La preuve porte sur une place que l’arbre du point de contrôle n’a pas encore.',
  },
  'not-included': {
    en: 'The path does not lead from this leaf to the checkpoint: the leaf is another, was changed, or does not stand at this place.',
    fr: 'Le chemin ne mène pas de cette feuille au point de contrôle\u00A0: c’en est une autre, elle a été modifiée, ou elle n’est pas à cette place.',
  },
}

/** What the witnesses' cosignatures come to. */
export const quorumWords: Readonly<Record<Proven['quorum'], Text>> = {
  reached: {
    en: 'These are a quorum: the log’s operator alone cannot have made this up.',
    fr: 'C’est un quorum\u00A0: l’opérateur du journal n’a pas pu l’inventer seul.',
  },
  'too-few': {
    en: 'These are no quorum: too few of the witnesses have cosigned. Ask for a newer proof.',
    fr: 'Ce n’est pas un quorum\u00A0: trop peu de témoins ont cosigné. Demandez une preuve plus récente.',
  },
  'country-missing': {
    en: 'These are no quorum: no witness of one of the countries has cosigned. Ask for a newer proof.',
    fr: 'Ce n’est pas un quorum\u00A0: aucun témoin de l’un des pays n’a cosigné. Demandez une preuve plus récente.',
  },
  unnamed: {
    en: 'The registry file names no witnesses: only the log’s own keys vouch for it.',
    fr: 'Le fichier du registre ne nomme aucun témoin\u00A0: seules les clés du journal en répondent.',
  },
}
