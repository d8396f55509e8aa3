import type { Text } from '../../base/base.ts'
import { type AuthorityView, type Certificate, type CrlPhase, WARN_BEFORE_MS } from '../../identity/identity.ts'
import type { Server } from '../server.ts'
import type { Operating } from '../serving.ts'
import { code } from './codes.ts'
import { html, type Html } from './html.ts'
import { sections } from './layout.ts'
import type { Show } from './show.ts'
import { span } from './span.ts'
import { heading, paragraph, table } from './table.ts'
import type { View } from './view.ts'

const words = {
  authorities: { en: 'Anchors and authorities', fr: 'Ancres et autorités' },
  authority: { en: 'Authority', fr: 'Autorité' },
  anchor: { en: 'Trust anchor', fr: 'Ancre de confiance' },
  intermediate: { en: 'Intermediate', fr: 'Intermédiaire' },
  ends: { en: 'Ends', fr: 'Expire' },
  ended: { en: 'Has ended', fr: 'Expiré' },
  lists: { en: 'Revocation lists', fr: 'Listes de révocation' },
  noList: { en: 'No list: its certificates are refused', fr: 'Aucune liste : ses certificats sont refusés' },
  state: { en: 'State', fr: 'État' },
  age: { en: 'Age', fr: 'Âge' },
  next: { en: 'Next update', fr: 'Prochaine mise à jour' },
  revoked: { en: 'Revokes', fr: 'Certificats révoqués' },
  number: { en: 'Number', fr: 'Numéro' },
  behind: { en: 'Older than one that has been in force', fr: 'Plus ancienne qu’une liste déjà en vigueur' },
  ignored: { en: 'Files that could not be used', fr: 'Fichiers inutilisables' },
  soon: { en: 'Certificates that end within 90 days', fr: 'Certificats expirant sous 90 jours' },
  noneSoon: { en: 'None.', fr: 'Aucun.' },
  later: { en: 'Certificates that end later', fr: 'Certificats expirant plus tard' },
  party: { en: 'Whose', fr: 'Titulaire' },
  use: { en: 'For', fr: 'Usage' },
  days: { en: 'Days left', fr: 'Jours restants' },
  thumbprint: { en: 'Thumbprint', fr: 'Empreinte' },
  gateway: { en: 'this gateway', fr: 'cette passerelle' },
  operator: { en: 'operator', fr: 'opérateur' },
  tls: { en: 'Connecting (TLS)', fr: 'Connexion (TLS)' },
  signing: { en: 'Signing', fr: 'Signature' },
  first100: { en: 'The 100 that end first are shown.', fr: 'Les 100 premiers à expirer sont affichés.' },
  entries: {
    en: 'Registry entries, as they came into force',
    fr: 'Inscriptions au registre des organismes, par entrée en vigueur',
  },
  inForce: { en: 'In force since', fr: 'En vigueur depuis' },
  status: { en: 'Status', fr: 'Statut' },
  active: { en: 'Active', fr: 'Actif' },
  suspended: { en: 'Suspended', fr: 'Suspendu' },
  pinned: { en: 'Certificates', fr: 'Certificats' },
  leaf: { en: 'Leaf of the log', fr: 'Feuille du journal' },
} as const satisfies Record<string, Text>

const phases = {
  current: { en: 'Current', fr: 'À jour', colour: 'green' },
  grace: { en: 'Past its end, still counted', fr: 'Échue, encore prise en compte', colour: 'orange' },
  lapsed: { en: 'Lapsed: its certificates are refused', fr: 'Périmée : ses certificats sont refusés', colour: 'red' },
} as const satisfies Record<CrlPhase, Text & { colour: string }>

const MOST_CERTIFICATES = 100
const SOON_MS = 90 * 24 * 3_600_000
const MOST_ENTRIES = 50
const MOST_AUTHORITIES = 100
const DAY_MS = 24 * 3_600_000

/** Whom the gateway trusts, and until when. */
export function trustPage(server: Server, show: Show, operating: Operating): void {
  const { operations, trust, now } = operating
  server.get(
    '/trust',
    { config: { access: 'operator' }, schema: { hide: true } },
    show(async (view) => {
      const { say } = view
      const at = now()
      const { authorities, ignored } = trust().view(at)
      const shown = authorities.slice(0, MOST_AUTHORITIES)
      return {
        section: '/trust',
        title: say(sections['/trust']),
        content: html`${listTable(view, shown, at)}
${authorityTable(view, shown, at)}
${certificates(view, certificatesOf(operating), at)}
${ignored.length > 0 && table({ caption: say(words.ignored), columns: [{ title: say(words.ignored) }], rows: ignored.slice(0, MOST_AUTHORITIES).map((name) => [code(name)]) })}
${entryTable(view, await operations.entriesInForce(MOST_ENTRIES))}`,
      }
    }),
  )
}

type Held = {
  readonly party: string
  readonly kind: 'operator' | 'gateway' | undefined
  readonly use: 'tls' | 'signing'
  readonly certificate: Certificate
}

