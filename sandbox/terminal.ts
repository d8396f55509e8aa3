/** What the sandbox says in a terminal. */

type Where = { readonly url: string; readonly operationsUrl: string }

const at = (url: string): string => url.replace('127.0.0.1', 'localhost')

/** The same in both languages: scripts wait for it. */
export const readyLine = (seconds: number, page: string, { url, operationsUrl }: Where): string =>
  `sandbox ready in ${seconds.toFixed(1)} s: page ${page} gateway ${at(url)} console ${at(operationsUrl)}`

export const terminal = {
  en: {
    starting: 'Starting a gateway and the agencies. All persons are synthetic …',
    next: (page: string, command: string) => `Next: open ${page}${command === '' ? '' : `, or type ${command}`}`,
    runs: (page: string) => `A sandbox runs in this folder already: ${page}`,
    wasReset: (page: string) => `The sandbox that runs in this folder was reset: ${page}`,
    taken: (ports: string) => `something else on this machine has ${ports}: choose another, or 0 for any free one`,
    ended: 'The sandbox has ended',
    notStarted: 'The sandbox did not start',
  },
  fr: {
    starting: 'Démarrage de la passerelle et des organismes. Toutes les personnes sont fictives…',
    next: (page: string, command: string) =>
      `Ensuite\u00a0: ouvrez ${page}${command === '' ? '' : `, ou tapez ${command}`}`,
    runs: (page: string) => `Un bac à sable tourne déjà dans ce dossier\u00a0: ${page}`,
    wasReset: (page: string) => `Le bac à sable qui tourne dans ce dossier a été réinitialisé\u00a0: ${page}`,
    taken: (ports: string) =>
      `port déjà pris sur cette machine (${ports})\u00a0: choisissez-en un autre, ou 0 pour n’importe quel port libre`,
    ended: 'Le bac à sable s’est arrêté',
    notStarted: 'Le bac à sable n’a pas démarré',
  },
} as const

export const usage = {
  en: `npm run sandbox -- [options]
  --reset                forget every message, seat and fault first (also of a sandbox that runs)
  --seat ID              a seat that a partner has, such as gb-ctac; may be given several times
  --port N               the gateway, for agencies (8443; 0: any free one)
  --operations-port N    the operators' console (9443)
  --page-port N          this sandbox's page (8090)
  --folder DIR           where all is kept (sandbox/data)
  --pace MS              how long a player takes before it answers (1500)
  --en, --fr             the language of the terminal`,
  fr: `npm run sandbox -- [options]
  --reset                oublie d’abord messages, places et pannes (aussi d’un bac à sable qui tourne)
  --seat ID              une place tenue par un partenaire, par exemple gb-ctac\u202f; peut être répété
  --port N               la passerelle, pour les organismes (8443\u202f; 0\u00a0: n’importe quel port libre)
  --operations-port N    la console des opérateurs (9443)
  --page-port N          la page de ce bac à sable (8090)
  --folder DIR           où tout est conservé (sandbox/data)
  --pace MS              le temps que prend un automate avant de répondre (1500)
  --en, --fr             la langue du terminal`,
} as const
