import type { Text } from '../../sdk/index.ts'

/** What the page says, in both languages. */
export const words = {
  title: { en: 'Sandbox', fr: 'Bac à sable' },
  skip: { en: 'Skip to main content', fr: 'Aller au contenu principal' },
  environment: { en: 'test: all is synthetic', fr: 'test\u00a0: tout est fictif' },
  lead: {
    en: 'A gateway of your own, and agencies that answer by themselves. Take a seat, send a message, and see what the others make of it.',
    fr: 'Une passerelle rien que pour vous, et des organismes qui répondent d’eux-mêmes. Prenez une place, envoyez un message, et voyez ce que les autres en font.',
  },
  warning: {
    en: 'Never write about a real child here: anybody at this machine can read it.',
    fr: 'N’écrivez jamais ici au sujet d’un enfant réel\u00a0: quiconque utilise cette machine peut le lire.',
  },
  warningWord: { en: 'Warning', fr: 'Attention' },
  contents: { en: 'On this page', fr: 'Sur cette page' },
  connect: { en: 'Connect', fr: 'Se connecter' },
  connectAs: { en: 'You are', fr: 'Vous êtes' },
  connectHow: {
    en: 'In a terminal, in the folder of Passerelle. The first referral is about nobody; change the child’s name and you change what the Home Office finds.',
    fr: 'Dans un terminal, dans le dossier de Passerelle. La première saisine ne concerne personne\u202f; changez le nom de l’enfant et vous changez ce que trouve le Home Office.',
  },
  withCurl: { en: 'Or with curl, from any folder:', fr: 'Ou avec curl, depuis n’importe quel dossier\u00a0:' },
  keysIn: { en: 'Keys and certificates:', fr: 'Clés et certificats\u00a0:' },
  noSeat: {
    en: 'No seat is taken: all agencies answer by themselves. Take one below.',
    fr: 'Aucune place n’est prise\u00a0: tous les organismes répondent d’eux-mêmes. Prenez-en une plus bas.',
  },
  console: { en: 'The operators’ console', fr: 'La console des opérateurs' },
  consoleHow: {
    en: 'wants a certificate: import this file into your browser; its password is',
    fr: 'demande un certificat\u00a0: importez ce fichier dans votre navigateur\u202f; son mot de passe est',
  },
  docs: { en: 'The documentation', fr: 'La documentation' },
  docsBuild: {
    en: 'The documentation is not built: npm run docs makes it, and it is then served here.',
    fr: 'La documentation n’est pas produite\u00a0: npm run docs la produit, et elle est ensuite servie ici.',
  },
  noPage: { en: 'There is no such page.', fr: 'Cette page n’existe pas.' },
  exchanges: { en: 'What goes on', fr: 'Ce qui se passe' },
  exchangesHow: {
    en: 'The newest messages, whoever sent them.',
    fr: 'Les messages les plus récents, quel qu’en soit l’auteur.',
  },
  away: {
    en: 'The gateway does not answer just now: it is being reset, or has ended.',
    fr: 'La passerelle ne répond pas pour l’instant : elle est en cours de réinitialisation, ou s’est arrêtée.',
  },
  again: { en: 'Look again', fr: 'Actualiser' },
  nothing: { en: 'Nothing has been sent yet.', fr: 'Rien n’a encore été envoyé.' },
  troubles: { en: 'What the players could not do', fr: 'Ce que les organismes automatiques n’ont pas pu faire' },
  parties: { en: 'Who is here', fr: 'Qui est là' },
  byItself: { en: 'Answers by itself', fr: 'Répond de lui-même' },
  yours: { en: 'Your seat', fr: 'Votre place' },
  when: { en: 'When', fr: 'Quand' },
  who: { en: 'From, to', fr: 'De, à' },
  what: { en: 'Message', fr: 'Message' },
  state: { en: 'State', fr: 'État' },
  attempts: { en: 'attempts', fr: 'tentatives' },
  id: { en: 'Id, case', fr: 'Id, dossier' },
  agency: { en: 'Agency', fr: 'Organisme' },
  role: { en: 'Role', fr: 'Rôle' },
  played: { en: 'Who plays it', fr: 'Qui le joue' },
  behaviour: { en: 'How it takes messages', fr: 'Comment il prend les messages' },
  waiting: { en: 'Not acknowledged', fr: 'Sans accusé' },
  change: { en: 'Change something', fr: 'Changer quelque chose' },
  seat: { en: 'Take a seat, or give it back', fr: 'Prendre une place, ou la rendre' },
  seatHow: {
    en: 'The agency’s player stands aside: from then on it is you who reads, acknowledges and answers, with that agency’s keys.',
    fr: 'L’automate de l’organisme s’efface\u00a0: c’est désormais vous qui lisez, accusez réception et répondez, avec les clés de cet organisme.',
  },
  takeIt: { en: 'Take the seat', fr: 'Prendre la place' },
  giveItBack: { en: 'Give it back', fr: 'La rendre' },
  refer: { en: 'Have a child referred', fr: 'Faire saisir le centre de conseil' },
  referHow: {
    en: 'For whoever sits elsewhere than at the beginning: an agency that answers by itself refers a child of this name.',
    fr: 'Pour qui n’est pas assis au début du parcours\u00a0: un organisme automatique saisit le centre de conseil pour un enfant de ce nom.',
  },
  referrer: { en: 'Referrer', fr: 'Auteur de la saisine' },
  name: { en: 'The child’s name (invented)', fr: 'Nom de l’enfant (inventé)' },
  referIt: { en: 'Refer', fr: 'Saisir' },
  fault: { en: 'Ask for a fault', fr: 'Demander une panne' },
  faultHow: {
    en: 'How an agency that answers by itself takes what is sent to it from now on. Choose its usual way to mend it.',
    fr: 'Comment un organisme automatique prend désormais ce qui lui est envoyé. Choisissez sa manière habituelle pour réparer.',
  },
  faultIt: { en: 'Do so', fr: 'Appliquer' },
  endpoint: { en: 'Have messages pushed to you', fr: 'Se faire remettre les messages' },
  endpointHow: {
    en: 'The gateway delivers to your own endpoint instead of the mailbox (protocol, section 7). Without an address, to the mailbox again.',
    fr: 'La passerelle remet les messages à votre propre serveur plutôt que dans la boîte (protocole, section 7). Sans adresse, de nouveau dans la boîte.',
  },
  url: { en: 'Address', fr: 'Adresse' },
  urlHint: { en: 'Such as https://localhost:8444/', fr: 'Par exemple https://localhost:8444/' },
  anchors: { en: 'Its trust anchors (PEM)', fr: 'Ses ancres de confiance (PEM)' },
  twice: {
    en: 'Deliver each message twice, as after a lost answer',
    fr: 'Remettre chaque message deux fois, comme après une réponse perdue',
  },
  endpointIt: { en: 'Deliver there', fr: 'Remettre à cette adresse' },
  reset: { en: 'Reset', fr: 'Réinitialiser' },
  resetHow: {
    en: 'Forgets every message, seat and fault, and begins anew within some seconds. Certificates stay, and with them your configuration. The same from a terminal:',
    fr: 'Oublie messages, places et pannes, et recommence au bout de quelques secondes. Les certificats restent, et avec eux votre configuration. De même dans un terminal\u00a0:',
  },
  resetIt: { en: 'Forget everything', fr: 'Tout oublier' },
  rules: { en: 'The rules', fr: 'Les règles' },
  rulesHow: {
    en: 'What the Home Office finds goes by the first letter of the child’s name in Latin script, without accents:',
    fr: 'Ce que trouve le Home Office dépend de la première lettre du nom de l’enfant en alphabet latin, sans accents\u00a0:',
  },
  letters: { en: 'First letter', fr: 'Première lettre' },
  finding: { en: 'What becomes of the case', fr: 'Ce que devient le dossier' },
  ways: { en: 'Ways to take a message', fr: 'Manières de prendre un message' },
  always: { en: 'So at once, whenever you like:', fr: 'Ainsi à tout moment, sans rien demander\u00a0:' },
  done: { en: 'Done.', fr: 'C’est fait.' },
  notDone: { en: 'Not done', fr: 'Refusé' },
  success: { en: 'Success', fr: 'Succès' },
  other: { en: 'Français', fr: 'English' },
} as const satisfies Record<string, Text>

