import { readFile } from 'node:fs/promises'
import { Type } from 'typebox'
import type { Text } from '../../base/base.ts'
import { alarmWords, wordsOfAlarm } from '../../operations/operations.ts'
import { Problem, problems } from '../../protocol/protocol.ts'
import type { Server } from '../server.ts'
import type { Operating } from '../serving.ts'
import { code } from './codes.ts'
import { html, type Html } from './html.ts'
import { sections } from './layout.ts'
import { marked } from './marked.ts'
import type { Show } from './show.ts'
import { heading, paragraph, table } from './table.ts'
import type { View } from './view.ts'

const words = {
  alarms: { en: 'What each alarm means', fr: 'Ce que signifie chaque alarme' },
  alarm: { en: 'Alarm', fr: 'Alarme' },
  on: { en: 'On now', fr: 'En cours' },
  off: { en: 'It is not on now.', fr: 'Elle n’est pas en cours.' },
  onFor: { en: 'On now for', fr: 'En cours pour' },
  since: { en: 'since', fr: 'depuis le' },
  meaning: { en: 'What it means', fr: 'Ce que cela signifie' },
  remedy: { en: 'What to do', fr: 'Que faire' },
  back: { en: 'All alarms', fr: 'Toutes les alarmes' },
  refusals: { en: 'What each refusal means', fr: 'Ce que signifie chaque refus' },
  documents: { en: 'Documentation', fr: 'Documentation' },
  inEnglish: { en: 'Plain text, in English.', fr: 'Texte brut, en anglais.' },
  machines: { en: 'For programs', fr: 'Pour les programmes' },
  api: { en: 'Description of the interface (OpenAPI)', fr: 'Description de l’interface (OpenAPI)' },
  schemas: { en: 'Schemas and code lists', fr: 'Schémas et listes de codes' },
  pathway: { en: 'Which type goes from whom to whom', fr: 'Quel type va de qui à qui' },
  metrics: { en: 'Metrics', fr: 'Métriques' },
} as const satisfies Record<string, Text>

const documents = {
  operating: { en: 'Operating Passerelle', fr: 'Exploiter Passerelle' },
  protocol: { en: 'The protocol', fr: 'Le protocole' },
  evidence: { en: 'Evidence', fr: 'Preuves' },
  security: { en: 'Security', fr: 'Sécurité' },
  architecture: { en: 'Architecture', fr: 'Architecture' },
  glossary: { en: 'Glossary, in both languages', fr: 'Glossaire, dans les deux langues' },
} as const satisfies Record<string, Text>

const machines = {
  '/openapi.json': words.api,
  '/schemas': words.schemas,
  '/schemas/pathway.json': words.pathway,
  '/metrics': words.metrics,
} as const

/** Where to read what things mean, and what to do. */
export function helpPages(server: Server, show: Show, { operations }: Operating): void {
  server.get(
    '/help',
    { config: { access: 'operator' }, schema: { hide: true } },
    show(async ({ say }) => {
      const on = new Set((await operations.overview()).alarms.map((alarm) => alarm.code))
      return {
        section: '/help',
        title: say(sections['/help']),
        content: html`${heading(say(words.alarms))}
${links(
  Object.entries(alarmWords).map(([name, { title }]) => [
    `/help/alarms/${name}`,
    say(title),
    on.has(name) && html` <strong class="govuk-tag govuk-tag--red console-tag">${say(words.on)}</strong>`,
  ]),
)}
${heading(say(words.documents))}${paragraph(say(words.inEnglish))}
${links(Object.entries(documents).map(([name, title]) => [`/help/documents/${name}`, say(title)]))}
${heading(say(words.machines))}
${links(Object.entries(machines).map(([path, title]) => [path, say(title)]))}
${heading(say(words.refusals))}
${links(Object.entries(problems).map(([name, { title }]) => [`/problems/${name}`, say(title)]))}`,
      }
    }),
  )

  server.get(
    '/help/alarms/:code',
    { config: { access: 'operator' }, schema: { hide: true, params: Type.Object({ code: Type.String() }) } },
    show(async (view, request) => {
      const { code: name } = request.params as { readonly code: string }
      const found = wordsOfAlarm(name)
      if (found === undefined) throw new Problem('not-found')
      const { title, meaning, remedy } = found
      const on = (await operations.overview()).alarms.filter((alarm) => alarm.code === name)
      const { say } = view
      return {
        section: '/help',
        title: say(title),
        content: html`${paragraph(html`${say(words.alarm)} ${code(name)}`)}
${heading(say(words.meaning))}${paragraph(marked(say(meaning)))}
${heading(say(words.remedy))}${paragraph(marked(say(remedy)))}
${on.length === 0 ? paragraph(say(words.off)) : onNow(view, on)}
${paragraph(html`<a class="govuk-link" href="/help">${say(words.back)}</a>`)}`,
      }
    }),
  )

  server.get(
    '/help/documents/:name',
    { config: { access: 'operator' }, schema: { hide: true, params: Type.Object({ name: Type.String() }) } },
    async (request, reply) => {
      const { name } = request.params
      if (!Object.hasOwn(documents, name)) throw new Problem('not-found')
      const text = await readFile(new URL(`../../../docs/${name}.md`, import.meta.url), 'utf8')
      return reply.type('text/plain; charset=utf-8').header('content-language', 'en').send(text)
    },
  )
}

type On = { readonly subject: string; readonly began: Date }

const onNow = ({ say, time }: View, on: readonly On[]): Html =>
  table({
    caption: say(words.on),
    columns: [{ title: say(words.onFor) }, { title: say(words.since) }],
    rows: on.slice(0, MOST_ON).map(({ subject, began }) => [subject, time(began)]),
  })

const MOST_ON = 100

const links = (all: readonly (readonly [path: string, text: string, mark?: Html | false])[]): Html =>
  html`<ul class="govuk-list console-links">${all.map(
    ([path, text, mark]) => html`<li><a class="govuk-link" href="${path}">${text}</a>${mark}</li>\n`,
  )}</ul>`