function certificatesOf({ registry, keys }: Operating): readonly Held[] {
  const { agencies, operators } = registry()
  const own = keys()
  const pins = [
    { use: 'tls', certificate: own.tls.certificate },
    { use: 'signing', certificate: own.signer.certificate },
  ] as const
  return [
    ...pins.map((one) => ({ party: own.id, kind: 'gateway' as const, ...one })),
    ...[...agencies.values()].flatMap(({ id, certificates }) =>
      certificates.map((pin) => ({ party: id, kind: undefined, ...pin })),
    ),
    ...[...operators.values()].flatMap(({ id, certificates }) =>
      certificates.map((pin) => ({ party: id, kind: 'operator' as const, ...pin })),
    ),
  ].toSorted((one, other) => one.certificate.notAfter.getTime() - other.certificate.notAfter.getTime())
}

/** What ends soon stands open; the others are behind a line. */
function certificates(view: View, held: readonly Held[], at: Date): Html {
  const { say } = view
  const shown = held.slice(0, MOST_CERTIFICATES)
  const soon = shown.filter(({ certificate }) => certificate.notAfter.getTime() - at.getTime() < SOON_MS)
  const later = shown.slice(soon.length)
  return html`${
    soon.length > 0
      ? certificateTable(view, say(words.soon), soon, at)
      : html`${heading(say(words.soon))}${paragraph(say(words.noneSoon))}`
  }
${
  later.length > 0 &&
  html`<details class="govuk-details"><summary class="govuk-details__summary"><span class="govuk-details__summary-text">${say(words.later)} (${later.length})</span></summary>
<div class="govuk-details__text console-details">${certificateTable(view, say(words.later), later, at)}</div></details>`
}
${held.length > MOST_CERTIFICATES && paragraph(say(words.first100))}`
}

function certificateTable(view: View, caption: string, held: readonly Held[], at: Date): Html {
  const { say, time } = view
  return table({
    caption,
    columns: [
      { title: say(words.party) },
      { title: say(words.use) },
      { title: say(words.days), number: true },
      { title: say(words.ends) },
    ],
    rows: held.map(({ party, kind, use, certificate: { notAfter, thumbprint } }) => [
      html`${party}${kind && ` (${say(words[kind])})`} <span class="console-aside">${code(thumbprint.slice(0, 12))}…</span>`,
      say(words[use]),
      daysLeft(view, notAfter, at),
      time(notAfter),
    ]),
  })
}

function daysLeft({ say }: View, until: Date, at: Date): Html {
  const left = until.getTime() - at.getTime()
  if (left < 0) return html`<strong class="govuk-tag govuk-tag--red console-tag">${say(words.ended)}</strong>`
  const days = Math.floor(left / DAY_MS)
  return left < WARN_BEFORE_MS
    ? html`<strong class="govuk-tag govuk-tag--orange console-tag">${days}</strong>`
    : html`${days}`
}

function listTable(view: View, authorities: readonly AuthorityView[], at: Date): Html {
  const { say, time } = view
  return table({
    caption: say(words.lists),
    columns: [
      { title: say(words.authority) },
      { title: say(words.state) },
      { title: say(words.age) },
      { title: say(words.next) },
      { title: say(words.revoked), number: true },
    ],
    rows: authorities.map(({ subject, list }) =>
      list === undefined
        ? [subject, html`<strong class="console-trouble">${say(words.noList)}</strong>`, '', '', '']
        : [
            html`${subject}${list.number !== undefined && html` <span class="console-aside">${say(words.number)} ${String(list.number)}</span>`}`,
            html`<strong class="govuk-tag govuk-tag--${phases[list.phase].colour} console-tag">${say(phases[list.phase])}</strong>${
              list.behind && html` <strong class="console-trouble">${say(words.behind)}</strong>`
            }`,
            say(span(at.getTime() - list.thisUpdate.getTime())),
            time(list.nextUpdate),
            list.size,
          ],
    ),
  })
}

function authorityTable(view: View, authorities: readonly AuthorityView[], at: Date): Html {
  const { say, time } = view
  return table({
    caption: say(words.authorities),
    columns: [
      { title: say(words.authority) },
      { title: say(words.use) },
      { title: say(words.days), number: true },
      { title: say(words.ends) },
    ],
    rows: authorities.map(({ subject, thumbprint, isAnchor, notAfter }) => [
      html`${subject} <span class="console-aside">${code(thumbprint.slice(0, 12))}…</span>`,
      say(isAnchor ? words.anchor : words.intermediate),
      daysLeft(view, notAfter, at),
      time(notAfter),
    ]),
  })
}

function entryTable(view: View, entries: Awaited<ReturnType<Operating['operations']['entriesInForce']>>): Html {
  const { say, time } = view
  return table({
    caption: say(words.entries),
    columns: [
      { title: say(words.party) },
      { title: say(words.inForce) },
      { title: say(words.status) },
      { title: say(words.pinned), number: true },
      { title: say(words.leaf), number: true },
    ],
    rows: entries.map(({ party, at, status, certificates, leafIndex }) => [
      party,
      time(at),
      status === 'active' || status === 'suspended' ? say(words[status]) : say(words.gateway),
      certificates,
      leafIndex,
    ]),
  })
}
