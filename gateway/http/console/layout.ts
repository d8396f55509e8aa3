import type { Text } from '../../base/base.ts'
import type { Reason } from '../../operations/operations.ts'
import { healthNotice } from './health-notice.ts'
import { html, type Html } from './html.ts'
import { NEAR_ZONES, type View } from './view.ts'

/** The pages that every page leads to, in the order in which an operator needs them. */
export const sections = {
  '/': { en: 'Now', fr: 'En ce moment' },
  '/agencies': { en: 'Agencies', fr: 'Organismes' },
  '/messages': { en: 'Messages', fr: 'Messages' },
  '/dead-letters': { en: 'Dead letters', fr: 'Messages en échec' },
  '/cases': { en: 'Cases', fr: 'Dossiers' },
  '/pending': { en: 'Second operator', fr: 'Second opérateur' },
  '/acts': { en: 'Acts', fr: 'Actes' },
  '/handover': { en: 'Shift handover', fr: 'Relève' },
  '/figures': { en: 'Figures', fr: 'Chiffres' },
  '/machine': { en: 'Queues and record', fr: 'Files et registre' },
  '/trust': { en: 'Trust', fr: 'Confiance' },
  '/log': { en: 'Log', fr: 'Journal' },
  '/help': { en: 'Help', fr: 'Aide' },
} as const satisfies Record<string, Text>
export type Section = keyof typeof sections

export type Page = {
  /** Where it stands; it may be a page below that one. */
  readonly section?: Section
  readonly title: string
  readonly content: Html
  /** Where script runs, it is shown anew when something happens. */
  readonly refreshes?: true
}

/** What all pages share. */
export type Frame = {
  readonly environment: 'production' | 'test' | 'development'
  /** The address of the style sheet. */
  readonly style: string
  /** That of the script that shows a page anew. */
  readonly script?: string
  /** What keeps the gateway from working. */
  readonly reasons?: readonly Reason[]
}

const words = {
  skip: { en: 'Skip to main content', fr: 'Aller au contenu principal' },
  service: { en: 'Passerelle', fr: 'Passerelle' },
  navigation: { en: 'Menu', fr: 'Menu' },
  production: { en: 'production', fr: 'production' },
  test: { en: 'test', fr: 'test' },
  development: { en: 'development', fr: 'développement' },
  environment: { en: 'Environment', fr: 'Environnement' },
  signedIn: { en: 'You are', fr: 'Vous êtes' },
  preferences: { en: 'Language and time zone', fr: 'Langue et fuseau horaire' },
  language: { en: 'Language', fr: 'Langue' },
  zone: { en: 'Time zone', fr: 'Fuseau horaire' },
  keep: { en: 'Keep', fr: 'Enregistrer' },
} as const satisfies Record<string, Text>

/** Another language's name is given in that language (WCAG 2.2, 3.1.2). */
const LANGUAGES = { en: 'English', fr: 'Français' } as const

/** A whole page, on the patterns of GOV.UK's design system: who looks at which environment stands on each. */
export function layout(
  view: View,
  { environment, style, script, reasons = [] }: Frame,
  { section, title, content, refreshes }: Page,
): Html {
  const { say, language } = view
  return html`<!doctype html>
<html lang="${language}" class="govuk-template">
<head>
<meta charset="utf-8">
<title>${title} – Passerelle – ${say(words[environment])}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style}">
<link rel="icon" href="data:,">${
    refreshes &&
    script !== undefined &&
    html`
<script src="${script}" defer></script>`
  }
</head>
<body class="govuk-template__body">
<a href="#main-content" class="govuk-skip-link">${say(words.skip)}</a>
<header class="console-header console-header--${environment}">
<div class="govuk-width-container console-header__row">
<a class="console-header__name" href="/">${say(words.service)}</a>
<p class="console-header__environment"><span class="govuk-visually-hidden">${say(words.environment)}${colon(view)} </span>${say(words[environment])}</p>
<p class="console-header__operator">${say(words.signedIn)} ${view.operator.name}</p>
</div>
</header>
<nav class="console-nav govuk-width-container" aria-label="${say(words.navigation)}">
<ul class="console-nav__list">${(Object.keys(sections) as Section[]).map((path) => link(view, path, section))}</ul>
</nav>
<div class="govuk-width-container">${healthNotice(view, reasons)}
<main class="govuk-main-wrapper govuk-main-wrapper--auto-spacing" id="main-content" tabindex="-1">
<h1 class="govuk-heading-l">${title}</h1>
${content}
</main>
</div>
<footer class="govuk-footer console-footer"><div class="govuk-width-container">${preferences(view)}</div></footer>
</body>
</html>
`
}

/** Before a colon French has a space that no line ends at. */
export const colon = ({ language }: Pick<View, 'language'>): string => (language === 'fr' ? '\u00A0:' : ':')

function link({ say }: View, path: Section, current: Section | undefined): Html {
  const here = path === current && html` aria-current="page"`
  return html`<li><a class="console-nav__link" href="${path}"${here}>${say(sections[path])}</a></li>\n`
}

/** A form, so that it works without a script. */
function preferences({ say, language, timeZone, path }: View): Html {
  const zones = [...new Set([...NEAR_ZONES, timeZone])]
  const option = (value: string, label: string, selected: boolean, lang?: string): Html =>
    html`<option value="${value}"${lang !== undefined && html` lang="${lang}"`}${selected && html` selected`}>${label}</option>`
  return html`<form class="console-preferences" method="post" action="/preferences">
<h2 class="govuk-visually-hidden">${say(words.preferences)}</h2>
<input type="hidden" name="back" value="${path}">
<label class="govuk-label" for="language">${say(words.language)}</label>
<select class="govuk-select" id="language" name="language">${Object.entries(LANGUAGES).map(([code, label]) => option(code, label, code === language, code))}</select>
<label class="govuk-label" for="timeZone">${say(words.zone)}</label>
<select class="govuk-select" id="timeZone" name="timeZone">${zones.map((zone) => option(zone, zone, zone === timeZone))}</select>
<button class="govuk-button govuk-button--secondary" type="submit">${say(words.keep)}</button>
</form>`
}
