import type { Shape } from './words.ts'
import type { en } from './keys.en.ts'

export const fr: Shape<typeof en> = {
  title: 'Clé de signature',
  lead: 'Chaque message que vous envoyez est signé sur cet appareil. La clé qui sert à cela n’en sort jamais, et l’opérateur de la passerelle ne l’a jamais.',
  none: 'Cet appareil n’a pas encore de clé de signature. Vous pouvez lire, mais non envoyer.',
  trouble: {
    lost: 'Le navigateur a supprimé la clé de signature de cet appareil. Dites à qui tient le registre d’en retirer le certificat, et créez une nouvelle clé.',
    expired:
      'Le certificat de la clé de signature de cet appareil a expiré\u00A0: la passerelle refuse ce qu’elle signe. Créez une nouvelle clé.',
  },
  ready: 'Cet appareil signe pour votre organisme.',
  expires: (date) => `Son certificat est valable jusqu’au ${date}. Créez une nouvelle clé avant cette date.`,
  expired: (date) => `Son certificat a expiré le ${date}. Créez une nouvelle clé.`,
  thumbprint: 'Empreinte de son certificat (SHA-256)\u00A0:',
  make: 'Créer une clé sur cet appareil',
  makeLead:
    'L’appareil crée une clé et une demande de certificat. La demande va à l’autorité qui certifie votre organisme\u202F; elle ne contient aucun secret.',
  waiting: 'La clé attend son certificat',
  waitingLead:
    'Remettez cette demande à l’autorité qui certifie votre organisme. Elle signe un certificat, que celui qui tient le registre y inscrit. Le poste le trouve alors de lui-même, ou vous l’apportez ici sous forme de fichier.',
  digest: 'Lisez-leur ce nombre au téléphone\u00A0: ils sauront ainsi que nul n’a changé la demande en chemin.',
  download: 'Enregistrer la demande',
  look: 'Voir s’il est inscrit',
  notYet: 'Le registre n’a pas encore de certificat de cette clé.',
  bring: 'Apporter le certificat',
  certificate: 'Le certificat (PEM\u00A0: .crt, .pem)',
  take: 'Utiliser ce certificat',
  have: 'Apporter une clé que vous avez',
  haveLead:
    'Si l’autorité vous a remis un fichier en .p12 ou .pfx qui contient la clé de signature, apportez-le ici une seule fois. Elle est ensuite conservée sans pouvoir être extraite\u202F; supprimez alors le fichier.',
  file: 'Le fichier (.p12, .pfx)',
  password: 'Son mot de passe',
  takeFile: 'Utiliser cette clé',
  chooseFile: 'Choisissez un fichier',
  replace: 'Utiliser une autre clé',
  replaceLead: 'La clé qui se trouve ici est supprimée une fois la nouvelle en place.',
  taken: 'La clé est prête.',
  working: 'En cours…',
  notRegistered:
    'Le registre n’a pas inscrit ce certificat pour signer\u00A0: la passerelle refuse ce qu’il signe. Si c’est celui par lequel le navigateur se connecte, il vous faut l’autre.',
  faults: {
    'not-pkcs12': 'Ce n’est pas un fichier .p12',
    'wrong-password': 'Le mot de passe est erroné, ou le fichier est endommagé',
    'no-key': 'Ce fichier ne contient pas de clé privée',
    'no-certificate': 'Ce fichier ne contient pas de certificat de la clé',
    'key-not-supported':
      'La passerelle ne prend pas de clé de cette sorte\u00A0: P-256, P-384, Ed25519, ou RSA d’au moins 2048 bits',
    'other-key': 'Ce certificat appartient à une autre clé que celle de cet appareil',
    'no-answer': 'La passerelle ne répond pas. Réessayez quand la connexion est revenue',
  },
}
