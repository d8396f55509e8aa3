import type { Text } from '../../base/base.ts'
import type { Server } from '../server.ts'
import type { Operating } from '../serving.ts'
import { nameOfAct } from './act-words.ts'
import { code, events, wordsOf } from './codes.ts'
import { html } from './html.ts'
import { sections } from './layout.ts'
import { linkToCase, linkToMessage } from './message-table.ts'
import { proofForm, proofLink } from './proof-form.ts'
import type { Show } from './show.ts'
import { heading, paragraph, summary, table } from './table.ts'
import { witnessTable } from './witness-table.ts'

const words = {
  about: {
    en: 'Whatever the gateway signs becomes a leaf of this log, which only grows: nothing in it can quietly change or go.',
    fr: 'Tout ce que signe la passerelle devient une feuille de ce journal, qui ne fait que croître : rien ne peut y changer ni en disparaître sans que cela se voie.',
  },
  origin: { en: 'Origin', fr: 'Origine' },
  size: { en: 'Leaves', fr: 'Feuilles' },
  published: { en: 'Leaves of the newest checkpoint', fr: 'Feuilles du dernier point de contrôle' },
  closed: {
    en: 'This log is closed: a later state of it was published than the record has. Nothing is taken any more.',
    fr: 'Ce journal est fermé\u00A0: un état plus récent que celui du registre des messages en a été publié. Plus rien n’est accepté.',
  },
  succeed: { en: 'Start a successor', fr: 'Ouvrir un successeur' },
  keys: { en: 'Verifier keys', fr: 'Clés de vérification' },
  keysAbout: {
    en: 'Who checks the log needs these two lines (C2SP vkey), and should have had them from you in another way.',
    fr: 'Qui vérifie le journal a besoin de ces deux lignes (C2SP vkey), et devrait les avoir reçues de vous par une autre voie.',
  },
  receipts: { en: 'Last receipts', fr: 'Derniers récépissés' },
  acts: { en: 'Last acts of operators', fr: 'Derniers actes des opérateurs' },
  entries: { en: 'Last registry entries', fr: 'Dernières inscriptions au registre des organismes' },
  none: { en: 'None yet.', fr: 'Aucun pour l’instant.' },
  leaf: { en: 'Leaf', fr: 'Feuille' },
  event: { en: 'Event', fr: 'Événement' },
  at: { en: 'Time', fr: 'Heure' },
  message: { en: 'Message', fr: 'Message' },
  act: { en: 'Act', fr: 'Acte' },
  who: { en: 'Who', fr: 'Qui' },
  subject: { en: 'About', fr: 'Objet' },
  party: { en: 'Party', fr: 'Partie' },
  gateway: { en: 'the gateway', fr: 'la passerelle' },
} as const satisfies Record<string, Text>

/** Of each kind. */
const LAST = 15

/** The evidence log: how long it is, what came last, and by what it is checked. */
export function logPage(server: Server, show: Show, operating: Operating): void {
  const { operations, logKeys, tree } = operating
  server.get(
    '/log',
    { config: { access: 'operator', uncompressed: true }, schema: { hide: true } },
    show(async (view, request) => {
      const { say, time } = view
      const [log, { acts }, witnesses] = await Promise.all([
        operations.log(LAST),
        operations.acts.page({ limit: LAST }),
        operations.witnesses(),
      ])
      const columns = (...titles: readonly Text[]) =>
        [words.leaf, ...titles].map((title, at) => ({ title: say(title), ...(at === 0 && { number: true as const }) }))
      return {
        section: '/log',
        title: say(sections['/log']),
        content: html`${paragraph(say(words.about))}
${tree.isClosed() && html`<div class="govuk-inset-text">${paragraph(say(words.closed))}<a class="govuk-link" href="/log/succeed">${say(words.succeed)}</a></div>`}
${summary([
  [say(words.origin), code(log.origin)],
  [say(words.size), log.size],
  [say(words.published), tree.state().published],
])}
${witnessTable(view, witnesses)}
${proofForm(view, request, operating)}
${table({
  caption: say(words.receipts),
  columns: columns(words.event, words.at, words.message),
  rows: log.receipts.map(({ leafIndex, event, at, from, messageId }) => [
    proofLink(view, leafIndex),
    wordsOf(view, events, event),
    time(at),
    from !== undefined && messageId !== undefined && linkToMessage({ sender: from, id: messageId }),
  ]),
})}
${
  acts.length === 0
    ? html`${heading(say(words.acts))}${paragraph(say(words.none))}`
    : table({
        caption: say(words.acts),
        columns: columns(words.act, words.at, words.who, words.subject),
        rows: acts.map(({ leafIndex, act, at, operator, agency, from, messageId, caseId }) => [
          proofLink(view, leafIndex),
          nameOfAct(say, act),
          time(at),
          operator ?? say(words.gateway),
          agency ??
            (from !== undefined && messageId !== undefined
              ? linkToMessage({ sender: from, id: messageId })
              : caseId !== undefined && linkToCase(caseId)),
        ]),
      })
}
${table({
  caption: say(words.entries),
  columns: columns(words.party, words.at),
  rows: log.entries.map(({ leafIndex, party, at }) => [proofLink(view, leafIndex), party, time(at)]),
})}
${heading(say(words.keys))}${paragraph(say(words.keysAbout))}
<ul class="govuk-list">${logKeys.verifierKeys.map((key) => html`<li>${code(key)}</li>\n`)}</ul>`,
      }
    }),
  )
}
