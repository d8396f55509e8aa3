import { html, type Html, type Piece } from '../../gateway/http/console/html.ts'
import { states } from '../../gateway/http/console/codes.ts'
import { table } from '../../gateway/http/console/table.ts'
import { titleOfType } from '../../demo/titles.ts'
import { rule } from '../home-office.ts'
import { type Behaviour, behaviours, hasRole, parties } from '../parties.ts'
import type { Sandbox } from '../sandbox.ts'
import type { Line, Overview } from './overview.ts'
import type { Language, Say } from './page.ts'
import { roleWords, words } from './words.ts'

export function exchangesPart({ troubles }: Sandbox, { lines }: Overview, say: Say, language: Language): Html {
  const rows = lines.map((line) => [
    timeOf(line.acceptedAt, language),
    html`<span class="console-code">${line.from}</span> → <span class="console-code">${line.to}</span>`,
    html`${say(titleOfType(line.type))} <span class="console-aside console-code">${line.type}</span>`,
    stateOf(line, say),
    html`<span class="console-code sandbox-id">${line.messageId}</span> <span class="console-aside console-code sandbox-id">${line.caseId}</span>`,
  ])
  const columns = [words.when, words.who, words.what, words.state, words.id].map((each) => ({ title: say(each) }))
  return html`<h2 class="govuk-heading-l" id="exchanges">${say(words.exchanges)}</h2>
<p class="govuk-body">${say(words.exchangesHow)} <a class="govuk-link" href="/${language}/#exchanges">${say(words.again)}</a></p>
${rows.length === 0 ? html`<p class="govuk-inset-text">${say(words.nothing)}</p>` : table({ caption: say(words.exchanges), hideCaption: true, columns, rows })}
${
  troubles.length > 0 &&
  html`<details class="govuk-details"><summary class="govuk-details__summary"><span class="govuk-details__summary-text">${say(words.troubles)} (${troubles.length})</span></summary>
<div class="govuk-details__text"><ul class="govuk-list">${troubles.map(({ at, agency, word }) => html`<li>${timeOf(at.toISOString(), language)} <span class="console-code">${agency}: ${word}</span></li>`)}</ul></div></details>`
}`
}

function stateOf({ state, attempts }: Line, say: Say): Html {
  const known = Object.entries(states).find(([name]) => name === state)?.[1]
  const tag =
    known === undefined
      ? html`${state}`
      : html`<strong class="govuk-tag govuk-tag--${known.colour} console-tag">${say(known)}</strong>`
  return html`${tag} <span class="console-aside console-code">${state}${attempts > 1 && `, ${attempts} ${say(words.attempts)}`}</span>`
}

const timeOf = (at: string, language: Language): string =>
  new Date(at).toLocaleTimeString(language === 'fr' ? 'fr-FR' : 'en-GB', { timeStyle: 'medium' })

export function partiesPart({ state }: Sandbox, waiting: Overview['waiting'], say: Say): Html {
  const rows = parties.map(({ id, name, roles }): Piece[] => {
    const isTaken = state.isTaken(id)
    return [
      html`${say(name)} <span class="console-aside console-code">${id}</span>`,
      roles.map((role) => say(roleWords[role] ?? { en: role, fr: role })).join(', '),
      isTaken
        ? html`<strong class="govuk-tag govuk-tag--blue console-tag">${say(words.yours)}</strong>`
        : say(words.byItself),
      isTaken ? '–' : say(behaviours[state.behaviourOf(id)].title),
      waiting.get(id) ?? 0,
    ]
  })
  const columns = [words.agency, words.role, words.played, words.behaviour, words.waiting].map((each, at) => ({
    title: say(each),
    ...(at === 4 && { number: true as const }),
  }))
  return html`<h2 class="govuk-heading-l" id="parties">${say(words.parties)}</h2>
${table({ caption: say(words.parties), hideCaption: true, columns, rows })}`
}

export function rulesPart(say: Say): Html {
  const letters = rule.map(({ letters, means }) => [html`<strong>${spread(letters)}</strong>`, say(means)])
  const columns = [{ title: say(words.letters) }, { title: say(words.finding) }]
  const faulty = parties.filter(({ usually }) => usually !== 'normal')
  const ways = (Object.keys(behaviours) as Behaviour[]).map((each): Piece[] => [
    html`<strong>${say(behaviours[each].title)}</strong> <span class="console-aside console-code">${each}</span>`,
    say(behaviours[each].means),
    faulty
      .filter(({ usually }) => usually === each)
      .map(({ id }) => html`<span class="console-code sandbox-block">${id}</span>`),
  ])
  const titles = [words.behaviour, words.finding, words.always].map((each) => ({ title: say(each) }))
  return html`<h2 class="govuk-heading-l" id="rules">${say(words.rules)}</h2>
<p class="govuk-body">${say(words.rulesHow)}</p>
${table({ caption: say(words.rules), hideCaption: true, columns, rows: letters })}
<h3 class="govuk-heading-m">${say(words.ways)}</h3>
${table({ caption: say(words.ways), hideCaption: true, columns: titles, rows: ways })}`
}

