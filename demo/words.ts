import type { Text } from '../sdk/index.ts'

export type Language = 'en' | 'fr'

/** French where it is asked for with `--fr`, or where the environment's language is French. */
export function chooseLanguage(argv: readonly string[], env: Record<string, string | undefined>): Language {
  if (argv.includes('--fr')) return 'fr'
  if (argv.includes('--en')) return 'en'
  return (env.LC_ALL || env.LC_MESSAGES || env.LANG || '').startsWith('fr') ? 'fr' : 'en'
}

const texts = {
  intro: {
    en: 'Passerelle: children who disappeared from northern France, looked for and found in the United Kingdom. All persons are synthetic.',
    fr: 'Passerelle : des enfants disparus du nord de la France, recherchés et retrouvés au Royaume-Uni. Toutes les personnes sont fictives.',
  },
  starting: {
    en: 'Starting a gateway of its own in a temporary folder …',
    fr: 'Démarrage d’une passerelle dans un répertoire temporaire…',
  },
  started: {
    en: 'A gateway and ten agencies, each with its own keys, over mutual TLS 1.3.',
    fr: 'Une passerelle et dix organismes, chacun avec ses clés, en TLS 1.3 mutuel.',
  },
  legend: {
    en: '✓ accepted, delivered and signed for by the recipient, each with a receipt that was verified   ↩ sent back   … waits',
    fr: '✓ accepté, remis, réception signée, chaque étape avec un récépissé vérifié   ↩ renvoyé   … en attente',
  },
  colon: { en: ':', fr: ' :' },
  step: { en: 'step', fr: 'étape' },
  sentBack: { en: 'sent back', fr: 'renvoyé' },
  refused: { en: 'refused', fr: 'refusé' },
  unknown: { en: 'an authority that no longer exists', fr: 'une autorité qui n’existe plus' },
  notFound: { en: 'does not exist for it', fr: 'n’existe pas pour cet organisme' },
  waitsUntil: { en: 'waits until', fr: 'attend jusqu’à' },
  cohort: {
    en: 'The report’s cohort: 196 synthetic referrals',
    fr: 'La cohorte du rapport : 196 saisines fictives du centre de conseil',
  },
  counted: {
    en: 'Counted by the advice centre from the messages that it received:',
    fr: 'Compté par le centre de conseil d’après les messages qu’il a reçus :',
  },
  figure2: { en: 'Figure 2. Nationalities', fr: 'Figure 2. Nationalités' },
  figure3ages: { en: 'Figure 3. Ages', fr: 'Figure 3. Âges' },
  figure3: { en: 'Figure 3. Located or not', fr: 'Figure 3. Enfants localisés ou non' },
  nationality: { en: 'Nationality', fr: 'Nationalité' },
  referred: { en: 'Referred', fr: 'Saisines' },
  located: { en: 'Located', fr: 'Localisés' },
  notLocated: { en: 'Not located', fr: 'Non localisés' },
  total: { en: 'Total', fr: 'Total' },
  ageUnknown: { en: 'not specified', fr: 'non précisé' },
  invented: {
    en: '* Invented: the report does not give these numbers (the ages’ bars; who else was located). Dates and places are invented too.',
    fr: '* Inventé : le rapport ne donne pas ces chiffres (les barres des âges ; les autres localisés). Dates et lieux le sont aussi.',
  },
  disagree: { en: 'These numbers are not the report’s', fr: 'Ces chiffres ne sont pas ceux du rapport' },
  agree: { en: 'Every count agrees with the report.', fr: 'Tous les comptes concordent avec le rapport.' },
  failed: { en: 'The demo has failed', fr: 'La démonstration a échoué' },
  interrupted: { en: 'Interrupted; cleaning up.', fr: 'Interrompu ; nettoyage.' },
  others: {
    en: 'Erasure and statistics are not part of this demo.',
    fr: 'Effacement et statistiques ne font pas partie de cette démonstration.',
  },
  immediate: { en: 'immediate', fr: 'à traiter immédiatement' },
  urgent: { en: 'urgent', fr: 'à traiter dans la journée' },
  routine: { en: 'routine', fr: 'sans urgence' },
  friday: {
    en: 'Friday, 18:00: its endpoint answers 503. Twelve checks are sent all the same, and all are accepted.',
    fr: 'Vendredi, 18 h : le point d’accès répond 503. Douze demandes partent quand même, et toutes sont acceptées.',
  },
  saturday: {
    en: 'Saturday: the gateway tries, and tries again, less and less often; the sender sees when next.',
    fr: 'Samedi : la passerelle essaie et réessaie, de moins en moins souvent ; l’émetteur voit l’heure du prochain essai.',
  },
  sunday: {
    en: 'Sunday: the gateway itself is restarted. Nothing is lost.',
    fr: 'Dimanche : la passerelle elle-même redémarre. Rien n’est perdu.',
  },
  overdue: {
    en: 'Saturday, too: what is urgent should have been answered by now. The advice centre, the Home Office and the operators are told, signed:',
    fr: 'Samedi encore : ce qui était à traiter dans la journée aurait dû recevoir une réponse. Le centre de conseil, le Home Office et les opérateurs en sont avertis, récépissé à l’appui :',
  },
  monday: {
    en: 'Monday, 08:00: the endpoint is back. All twelve arrive, each once, signed for:',
    fr: 'Lundi, 8 h : le point d’accès est rétabli. Les douze arrivent, chacune une seule fois, réception signée :',
  },
  frontDoor: {
    en: 'Out of hours: Croydon’s front door is closed. What is sent as urgent waits, and its sender is told at once:',
    fr: 'Hors des heures d’ouverture : l’accueil de Croydon est fermé. Ce qui est envoyé comme à traiter dans la journée attend, et l’émetteur l’apprend aussitôt :',
  },
  dutyTeam: {
    en: 'Sent again as immediate: the emergency duty team has it, signed for.',
    fr: 'Renvoyé comme message à traiter immédiatement : l’équipe d’astreinte l’a, réception signée.',
  },
} as const satisfies Record<string, Text>