export const roleWords: Readonly<Record<string, Text>> = {
  referrer: { en: 'referrer', fr: 'auteur de saisines' },
  coordinator: { en: 'coordinator', fr: 'coordonnateur' },
  'status-checker': { en: 'status checker', fr: 'service de vérification' },
  'children-services': { en: 'children’s services', fr: 'services de l’enfance' },
}

/** Why something that was asked for was not done. */
export const faults = {
  party: { en: 'There is no such agency here.', fr: 'Cet organisme n’est pas ici.' },
  taken: {
    en: 'A partner has that seat: give it back first.',
    fr: 'Cette place est prise par un partenaire\u00a0: rendez-la d’abord.',
  },
  free: { en: 'Take that seat first.', fr: 'Prenez d’abord cette place.' },
  behaviour: { en: 'That agency cannot be asked for that.', fr: 'Cela ne peut pas être demandé à cet organisme.' },
  name: {
    en: 'Give a name of 1 to 60 characters.',
    fr: 'Indiquez un nom de 1 à 60 caractères.',
  },
  referrer: { en: 'That agency refers nobody.', fr: 'Cet organisme ne saisit pas le centre de conseil.' },
  endpoint: {
    en: 'Give an https address, and at least one certificate as PEM.',
    fr: 'Indiquez une adresse https, et au moins un certificat en PEM.',
  },
  failed: {
    en: 'It could not be done; look at the terminal.',
    fr: 'Cela n’a pas pu se faire\u202f; voyez le terminal.',
  },
} as const satisfies Record<string, Text>
export type FaultWord = keyof typeof faults
