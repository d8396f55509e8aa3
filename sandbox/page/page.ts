import { html, type Html } from '../../gateway/http/console/html.ts'
import type { Text } from '../../sdk/index.ts'
import { words } from './words.ts'

export type Language = 'en' | 'fr'
export type Say = (text: Text) => string

export type Notice = { readonly good: boolean; readonly text: string }

type Page = {
  readonly language: Language
  readonly style: string
  readonly notice?: Notice | undefined
  readonly content: Html
}

/** The whole page, on the patterns of GOV.UK's design system. */
export function layout({ language, style, notice, content }: Page): Html {
  const say: Say = (text) => text[language]
  const other = language === 'en' ? 'fr' : 'en'
  return html`<!doctype html>
<html lang="${language}" class="govuk-template">
<head>
<meta charset="utf-8">
<title>${say(words.title)} – Passerelle – ${say(words.environment)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style}">
<link rel="icon" href="data:,">
</head>
<body class="govuk-template__body">
<a href="#main-content" class="govuk-skip-link">${say(words.skip)}</a>
<header class="console-header console-header--test">
<div class="govuk-width-container console-header__row">
<a class="console-header__name" href="/${language}/">Passerelle</a>
<p class="console-header__environment">${say(words.environment)}</p>
<p class="console-header__operator"><a class="sandbox-language" href="/${other}/" lang="${other}" hreflang="${other}">${say(words.other)}</a></p>
</div>
</header>
<div class="govuk-width-container">
<main class="govuk-main-wrapper" id="main-content" tabindex="-1">
${notice !== undefined && banner(notice, say)}
<h1 class="govuk-heading-xl">${say(words.title)}</h1>
${content}
</main>
</div>
</body>
</html>
`
}

function banner({ good, text }: Notice, say: Say): Html {
  const title = say(good ? words.success : words.notDone)
  const kind = good ? ' govuk-notification-banner--success' : ' sandbox-refused'
  return html`<div class="govuk-notification-banner${kind}" role="alert" aria-labelledby="notice-title">
<div class="govuk-notification-banner__header"><h2 class="govuk-notification-banner__title" id="notice-title">${title}</h2></div>
<div class="govuk-notification-banner__content"><p class="govuk-notification-banner__heading">${text}</p></div>
</div>`
}
