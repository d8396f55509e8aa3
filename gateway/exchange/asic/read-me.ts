import type { Text } from '../../base/base.ts'
import type { Bundle } from '../evidence.ts'
import { type File, textFile } from './file.ts'

const message: Text = {
  en: 'the message, as its sender signed it (JWS, JAdES baseline B)',
  fr: 'le message, tel que son expéditeur l’a signé (JWS, JAdES niveau B)',
}
const erased: Text = {
  en: 'absent: the contents of the case were erased',
  fr: 'absent\u00A0: le contenu du dossier a été effacé',
}

/** For who opens the container and has never heard of any of it. */
export function readMe(bundle: Bundle): File {
  const first = bundle.message === undefined ? erased : message
  const text: Text = {
    en: `Evidence of one message, as an ASiC-E container (ETSI EN 319 162-1)

message.jws          ${first.en}
bundle.json          the evidence bundle, which by itself proves all of it, off line
receipts/            its receipts, as the gateway signed them (JWS, JAdES baseline B)
evidence/            the same as evidence of registered delivery (ETSI EN 319 522), with the gateway’s signature
certificates/        of all who signed, and the authorities above them, but not the anchors
crls/                the revocation list by which the sender’s certificate was good
checkpoints/         of the evidence log, with what witnesses have said of them
timestamps/          checkpoints with time stamps (RFC 3161), where there are any, and the receipts that each was the first to have
META-INF/            what the gateway has signed here, and the signature (CAdES baseline B)

How to check it is written in docs/evidence.md of Passerelle.
`,
    fr: `Preuves d’un message, sous forme de conteneur ASiC-E (ETSI EN 319 162-1)

message.jws          ${first.fr}
bundle.json          le dossier de preuve, qui établit tout à lui seul, hors ligne
receipts/            ses récépissés, tels que la passerelle les a signés (JWS, JAdES niveau B)
evidence/            les mêmes, comme preuves d’envoi recommandé électronique (ETSI EN 319 522), avec la signature de la passerelle
certificates/        de tous les signataires et des autorités au-dessus d’eux, sans les ancres
crls/                la liste de révocation selon laquelle le certificat de l’expéditeur était valable
checkpoints/         les points de contrôle du journal de preuves, avec les cosignatures des témoins
timestamps/          les points de contrôle horodatés (RFC 3161), s’il y en a, et les récépissés que chacun fut le premier à contenir
META-INF/            ce que la passerelle a signé ici, et la signature (CAdES niveau B)

La vérification est décrite dans docs/evidence.md de Passerelle.
`,
  }
  return textFile('README.txt', 'text/plain', `${text.en}\n\n${text.fr}`)
}
