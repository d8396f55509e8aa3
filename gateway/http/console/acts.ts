import { Type } from 'typebox'
import type { Text } from '../../base/base.ts'
import { type ActEntry, type ActName, acts, type PendingAct } from '../../operations/operations.ts'
import { Problem } from '../../protocol/protocol.ts'
import { OPERATORS } from '../cursor.ts'
import { cursor, query, uuid } from '../forms.ts'
import type { Operating } from '../serving.ts'
import type { Server } from '../server.ts'
import { actWords, nameOfAct } from './act-words.ts'
import { html, type Html, type Piece } from './html.ts'
import { sections } from './layout.ts'
import { proofLink } from './proof-form.ts'
import { why } from './second-operator.ts'
import type { Show } from './show.ts'
import { paragraph, summary } from './table.ts'
import { agencyLink, button, listing, messageLink, nothing } from './units.ts'
import type { View } from './view.ts'

const words = {
  at: { en: 'When', fr: 'Quand' },
  act: { en: 'Act', fr: 'Acte' },
  by: { en: 'By', fr: 'Par' },
  about: { en: 'About', fr: 'Objet' },
  why: { en: 'Why', fr: 'Pourquoi' },
  place: { en: 'Place in the log', fr: 'Place au journal' },
  until: { en: 'Lapses', fr: 'Échéance' },
  never: { en: 'not by itself', fr: 'aucune' },
  rang: { en: 'Telephoned at', fr: 'Appel à' },
  older: { en: 'Older', fr: 'Plus anciens' },
  gateway: { en: 'the gateway', fr: 'la passerelle' },
  none: { en: 'No operator has acted yet.', fr: 'Aucun opérateur n’a encore agi.' },
  noneOlder: { en: 'There is nothing older.', fr: 'Il n’y a rien de plus ancien.' },
  noNotes: {
    en: 'No note has been left in the last 30 days.',
    fr: 'Aucune note n’a été laissée ces 30 derniers jours.',
  },
  gone: { en: 'This note is no longer kept.', fr: 'Cette note n’est plus conservée.' },
  leave: { en: 'Leave a note', fr: 'Laisser une note' },
  nothingWaits: { en: 'Nothing waits for a second operator.', fr: 'Rien n’attend un second opérateur.' },
  look: { en: 'Look at it and decide', fr: 'Examiner et décider' },
  decision: { en: 'Decision', fr: 'Décision' },
  yours: {
    en: 'You asked: another operator must confirm',
    fr: 'Votre demande\u00A0: un autre opérateur doit la confirmer',
  },
  waits: { en: 'It waits for a second operator', fr: 'En attente d’un second opérateur' },
  waitsUntil: {
    en: 'Nothing has happened yet. An operator of another id has to ask for the same before',
    fr: 'Rien n’a encore eu lieu. Un autre opérateur doit demander la même chose avant le',
  },
  next: { en: 'Back to what is to be done now', fr: 'Retour à ce qu’il faut faire maintenant' },
  agency: { en: 'To the agency', fr: 'Voir l’organisme' },
  letters: { en: 'To the dead letters', fr: 'Voir les messages en échec' },
} as const satisfies Record<string, Text>

const PAGE = 50

