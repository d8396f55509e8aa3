import type { en } from './proof.en.ts'
import type { Shape } from './words.ts'

/** Ce qui est dit là où quelque chose est prouvé sans réseau. */
export const fr: Shape<typeof en> = {
  title: 'Vérifier un récépissé ou un dossier de preuve',
  lead: 'Déposez un fichier ici, ou choisissez-en un. Il est vérifié sur cet appareil, sans réseau : rien n’en sort.',
  file: 'Récépissé, ou dossier de preuve',
  drop: 'Déposez le fichier ici',
  believe: 'À qui vous vous fiez',
  believeLead:
    'Un dossier se prouve par ce que vous aviez avant : les ancres des certificats, et les clés du journal. Tenez-les d’ailleurs que du dossier.',
  noted: (keys) => `${keys} clés du journal ont été notées pendant l’usage du poste.`,
  anchors: (count) =>
    count === 0 ? 'Aucune ancre n’est encore connue sur cet appareil.' : `Ancres connues sur cet appareil : ${count}.`,
  trustFile:
    'Des ancres (fichier .crt ou .pem), ce qu’a écrit `passerelle published`, ou un fichier de confiance (.json)',
  kept: 'Gardé sur cet appareil.',
  notTrust: 'Ce fichier ne contient ni ancres, ni ce que publie le canal.',
  forget: 'Oublier les ancres et les témoins',
  genuine: 'Il est authentique',
  receiptGenuine: (gateway) =>
    `Le canal ${gateway} a signé ce récépissé. Sa signature a été vérifiée sur cet appareil.`,
  about: (id) => `Il concerne le message ${id}.`,
  digest: (digest) => `Empreinte des octets du message : ${digest}`,
  notProven: 'Il ne prouve rien',
  why: 'Motif :',
  where: (place) => `Endroit dans le fichier : ${place}`,
  nothingKnown:
    'Cet appareil n’a pas encore vu ce que publie le canal. Choisissez ci-dessous le fichier qu’a écrit `passerelle published`.',
  noAnchors: 'Choisissez d’abord les ancres, ci-dessous : sans elles, rien ne dit à qui sont ces certificats.',
  neither: 'Ce n’est ni un récépissé, ni un dossier de preuve.',
  tooLarge: 'Ce fichier est trop grand pour être l’un ou l’autre.',
  working: 'Vérification…',
  save: 'Enregistrer le récit comme une page',
}
