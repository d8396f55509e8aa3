import { hash } from 'node:crypto'
import { Type } from 'typebox'
import { type Language, Problem, type ProblemCode, problems } from '../../protocol/protocol.ts'
import { languageOf } from '../problem-reply.ts'
import type { Server } from '../server.ts'

const words = {
  en: { page: 'Problem', meaning: 'What it means', remedy: 'What to do' },
  fr: { page: 'Problème', meaning: 'Ce que cela signifie', remedy: 'Que faire' },
} as const

/** No script, no image, nothing from elsewhere. */
const CONTENT_POLICY =
  "default-src 'none'; style-src 'sha256-%'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
const STYLE =
  'body{font:1.1rem/1.5 sans-serif;max-width:40em;margin:2em auto;padding:0 1em;color:#0b0c0c}code{background:#eee;padding:0 .2em}section{border-top:1px solid #767676}'

/** What each `type` of a problem leads to: a page that says what it means and what to do, in both languages (section 4). */
export function problemRoutes(server: Server): void {
  const policy = CONTENT_POLICY.replace('%', hash('sha256', STYLE, 'base64'))
  server.get(
    '/problems/:code',
    {
      config: { access: 'public' },
      schema: {
        summary: 'What a problem means',
        params: Type.Object({ code: Type.String() }),
        produces: ['text/html'],
      },
    },
    async (request, reply) => {
      const { code } = request.params
      if (!isProblemCode(code)) throw new Problem('not-found')
      return reply
        .type('text/html; charset=utf-8')
        .header('content-security-policy', policy)
        .send(page(code, languageOf(request)))
    },
  )
}

const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(problems, code)

function page(code: ProblemCode, first: Language): string {
  const second = first === 'en' ? 'fr' : 'en'
  const { title } = problems[code]
  return `<!doctype html>
<html lang="${first}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(title[first])} · Passerelle</title>
<style>${STYLE}</style>
<main>${section(code, first, 'h1')}${section(code, second, 'h2')}</main>
</html>
`
}

function section(code: ProblemCode, language: Language, heading: 'h1' | 'h2'): string {
  const { status, title, meaning, remedy } = problems[code]
  const { page, meaning: means, remedy: does } = words[language]
  const below = heading === 'h1' ? 'h2' : 'h3'
  return `<section lang="${language}">
<${heading}>${escape(title[language])}</${heading}>
<p>${page} <code>${code}</code> · HTTP ${status}</p>
<${below}>${means}</${below}><p>${escape(meaning[language])}</p>
<${below}>${does}</${below}><p>${escape(remedy[language])}</p>
</section>
`
}

/** The table's own words: \`code\` becomes code, and nothing in it becomes markup. */
const escape = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>')
