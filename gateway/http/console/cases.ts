import { Type } from 'typebox'
import { Problem, UUID } from '../../protocol/protocol.ts'
import type { MessageRow } from '../../record/record.ts'
import { query, uuid } from '../forms.ts'
import type { Server } from '../server.ts'
import type { Operating } from '../serving.ts'
import { actWords } from './act-words.ts'
import { code } from './codes.ts'
import { html, type Html } from './html.ts'
import { sections } from './layout.ts'
import { linkToCase, messageTable } from './message-table.ts'
import type { Show } from './show.ts'
import { heading, paragraph, summary, table } from './table.ts'
import { readTypeTitles } from './type-titles.ts'
import { agencyName, button } from './units.ts'
import type { View } from './view.ts'

const words = {
  about: {
    en: 'A case is all messages about one child. Nobody sees here who the child is, or what was said.',
    fr: 'Un dossier réunit tous les messages concernant un enfant. Personne ne voit ici qui est l’enfant, ni ce qui a été dit.',
  },
  id: { en: 'Id of the case', fr: 'Identifiant du dossier' },
  notAnId: {
    en: 'Enter the whole id, as 0190f2a4-7c1e-7b3a-9d42-1f6e8a5c3b70',
    fr: 'Saisissez l’identifiant entier, par exemple 0190f2a4-7c1e-7b3a-9d42-1f6e8a5c3b70',
  },
  unknown: { en: 'No message names this case', fr: 'Aucun message ne mentionne ce dossier' },
  error: { en: 'Error:', fr: 'Erreur\u00A0:' },
  open: { en: 'Open', fr: 'Ouvrir' },
  find: { en: 'Find a case', fr: 'Trouver un dossier' },
  recent: { en: 'Cases with new messages', fr: 'Dossiers ayant de nouveaux messages' },
  none: { en: 'There is no message yet.', fr: 'Il n’y a encore aucun message.' },
  one: { en: 'Case', fr: 'Dossier' },
  newest: { en: 'Newest message', fr: 'Message le plus récent' },
  parties: { en: 'Agencies', fr: 'Organismes' },
  messages: { en: 'Messages', fr: 'Messages' },
  inAll: { en: 'Messages, oldest first', fr: 'Messages, du plus ancien au plus récent' },
  more: {
    en: 'The newest 50 are shown; all of them:',
    fr: 'Les 50 plus récents sont affichés ; tous les messages\u00A0:',
  },
  erased: { en: 'Contents erased', fr: 'Contenu effacé' },
  erasedMeans: {
    en: 'What the messages of this case said before then is gone for good; that they were sent stays.',
    fr: 'Ce que disaient auparavant les messages de ce dossier est détruit pour toujours ; le fait qu’ils ont été envoyés demeure.',
  },
} as const

/** Of the newest messages, to find what cases are going on. */
const LOOKED_AT = 100
const MOST_CASES = 30
const MOST_MESSAGES = 50

/** Cases: found by their id, and each with its messages as metadata. */
export function casePages(server: Server, show: Show, { operations, schemaFiles, registry }: Operating): void {
  const titleOf = readTypeTitles(schemaFiles.pathway)
  const nameIn = (view: View) => (id: string) => agencyName(view, registry(), id)
  server.get(
    '/cases',
    {
      config: { access: 'operator' },
      schema: { hide: true, querystring: query({ caseId: Type.Optional(Type.String({ maxLength: 64 })) }) },
    },
    show(async (view, request) => {
      const { caseId = '' } = request.query as { readonly caseId?: string }
      const wanted = caseId.trim()
      const isId = UUID.test(wanted)
      if (isId && (await operations.search({ caseId: wanted, limit: 1 })).length > 0)
        return { leadsTo: `/cases/${wanted}` }
      const fault = wanted === '' ? undefined : view.say(isId ? words.unknown : words.notAnId)
      const newest = await operations.search({ limit: LOOKED_AT })
      return {
        section: '/cases',
        title: view.say(sections['/cases']),
        content: html`${paragraph(view.say(words.about))}${finder(view, wanted, fault)}
${newest.length > 0 ? recentCases(view, newest, nameIn(view)) : paragraph(view.say(words.none))}`,
      }
    }),
  )

  server.get(
    '/cases/:caseId',
    { config: { access: 'operator' }, schema: { hide: true, params: Type.Object({ caseId: uuid('Case') }) } },
    show(async (view, request) => {
      const { say, time } = view
      const { caseId } = request.params as { readonly caseId: string }
      const { messages, erasedAt } = await operations.caseOf(caseId)
      if (messages.length === 0) throw new Problem('not-found')
      const shown = messages.slice(-MOST_MESSAGES)
      return {
        section: '/cases',
        title: say(words.one),
        content: html`${summary([
          [say(words.one), code(caseId)],
          [say(words.parties), partiesOf(messages).map(nameIn(view)).join(' · ')],
          [say(words.messages), messages.length],
          [
            say(words.erased),
            erasedAt && html`${time(erasedAt)}<span class="console-aside">${say(words.erasedMeans)}</span>`,
          ],
        ])}
${view.operator.role !== 'watch' && button(`/cases/${caseId}/erase`, say(actWords.erase.title), 'secondary')}
${heading(say(words.inAll))}${messageTable(view, { caption: say(words.inAll), messages: shown, titleOf, nameOf: nameIn(view), ofOneCase: true })}
${
  messages.length > shown.length &&
  paragraph(html`${say(words.more)} <a class="govuk-link" href="/messages?id=${caseId}">${say(words.messages)}</a>`)
}`,
      }
    }),
  )
}

const partiesOf = (messages: readonly MessageRow[]): readonly string[] =>
  [...new Set(messages.flatMap(({ sender, recipient }) => [sender, recipient]))].toSorted()

function finder({ say }: View, wanted: string, fault: string | undefined): Html {
  const described = fault !== undefined && html` aria-describedby="caseId-error"`
  return html`<form class="console-filter" method="get" action="/cases" role="search" aria-label="${say(words.find)}">
<div class="govuk-form-group console-filter__wide ${fault !== undefined && 'govuk-form-group--error'}"><label class="govuk-label" for="caseId">${say(words.id)}</label>
${fault !== undefined && html`<p id="caseId-error" class="govuk-error-message"><span class="govuk-visually-hidden">${say(words.error)}</span> ${fault}</p>`}
<input class="govuk-input ${fault !== undefined && 'govuk-input--error'}" id="caseId" name="caseId" type="text" maxlength="64" autocomplete="off" spellcheck="false" value="${wanted}"${described}></div>
<button class="govuk-button" type="submit">${say(words.open)}</button>
</form>`
}

function recentCases({ say, time }: View, newest: readonly MessageRow[], nameOf: (agency: string) => string): Html {
  const byCase = [...Map.groupBy(newest, ({ case_id }) => case_id)].slice(0, MOST_CASES)
  return table({
    caption: say(words.recent),
    columns: [words.one, words.parties, words.newest].map((title) => ({ title: say(title) })),
    rows: byCase.map(([caseId, messages]) => [
      linkToCase(caseId),
      partiesOf(messages).map(nameOf).join(' · '),
      messages[0] && time(messages[0].accepted_at),
    ]),
  })
}
