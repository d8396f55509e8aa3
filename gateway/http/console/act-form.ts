import type { Text } from '../../base/base.ts'
import { type ActName, acts, reasons } from '../../operations/operations.ts'
import { actWords } from './act-words.ts'
import { html, type Html } from './html.ts'
import type { View } from './view.ts'

/** What was typed into an act's form. */
export type Typed = { readonly code?: string; readonly reason?: string; readonly rang?: string }
/** A fault, and the field at which it stands; without one it is of the whole. */
export type FormFault = { readonly field?: keyof Typed; readonly says: Text }

export type ActForm = {
  readonly name: ActName
  /** Where the form is and is sent to. */
  readonly path: string
  readonly token: string
  /** What the act is about. */
  readonly about: Html
  readonly typed: Typed
  readonly faults: readonly FormFault[]
  /** Where a change of mind leads. */
  readonly back: string
}

const words = {
  problem: { en: 'There is a problem', fr: 'Il y a un problème' },
  error: { en: 'Error:', fr: 'Erreur\u00A0:' },
  will: { en: 'What will happen', fr: 'Ce qui va se passer' },
  why: { en: 'Why?', fr: 'Pourquoi\u202F?' },
  result: { en: 'With what result?', fr: 'Avec quel résultat\u202F?' },
  reason: { en: 'In your own words', fr: 'Avec vos mots' },
  hint: {
    en: 'Colleagues read it, and it is kept sealed. Name no child.',
    fr: 'Vos collègues le liront, et il est conservé scellé. Ne nommez aucun enfant.',
  },
  note: { en: 'What the next shift must know', fr: 'Ce que la relève doit savoir' },
  rang: { en: 'When did you telephone?', fr: 'À quelle heure avez-vous téléphoné\u202F?' },
  rangHint: {
    en: 'In your time zone, within the last day, for example 03:12',
    fr: 'Dans votre fuseau horaire, au cours des dernières 24 heures, par exemple 03:12',
  },
  cancel: { en: 'Cancel', fr: 'Renoncer' },
} as const satisfies Record<string, Text>

/** A page from one shift to the next; any other reason is shorter. */
const LONGEST_NOTE = 4_000
const LONGEST_REASON = 500
/** How long the words of an act may be, in characters. */
export const longest = (name: ActName): number => (acts[name].about === 'shift' ? LONGEST_NOTE : LONGEST_REASON)
/** Whether an act's reason is of a list: a note from shift to shift is words alone. */
export const hasList = (name: ActName): boolean => acts[name].reasons.length > 1

/** The page on which an act is confirmed: what it is about, what will happen, why, and the button. It needs no script. */
export function actForm(view: View, form: ActForm): Html {
  const { say } = view
  const { name, path, token, about, faults, back } = form
  const { will, button } = actWords[name]
  const kind = acts[name].operators === 2 && html` govuk-button--warning`
  return html`${errorSummary(view, faults)}
${about}
<h2 class="govuk-heading-m">${say(words.will)}</h2>
<ul class="govuk-list govuk-list--bullet">${will.map((one) => html`<li>${say(one)}</li>\n`)}</ul>
<form method="post" action="${path}" novalidate>
<input type="hidden" name="token" value="${token}">
${name === 'telephoned' && rangField(view, form)}
${hasList(name) && codeField(view, form)}
${reasonField(view, form)}
<div class="govuk-button-group">
<button class="govuk-button${kind ? ' govuk-button--warning' : ''}" type="submit" data-prevent-double-click="true">${say(button)}</button>
<a class="govuk-link" href="${back}">${say(words.cancel)}</a>
</div>
</form>`
}

/** Where the first field of a fault is, so that a link in the summary leads to it. */
const PLACES: Readonly<Record<keyof Typed, string>> = { code: 'code-0', reason: 'reason', rang: 'rang' }

/** What is wrong, above all else, each leading to its field (GOV.UK's error summary). */
export function errorSummary({ say }: View, faults: readonly FormFault[]): Html | undefined {
  if (faults.length === 0) return undefined
  return html`<div class="govuk-error-summary" role="alert" tabindex="-1">
<h2 class="govuk-error-summary__title">${say(words.problem)}</h2>
<div class="govuk-error-summary__body"><ul class="govuk-list govuk-error-summary__list">${faults.map(
    ({ field, says }) =>
      field === undefined
        ? html`<li>${say(says)}</li>\n`
        : html`<li><a href="#${PLACES[field]}">${say(says)}</a></li>\n`,
  )}</ul></div>
</div>`
}

type Field = { readonly fault: Html | undefined; readonly group: string; readonly describes: Html | undefined }

/** How a field shows its fault: what stands above it, how its group looks, and what names its descriptions to a screen reader. */
function fieldOf({ say }: View, faults: readonly FormFault[], field: keyof Typed, hint?: string): Field {
  const found = faults.find((one) => one.field === field)
  const ids = [hint, found && `${field}-error`].filter((id) => id !== undefined)
  return {
    fault:
      found &&
      html`<p class="govuk-error-message" id="${field}-error"><span class="govuk-visually-hidden">${say(words.error)}</span> ${say(found.says)}</p>`,
    group: found ? 'govuk-form-group govuk-form-group--error' : 'govuk-form-group',
    describes: ids.length === 0 ? undefined : html` aria-describedby="${ids.join(' ')}"`,
  }
}

function codeField(view: View, { name, typed, faults }: ActForm): Html {
  const { fault, group, describes } = fieldOf(view, faults, 'code')
  return html`<div class="${group}">
<fieldset class="govuk-fieldset"${describes}>
<legend class="govuk-fieldset__legend govuk-fieldset__legend--m">${view.say(name === 'telephoned' ? words.result : words.why)}</legend>
${fault}
<div class="govuk-radios govuk-radios--small">${acts[name].reasons.map(
    (code, at) => html`<div class="govuk-radios__item">
<input class="govuk-radios__input" id="code-${at}" name="code" type="radio" value="${code}"${typed.code === code && html` checked`}>
<label class="govuk-label govuk-radios__label" for="code-${at}">${view.say(reasons[code])}</label>
</div>\n`,
  )}</div>
</fieldset>
</div>`
}

function reasonField(view: View, { name, typed, faults }: ActForm): Html {
  const { say } = view
  const { fault, group, describes } = fieldOf(view, faults, 'reason', 'reason-hint')
  const isNote = acts[name].about === 'shift'
  return html`<div class="${group}">
<label class="govuk-label govuk-label--m" for="reason">${say(isNote ? words.note : words.reason)}</label>
<div class="govuk-hint" id="reason-hint">${say(words.hint)}</div>
${fault}
<textarea class="govuk-textarea" id="reason" name="reason" rows="${isNote ? 10 : 3}"${describes}>
${typed.reason ?? ''}</textarea>
</div>`
}

function rangField(view: View, { typed, faults }: ActForm): Html {
  const { say } = view
  const { fault, group, describes } = fieldOf(view, faults, 'rang', 'rang-hint')
  return html`<div class="${group}">
<label class="govuk-label govuk-label--m" for="rang">${say(words.rang)}</label>
<div class="govuk-hint" id="rang-hint">${say(words.rangHint)}</div>
${fault}
<input class="govuk-input govuk-input--width-5" id="rang" name="rang" type="text" autocomplete="off" value="${typed.rang ?? ''}"${describes}>
</div>`
}