/** Takes the language; gives all that the demo says by itself. */
export function words(language: Language) {
  const plain = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, text[language]])) as Record<
    keyof typeof texts,
    string
  >
  return {
    ...plain,
    girls: (girls: number, found: number) =>
      ({
        en: `Girls: ${girls}, of whom ${found || 'none'} located.`,
        fr: `Filles : ${girls}, dont ${found || 'aucune'} localisée${found > 1 ? 's' : ''}.`,
      })[language],
    papers: (n: number) =>
      ({
        en: n === 1 ? 'with an attachment, fetched and compared' : `with ${n} attachments, fetched and compared`,
        fr:
          n === 1
            ? 'avec une pièce jointe, récupérée et comparée'
            : `avec ${n} pièces jointes, récupérées et comparées`,
      })[language],
    missingAgain: (n: number) =>
      ({ en: `Located and since missing again: ${n}.`, fr: `Enfants localisés, puis de nouveau disparus : ${n}.` })[
        language
      ],
    kept: (bundles: number, folder: string) =>
      ({
        en: `${bundles} evidence bundles kept in ${folder}: of each message, before its case was erased and after. python3 samples/verify-python/verify.py says what they prove.`,
        fr: `${bundles} dossiers de preuve conservés dans ${folder}\u00A0: pour chaque message, avant l’effacement de son dossier et après. python3 samples/verify-python/verify.py dit ce qu’ils prouvent.`,
      })[language],
    desk: {
      open: (address: string) =>
        ({
          en: `The desk is at ${address}: open it in a browser that has an agency’s certificate. One case is over; of another nobody has read a message yet.`,
          fr: `Le poste de travail est à l’adresse ${address}\u00A0: ouvrez-la dans un navigateur qui détient le certificat d’un organisme. Un dossier est clos\u202F; dans un autre, personne n’a encore lu de message.`,
        })[language],
      files: (password: string, anchor: string) =>
        ({
          en: `Import the connection’s file into the browser (its settings: certificates; password «${password}»), and trust ${anchor} as an authority, or pass over the warning. In the desk choose a lock, then bring the signing key’s file (same password).`,
          fr: `Importez le fichier de connexion dans le navigateur (paramètres, certificats\u202F; mot de passe «\u00A0${password}\u00A0») et faites confiance à l’autorité ${anchor}, ou passez outre l’avertissement. Sur le poste, choisissez un verrou, puis apportez le fichier de la clé de signature (même mot de passe).`,
        })[language],
      connection: { en: 'connection ', fr: 'connexion ' }[language],
      key: { en: 'signing key', fr: 'signature  ' }[language],
      others: (folder: string) =>
        ({ en: `All other agencies: ${folder}`, fr: `Tous les autres organismes\u00A0: ${folder}` })[language],
      end: {
        en: 'Ctrl-C ends it, and nothing is left behind. All persons are synthetic.',
        fr: 'Ctrl-C met fin à la démonstration, et il n’en reste rien. Toutes les personnes sont fictives.',
      }[language],
    },
    summary: (messages: number, receipts: number, seconds: number) =>
      ({
        en: `${messages} messages accepted, ${receipts} signed receipts, every one verified, in ${seconds} s.`,
        fr: `${messages} messages acceptés, ${receipts} récépissés signés, tous vérifiés, en ${seconds} s.`,
      })[language],
  }
}
export type Words = ReturnType<typeof words>