/** What operators did, what waits for a second of them, and what one shift leaves to the next. */
export function actPages(server: Server, show: Show, { operations, cursorsOf, registry }: Operating): void {
  const cursors = cursorsOf(OPERATORS)
  const config = { access: 'operator' as const }
  const paged = { hide: true, querystring: query({ before: Type.Optional(cursor('The page before')) }) }
  const read = async (before: string | undefined, act?: 'handover') => {
    const place = cursors.parse('acts', before)
    const { acts: found, next } = await operations.acts.page({
      limit: PAGE,
      ...(act && { act }),
      ...(place && { before: place.leaf }),
    })
    return { found, next: next === undefined ? undefined : cursors.format('acts', { priority: 0, leaf: next }) }
  }

  server.get('/acts', { config, schema: paged }, (request, reply) =>
    show(async (view) => {
      const { say } = view
      const { before } = request.query
      const { found, next } = await read(before)
      const heads = [words.at, words.act, words.by, words.about, words.why, words.place].map((head) => ({
        title: say(head),
      }))
      const empty = nothing(say(before === undefined ? words.none : words.noneOlder))
      const rows = found.map((entry) => [
        view.time(entry.at),
        html`<a class="govuk-link" href="/acts/${entry.actId}">${nameOfAct(say, entry.act)}</a>`,
        entry.operator ?? say(words.gateway),
        aboutOf(view, entry),
        why(view, entry),
        proofLink(view, entry.leafIndex),
      ])
      const title = say(sections['/acts'])
      const shown =
        rows.length === 0
          ? empty
          : listing(title, [...heads.slice(0, -1), { title: say(words.place), number: true as const }], rows)
      return { section: '/acts', title, content: html`${shown}${older(view, '/acts', next)}` }
    })(request, reply),
  )

  server.get(
    '/acts/:actId',
    { config, schema: { hide: true, params: Type.Object({ actId: uuid('Act') }) } },
    (request, reply) =>
      show(async (view) => {
        const entry = await operations.acts.find(request.params.actId)
        if (entry === undefined) throw new Problem('not-found')
        const waiting = (await operations.pending()).find((one) => isAskedBy(one, entry))
        const title = titleOf(view, entry, waiting !== undefined)
        return { section: '/acts', title, content: onePage(view, entry, waiting) }
      })(request, reply),
  )

  server.get(
    '/pending',
    { config, schema: { hide: true } },
    show(async (view) => {
      const { say } = view
      const rows = await operations.pending()
      const heads = [words.act, words.about, words.by, words.at, words.until, words.why, words.decision]
      const title = say(sections['/pending'])
      const content =
        rows.length === 0
          ? nothing(say(words.nothingWaits))
          : listing(
              title,
              heads.map((head) => ({ title: say(head) })),
              rows.map((one) => [
                nameOfAct(say, one.act),
                aboutOf(view, one),
                one.operator,
                view.time(one.since),
                one.until ? view.time(one.until) : say(words.never),
                why(view, one),
                decide(view, one),
              ]),
            )
      return { section: '/pending', title, content }
    }),
  )

  server.get('/handover', { config, schema: paged }, (request, reply) =>
    show(async (view) => {
      const { say } = view
      const { found, next } = await read(request.query.before, 'handover')
      const notes = found.map(
        ({ at, operator, reason, leafIndex }) => html`<article class="console-note">
<h2 class="govuk-heading-s">${operator ?? say(words.gateway)}, ${view.time(at)}</h2>
${reason === undefined ? nothing(say(words.gone)) : html`<p class="govuk-body console-words">${reason}</p>`}
<p class="govuk-body-s console-quiet">${say(words.place)} ${proofLink(view, leafIndex)}</p>
</article>\n`,
      )
      const leave = view.operator.role !== 'watch' && button('/handover/handover', say(words.leave))
      return {
        section: '/handover',
        title: say(sections['/handover']),
        content: html`${leave}${notes.length === 0 ? nothing(say(words.noNotes)) : notes}${older(view, '/handover', next)}`,
      }
    })(request, reply),
  )

  function aboutOf(
    view: View,
    { agency, from, messageId, caseId }: Pick<ActEntry, 'agency' | 'from' | 'messageId' | 'caseId'>,
  ): Piece {
    if (agency !== undefined) return agencyLink(view, registry(), agency)
    if (from !== undefined && messageId !== undefined) return messageLink({ sender: from, id: messageId })
    return caseId !== undefined && html`<a class="govuk-link console-id" href="/cases/${caseId}">${caseId}</a>`
  }

  function onePage(view: View, entry: ActEntry, waiting: PendingAct | undefined): Html {
    const { say } = view
    const isRetry = entry.act === 'retry' || entry.act === 'retry-all' || entry.act === 'discard'
    return html`${waiting?.until && html`<div class="govuk-inset-text">${say(words.waitsUntil)} ${view.time(waiting.until)}</div>`}
${summary([
  [say(words.act), nameOfAct(say, entry.act)],
  ...about(entry).map((one): [string, Piece] => [say(words.about), one]),
  [say(words.by), entry.operator ?? say(words.gateway)],
  [say(words.at), view.time(entry.at)],
  ...(entry.rangAt ? [[say(words.rang), view.time(entry.rangAt)] as [string, Piece]] : []),
  [say(words.why), why(view, entry)],
  [say(words.place), proofLink(view, entry.leafIndex)],
])}
<p class="govuk-body"><a class="govuk-link" href="/">${say(words.next)}</a></p>
${isRetry && paragraph(html`<a class="govuk-link" href="/dead-letters">${say(words.letters)}</a>`)}
${entry.agency !== undefined && paragraph(html`<a class="govuk-link" href="/agencies/${entry.agency}">${say(words.agency)}</a>`)}`

    function about(one: ActEntry): readonly Piece[] {
      const piece = aboutOf(view, one)
      return piece === undefined || piece === false ? [] : [piece]
    }
  }
}

/** Whether what waits was asked for by this act. */
const isAskedBy = (one: PendingAct, entry: ActEntry): boolean =>
  one.act === entry.act &&
  one.act !== 'pause' &&
  one.operator === entry.operator &&
  one.since.getTime() === entry.at.getTime() &&
  one.messageId === entry.messageId &&
  one.caseId === entry.caseId

function titleOf({ say }: View, { act }: ActEntry, waits: boolean): string {
  if (waits) return say(words.waits)
  return Object.hasOwn(actWords, act) ? say(actWords[act as ActName].done) : nameOfAct(say, act)
}

/** Where the second operator decides: the form of the act itself. Whoever asked sees that they have. */
function decide({ say, operator }: View, one: PendingAct): Piece {
  if (operator.role === 'watch' || !Object.hasOwn(acts, one.act)) return undefined
  if (operator.id === one.operator) return say(words.yours)
  return html`<a class="govuk-link" href="${placeOf(one)}/${one.act}">${say(words.look)}</a>`
}

function placeOf({ agency, from, messageId, caseId }: PendingAct): string {
  if (agency !== undefined) return `/agencies/${agency}`
  return messageId === undefined ? `/cases/${caseId}` : `/messages/${from}/${messageId}`
}

/** The next page: what is older. */
export const older = ({ say }: View, path: string, next: string | undefined, more = ''): Html | undefined =>
  next === undefined
    ? undefined
    : html`<p class="govuk-body"><a class="govuk-link" rel="next" href="${path}?${more}before=${next}">${say(words.older)}</a></p>`
