import { hash } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { type Language, type ProblemCode, problems } from '../../protocol/protocol.ts'

const words = {
  en: { page: 'Problem', meaning: 'What it means', remedy: 'What to do' },
  fr: { page: 'Problème', meaning: 'Ce que cela signifie', remedy: 'Que faire' },
} as const

const STYLE =
  'body{font:1.1rem/1.5 sans-serif;max-width:40em;margin:2em auto;padding:0 1em;color:#0b0c0c}code{background:#eee;padding:0 .2em}section{border-top:1px solid #767676}'
/** No script, no image, nothing from elsewhere. */
const CONTENT_POLICY = `default-src 'none'; style-src 'sha256-${hash('sha256', STYLE, 'base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/** Sends what a problem means and what to do, in both languages, one first; nothing else stands on it. */
export const sendProblemPage = (reply: FastifyReply, code: ProblemCode, first: Language): FastifyReply =>
  reply.type('text/html; charset=utf-8').header('content-security-policy', CONTENT_POLICY).send(page(code, first))

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
