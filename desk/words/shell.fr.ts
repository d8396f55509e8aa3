import type { Shape } from './words.ts'
import type { en } from './shell.en.ts'

export const fr: Shape<typeof en> = {
  service: 'Passerelle',
  skip: 'Aller au contenu principal',
  otherLanguage: 'English',
  frame: 'Ce poste',
  home: 'Accueil',
  write: 'Écrire',
  signingKey: 'Clé de signature',
  lockAndDevice: 'Appareil',
  menu: 'Menu',
  cover: 'Verrouiller',
  opening: 'Ouverture…',
  notFound: 'Cette page n’existe pas',
  notFoundDoes: 'Revenez à l’accueil.',
  signsFor: (agency) => `Poste de ${agency}`,
  newVersion: 'Une version plus récente est prête. Elle prendra le relais quand vous verrouillerez celle-ci.',
  expires: (date) =>
    `Le certificat par lequel ce navigateur se connecte est valable jusqu’au ${date}. Demandez le suivant à l’autorité.`,
  passphrase: 'Phrase secrète',
  show: 'Afficher',
  hide: 'Masquer',
  first: {
    title: 'Préparer cet appareil',
    lead: 'Ce que vous écrivez et lisez ici est conservé sur ce seul appareil, sous un verrou. Personne ne peut l’ouvrir sans vous\u00A0: ni l’opérateur de la passerelle, ni celui qui trouverait l’appareil.',
    evicted:
      'Cet appareil avait un poste, et le navigateur en a supprimé les données, avec les brouillons, les messages et la clé de signature. Ce qui a été envoyé l’est bien\u202F; les messages sont toujours à la passerelle. Préparez de nouveau l’appareil, et dites à qui tient le registre que la clé de cet appareil est perdue.',
    before:
      'Si vous vous êtes déjà servi du poste dans ce navigateur, ses données ont disparu\u00A0: un navigateur les supprime quand la place manque, ou quand on efface l’historique. Préparez-le de nouveau, et dites à qui tient le registre que l’ancienne clé est perdue.',
    persist:
      'Autorisez le navigateur à conserver les données s’il le demande\u00A0: il ne les supprimera pas de lui-même.',
    device: 'Déverrouiller comme cet appareil',
    deviceHint: 'Avec votre doigt, votre visage ou le code de l’appareil.',
    deviceFailed: 'Cet appareil n’a pas pu le faire, ou vous avez refusé. Choisissez une phrase secrète.',
    or: 'Ou choisir une phrase secrète',
    hint: 'Au moins 12 caractères. Quatre ou cinq mots sans lien entre eux conviennent bien\u00A0: c’est long, et cela se retient.',
    again: 'La même phrase secrète, encore une fois',
    noReset:
      'Personne ne peut la réinitialiser. Qui l’oublie perd ce qui se trouve sur cet appareil, et a besoin d’une nouvelle clé.',
    short: 'Saisissez au moins 12 caractères',
    simple: 'Choisissez une phrase plus difficile à deviner\u00A0: elle répète trop peu de caractères',
    differs: 'Les deux saisies diffèrent',
    set: 'Préparer',
    working: 'En cours…',
  },
  locked: {
    title: 'Ce poste est verrouillé',
    lead: 'Rien de ce que vous avez écrit n’est perdu.',
    unlock: 'Déverrouiller',
    device: 'Déverrouiller avec cet appareil',
    deviceFailed: 'L’appareil ne vous a pas reconnu. Réessayez.',
    wrong: 'Ce n’est pas la phrase secrète de cet appareil',
    wait: (seconds) => `Trop de phrases secrètes erronées. Réessayez dans ${seconds} secondes`,
    enter: 'Saisissez la phrase secrète',
    forgotten: 'Je ne peux pas le déverrouiller',
    forgottenDoes:
      'Personne ne peut réinitialiser le verrou. Vous pouvez abandonner cet appareil\u00A0: tout ce qu’il conserve est supprimé, y compris les brouillons, et vous le préparez de nouveau avec une nouvelle clé. Ce qui a été envoyé le reste.',
  },
  giveUp: {
    title: 'Abandonner cet appareil',
    lead: 'Tout ce que le poste conserve sur cet appareil est supprimé\u00A0: la clé de signature, les brouillons, les photos, les messages en attente d’envoi et ce que vous avez lu. Rien ne peut être rétabli.',
    registry:
      'Dites ensuite à qui tient le registre d’en retirer le certificat de la clé de cet appareil, et à l’autorité de le révoquer. Tant que ce n’est pas fait, la clé compte comme la vôtre.',
    certificate: 'Le certificat, à leur désigner (son empreinte SHA-256)\u00A0:',
    confirm: 'J’ai compris que rien ne pourra être rétabli',
    mustConfirm: 'Cochez la case si c’est bien ce que vous voulez',
    do: 'Tout supprimer sur cet appareil',
    done: 'Tout a été supprimé sur cet appareil.',
  },
  device: {
    title: 'Verrou et appareil',
    lock: 'Verrou',
    byPassphrase: 'Cet appareil s’ouvre par une phrase secrète.',
    byDevice: 'Ce poste s’ouvre comme vous déverrouillez l’appareil lui-même.',
    change: 'Changer la phrase secrète',
    old: 'La phrase secrète actuelle',
    new: 'La nouvelle phrase secrète',
    toPassphrase: 'Choisir plutôt une phrase secrète',
    toDevice: 'Saisissez ci-dessus votre phrase secrète actuelle, et l’appareil la remplacera.',
    noBuild: 'inconnue\u00A0: ce navigateur n’a pas encore conservé le poste',
    changed: 'Le verrou a été changé.',
    kept: 'Si le navigateur conserve les données',
    persisted: 'Le navigateur a promis de ne pas supprimer les données de lui-même.',
    notPersisted:
      'Le navigateur peut supprimer les données quand la place manque. Demandez-lui de les conserver, et ajoutez le poste à l’écran d’accueil.',
    ask: 'Demander au navigateur de les conserver',
    build: 'De quelle version il s’agit',
    buildLead:
      'Voici l’empreinte des fichiers que votre navigateur a chargés. Comparez-la avec celle qui est publiée pour cette version\u00A0: si elles diffèrent, la passerelle a servi autre chose.',
  },
  mishaps: {
    full: 'Il n’y a plus de place sur cet appareil\u00A0: votre dernière action n’a pas été conservée. Supprimez des photos ou les données d’autres applications, puis recommencez.',
    unforeseen:
      'Une erreur est survenue, et votre dernière action n’est peut-être pas conservée. Rechargez la page\u202F; si cela se reproduit, dites-le à qui exploite la passerelle.',
  },
  faults: {
    title: 'Quelque chose ne va pas',
    again: 'Réessayer',
    'no-storage': {
      title: 'Ce navigateur ne conserve rien',
      does: 'Le poste doit conserver ce que vous écrivez. Ouvrez-le dans une fenêtre qui n’est pas privée, autorisez cette page à conserver des données, et libérez de la place sur l’appareil.',
    },
    'no-answer': {
      title: 'La passerelle ne répond pas',
      does: 'Vérifiez que la connexion est là. Si d’autres pages s’ouvrent, la passerelle est peut-être arrêtée, ou le navigateur ne présente plus votre certificat\u00A0: il a peut-être expiré ou été retiré. Fermez le navigateur et rouvrez-le pour choisir le certificat\u202F; si cela ne suffit pas, appelez l’opérateur.',
    },
    'unknown-agency': {
      title: 'La passerelle ne connaît pas votre certificat',
      does: 'Le certificat que présente le navigateur n’appartient à aucun organisme actif. Demandez à qui tient le registre de l’inscrire, ou choisissez un autre certificat\u00A0: fermez le navigateur et rouvrez-le.',
    },
    'other-agency': {
      title: 'C’est le poste d’un autre organisme',
      does: 'Le navigateur présente le certificat d’un autre organisme que celui de ce poste. Fermez le navigateur, rouvrez-le, et choisissez le certificat dont vous vous êtes servi ici auparavant.',
    },
    'not-loaded': {
      title: 'Une partie du poste n’a pas pu être chargée',
      does: 'Vérifiez que la connexion est là, puis réessayez. Ce que vous avez écrit est conservé.',
    },
  },
}