const spread = (letters: string): string =>
  letters.length > 3 ? `${letters.at(0)}–${letters.at(-1)}` : letters.split('').join(', ')

export function changePart({ state }: Sandbox, say: Say, language: Language): Html {
  const free = parties.filter(({ id }) => !state.isTaken(id))
  const taken = parties.filter(({ id }) => state.isTaken(id))
  const choose = (name: string, label: string, from: readonly { id: string; title: string }[]): Html =>
    html`<div class="govuk-form-group"><label class="govuk-label" for="${name}">${label}</label>
<select class="govuk-select" id="${name}" name="${name.split('-')[0]}">${from.map(({ id, title }) => html`<option value="${id}">${title}</option>`)}</select></div>`
  const named = (from: typeof parties) => from.map(({ id, name }) => ({ id, title: `${say(name)} (${id})` }))
  const ways = (Object.keys(behaviours) as Behaviour[]).map((id) => ({ id, title: say(behaviours[id].title) }))
  const form = (action: string, title: string, how: Piece, content: Html): Html =>
    html`<form class="sandbox-form" method="post" action="/${language}/${action}">
<h3 class="govuk-heading-m" id="${action}">${title}</h3><p class="govuk-body">${how}</p>${content}</form>`
  const button = (title: string, more?: Html): Html =>
    html`<button class="govuk-button govuk-button--secondary" type="submit"${more}>${title}</button>`
  const seat = html`${choose('agency-seat', say(words.agency), named([...taken, ...free]))}<div class="govuk-button-group">${button(say(words.takeIt), html` name="take" value="yes"`)}${button(say(words.giveItBack), html` name="take" value="no"`)}</div>`
  const referrers = free.filter(({ id }) => hasRole(id, 'referrer'))
  const refer = html`${choose('agency-refer', say(words.referrer), named(referrers))}
<div class="govuk-form-group"><label class="govuk-label" for="name">${say(words.name)}</label><input class="govuk-input" id="name" name="name" maxlength="60" required value="Amina"></div>${button(say(words.referIt))}`
  const fault = html`${choose('agency-fault', say(words.agency), named(free))}${choose('behaviour', say(words.behaviour), ways)}${button(say(words.faultIt))}`
  const endpoint = html`${choose('agency-endpoint', say(words.agency), named(taken))}
<div class="govuk-form-group"><label class="govuk-label" for="url">${say(words.url)}</label><div id="url-hint" class="govuk-hint">${say(words.urlHint)}</div><input class="govuk-input" id="url" name="url" type="url" maxlength="200" aria-describedby="url-hint"></div>
<div class="govuk-form-group"><label class="govuk-label" for="anchors">${say(words.anchors)}</label><textarea class="govuk-textarea console-code" id="anchors" name="anchors" rows="3" spellcheck="false"></textarea></div>
<div class="govuk-checkboxes govuk-checkboxes--small govuk-form-group"><div class="govuk-checkboxes__item"><input class="govuk-checkboxes__input" id="twice" name="twice" type="checkbox" value="yes"><label class="govuk-label govuk-checkboxes__label" for="twice">${say(words.twice)}</label></div></div>${button(say(words.endpointIt))}`
  const reset = html`<button class="govuk-button govuk-button--warning" type="submit">${say(words.resetIt)}</button>`
  const resetHow = html`${say(words.resetHow)} <span class="console-code">npm run sandbox -- --reset</span>`
  return html`<h2 class="govuk-heading-l" id="change">${say(words.change)}</h2>
<div class="sandbox-forms">
${form('seat', say(words.seat), say(words.seatHow), seat)}
${form('behaviour', say(words.fault), say(words.faultHow), fault)}
${referrers.length > 0 && form('refer', say(words.refer), say(words.referHow), refer)}
${taken.length > 0 && form('endpoint', say(words.endpoint), say(words.endpointHow), endpoint)}
${form('reset', say(words.reset), resetHow, reset)}
</div>`
}
