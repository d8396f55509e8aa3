import type { Text } from '../../gateway/base/text.ts'
import { html, type Html, type Piece } from '../../gateway/http/console/html.ts'
import { openFields } from './fields.ts'
import { inBoth, type Language, type Page } from './page.ts'
import type { Schema, Schemas, Tree } from './tree.ts'

const words = {
  title: { en: 'Releases of the schemas, compared', fr: 'Les versions des schémas, comparées' },
  short: { en: 'Releases compared', fr: 'Versions comparées' },
  means: {
    en: 'What each release of the schemas has that the one before had not, found in the schemas themselves.',
    fr: 'Ce que chaque version des schémas a de plus que la précédente, relevé dans les schémas eux-mêmes.',
  },
  intro: {
    en: 'A release takes every message that the one before took. So nothing here asks anything of you until you want it.',
    fr: 'Une version accepte tout message que la précédente acceptait. Rien ici ne vous oblige donc à rien tant que vous n’en voulez pas.',
  },
  members: { en: 'New members', fr: 'Nouveaux membres' },
  freed: { en: 'No longer required', fr: 'N’est plus obligatoire' },
  codes: { en: 'New codes', fr: 'Nouveaux codes' },
  lists: { en: 'New code lists', fr: 'Nouvelles listes de codes' },
  nothing: {
    en: 'No member, code or list is new: its patterns are written for every validator.',
    fr: 'Aucun membre, code ni liste n’est nouveau : ses formes sont écrites pour tous les validateurs.',
  },
  sunset: { en: 'Refused from', fr: 'Refusée à partir du' },
  current: { en: 'current', fr: 'en vigueur' },
  deprecated: { en: 'deprecated', fr: 'dépassée' },
} as const satisfies Record<string, Text>

/** What is new in each release, the newest first. */
export function releasePages({ releases }: Tree): readonly Page[] {
  const pairs = releases
    .slice(1)
    .map((release, at) => ({ before: releases[at] ?? release, release }))
    .toReversed()
  return inBoth('releases', (language) => ({
    title: words.title[language],
    short: words.short[language],
    description: words.means[language],
    content: String(html`<p class="govuk-body">${words.means[language]} ${words.intro[language]}</p>
<ul class="govuk-list govuk-list--bullet">${releases.map(({ version, status, sunset }) => html`<li><code>${version}</code> ${status === 'current' ? words.current[language] : words.deprecated[language]}${sunset !== undefined && `, ${words.sunset[language].toLowerCase()} ${sunset.slice(0, 10)}`}</li>`)}</ul>
${pairs.map(({ before, release }) => comparison(before, release, language))}`),
  }))
}

type Release = Tree['releases'][number]

function comparison(before: Release, after: Release, language: Language): Html {
  const fields = openFields(language, { shared: {}, schemas: after.schemas, codes: 'codes.html' })
  const older = objectsOf(before.schemas)
  const found = [...objectsOf(after.schemas)].flatMap(([name, schema]) => {
    const old = older.get(name)
    if (old === undefined) return []
    const members = Object.entries(schema.properties ?? {}).filter(
      ([member]) => !Object.hasOwn(old.properties ?? {}, member),
    )
    const freed = (old.required ?? []).filter((member) => !(schema.required ?? []).includes(member))
    const codes = (schema.enum ?? []).filter((code) => !(old.enum ?? []).includes(code))
    return members.length + freed.length + codes.length === 0 ? [] : [{ name, schema, members, freed, codes }]
  })
  const lists = Object.keys(after.schemas).filter(
    (name) => name.startsWith('codes/') && !Object.hasOwn(before.schemas, name),
  )
  const one = ({
    name,
    schema,
    members,
    freed,
    codes,
  }: (typeof found)[number]): Html => html`<h3 class="govuk-heading-s" id="${`${anchor(after.version)}-${name.replace('/', '-')}`}">${fields.title(schema)} <code>${name.replace('codes/', '')}</code></h3>
<dl class="docs-answers">${members.length > 0 && html`<dt>${words.members[language]}</dt><dd>${items(members.map(([member, value]) => html`<code>${member}</code> ${fields.title(value)}`))}</dd>`}${freed.length > 0 && html`<dt>${words.freed[language]}</dt><dd>${items(freed.map((member) => html`<code>${member}</code>`))}</dd>`}${codes.length > 0 && html`<dt>${words.codes[language]}</dt><dd>${items(codes.map((code) => html`<code>${String(code)}</code> ${schema['x-enumTitles']?.[String(code)]?.[language]}`))}</dd>`}</dl>
`
  return html`<h2 class="govuk-heading-l" id="${anchor(after.version)}">${before.version} → ${after.version}</h2>
${found.length + lists.length === 0 && html`<p class="govuk-body">${words.nothing[language]}</p>`}${lists.length > 0 && html`<p class="govuk-body"><strong>${words.lists[language]}</strong></p>${items(lists.map((name) => html`<a class="govuk-link" href="codes.html#${name.slice(6).toLowerCase()}">${fields.title(after.schemas[name] ?? {})}</a>`))}`}
${found.map(one)}`
}

const anchor = (version: string): string => `release-${version.replace('.', '-')}`

const items = (all: readonly Piece[]): Html =>
  html`<ul class="docs-codes">${all.map((one) => html`<li>${one}</li>`)}</ul>`

/** Each schema of a release that is named: types, definitions, code lists. The envelope differs in the number alone. */
function objectsOf(schemas: Schemas): ReadonlyMap<string, Schema> {
  const { definitions = {}, envelope: _envelope, ...others } = schemas
  return new Map([...Object.entries(others), ...Object.entries(definitions.$defs ?? {})])
}
