import type { Chapter, Language } from './story.ts'

const words = {
  en: {
    title: 'What this evidence proves',
    verified: 'Verified off line, by the keys and certificates that the verifier was given.',
  },
  fr: {
    title: 'Ce que prouve ce dossier',
    verified: 'Vérifié hors ligne, avec les clés et les certificats remis au vérificateur.',
  },
} as const

const STYLE =
  'body{font:1.1rem/1.5 Georgia,serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#0b0c0c;background:#fff}h1,h2{line-height:1.2}li{margin:.4rem 0;overflow-wrap:anywhere}@media print{body{margin:0}}'

/** Takes a story; gives it as a page that stands by itself: nothing is loaded, and nothing in it runs. */
export function toHtml(chapters: readonly Chapter[], language: Language): string {
  const { title, verified } = words[language]
  const body = chapters.map(
    (chapter) =>
      `<section><h2>${escape(chapter.title[language])}</h2><ul>${chapter.lines.map((line) => `<li>${escape(line[language])}</li>`).join('')}</ul></section>`,
  )
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${escape(title)}</title><style>${STYLE}</style></head>
<body><main><h1>${escape(title)}</h1><p>${escape(verified)}</p>${body.join('')}</main></body></html>
`
}

/** Takes a story; gives it as plain text. */
export function toPlain(chapters: readonly Chapter[], language: Language): string {
  return chapters
    .map(({ title, lines }) => [title[language], ...lines.map((line) => `- ${line[language]}`)].join('\n'))
    .join('\n\n')
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (one) => escapes[one] ?? one)
