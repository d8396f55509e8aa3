import { parseCookie, stringifySetCookie } from 'cookie'
import type { FastifyRequest } from 'fastify'
import type { Text } from '../../base/base.ts'
import type { Language, Operator } from '../../protocol/protocol.ts'
import { languageOf } from '../problem-reply.ts'
import { operatorOf } from '../caller.ts'
import { html, type Html } from './html.ts'

/** How somebody wants to see the pages. */
export type Preferences = { readonly language: Language; readonly timeZone: string }

/** Who looks at which page, and how. */
export type View = Preferences & {
  readonly operator: Operator
  /** The page's path and query. */
  readonly path: string
  /** Gives the words of the reader's language. */
  say(text: Text): string
  /** A moment, in the reader's zone with UTC beside it. */
  time(at: Date): Html
}

const COOKIES = { language: 'language', timeZone: 'time-zone' } as const
const YEAR_S = 365 * 24 * 3600
/** Time zones of those who run the channel stand first; any other that the platform knows may be chosen. */
export const NEAR_ZONES = ['Europe/London', 'Europe/Paris', 'UTC'] as const
const DEFAULT_ZONE = 'Europe/London'
const zones: ReadonlySet<string> = new Set([...NEAR_ZONES, ...Intl.supportedValuesOf('timeZone')])

/** Reads who asks, and how they like it: by their cookies, else by what the browser prefers. */
export function viewOf(request: FastifyRequest): View {
  const cookies = parseCookie(request.headers.cookie ?? '')
  const asked = cookies[COOKIES.language]
  const language = isLanguage(asked) ? asked : languageOf(request)
  const zone = cookies[COOKIES.timeZone]
  const timeZone = zone !== undefined && zones.has(zone) ? zone : DEFAULT_ZONE
  return {
    language,
    timeZone,
    operator: operatorOf(request),
    path: request.url,
    say: (text) => text[language],
    time: (at) => formatTime(at, { language, timeZone }),
  }
}

/** Gives the `Set-Cookie` lines that keep what somebody chose; what is neither a language nor a zone is left as it was. */
export function keepPreferences({ language, timeZone }: Partial<Record<keyof Preferences, string>>): readonly string[] {
  const keep = (name: string, value: string): string =>
    stringifySetCookie({ name, value, path: '/', maxAge: YEAR_S, httpOnly: true, secure: true, sameSite: 'strict' })
  return [
    ...(isLanguage(language) ? [keep(COOKIES.language, language)] : []),
    ...(timeZone !== undefined && zones.has(timeZone) ? [keep(COOKIES.timeZone, timeZone)] : []),
  ]
}

const isLanguage = (value: string | undefined): value is Language => value === 'en' || value === 'fr'

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', fr: 'fr-FR' }

function formatTime(at: Date, { language, timeZone }: Preferences): Html {
  const locale = LOCALES[language]
  const own = formatter(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(at)
  const utc = formatter(locale, { timeStyle: 'short', timeZone: 'UTC' }).format(at)
  return html`<time datetime="${at.toISOString()}">${own} <span class="console-utc">(${utc} UTC)</span></time>`
}

/** To make one takes longer than to use it a hundred times. As many as there are languages and zones. */
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatter(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${options.dateStyle ?? ''} ${options.timeZone}`
  const made = formatters.get(key) ?? new Intl.DateTimeFormat(locale, options)
  formatters.set(key, made)
  return made
}
