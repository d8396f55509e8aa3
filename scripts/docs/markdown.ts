import MarkdownIt, { type Token } from 'markdown-it'

/** An anchor of a heading, as the hosts of repositories make it, so that a link holds here and there. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-')

/** What a fenced block's first line says: its language, and the words behind it. */
const FILE = /\bfile=(\S+)/

/** GOV.UK's classes of what Markdown makes. */
const CLASSES: Readonly<Record<string, string>> = {
  paragraph_open: 'govuk-body',
  bullet_list_open: 'govuk-list govuk-list--bullet',
  ordered_list_open: 'govuk-list govuk-list--number',
  link_open: 'govuk-link',
  thead_open: 'govuk-table__head',
  tbody_open: 'govuk-table__body',
  tr_open: 'govuk-table__row',
  th_open: 'govuk-table__header',
  td_open: 'govuk-table__cell',
}
const HEADINGS: Readonly<Record<string, string>> = { h2: 'l', h3: 'm', h4: 's' }

/**
 * Reads Markdown as CommonMark with tables has it, and makes HTML in GOV.UK's classes. Nothing in it is taken for HTML, and a link to a
 * page's source leads to the page.
 * @param absent pages that other parts of the project have not written yet: what leads there is no link
 */
export function openMarkdown(absent: ReadonlySet<string>): MarkdownIt {
  const markdown = new MarkdownIt({ html: false, typographer: false })
  markdown.core.ruler.push('house', ({ tokens }) => {
    const taken = new Map<string, number>()
    tokens.forEach((token, at) => {
      if (token.type !== 'heading_open') return
      const anchor = anchorOfHeading(tokens[at + 1])
      const times = taken.get(anchor) ?? 0
      taken.set(anchor, times + 1)
      token.attrSet('id', times === 0 ? anchor : `${anchor}-${times}`)
      token.attrJoin('class', `govuk-heading-${HEADINGS[token.tag] ?? 's'}`)
    })
    for (const token of tokens.flatMap((one) => [one, ...(one.children ?? [])])) {
      const added = CLASSES[token.type]
      if (added !== undefined) token.attrJoin('class', added)
      if (token.type === 'th_open') token.attrSet('scope', 'col')
    }
    // A heading that says nothing is none.
    tokens.forEach((token, at) => {
      if (token.type !== 'th_open' || tokens[at + 1]?.content !== '') return
      for (const one of [token, tokens[at + 2]]) if (one !== undefined) one.tag = 'td'
      token.attrs = null
    })
    for (const { children } of tokens) leadOn(children ?? [], absent)
  })
  const { rules } = markdown.renderer
  rules['table_open'] = () => '<div class="docs-scroll" tabindex="0"><table class="govuk-table">\n'
  rules['table_close'] = () => '</table></div>\n'
  rules['fence'] = (tokens, at) => {
    const { content = '', info = '' } = tokens[at] ?? {}
    return codeBlock(content, FILE.exec(info)?.[1])
  }
  rules['code_block'] = (tokens, at) => codeBlock(tokens[at]?.content ?? '')
  return markdown
}

/** Stands in a heading before an anchor that is not made of its own words; no other text has it. */
export const ANCHOR = '\uE001'

function anchorOfHeading(inline: Token | undefined): string {
  const [heading = '', anchor] = (inline?.content ?? '').split(ANCHOR)
  const last = inline?.children?.at(-1)
  if (last !== undefined && anchor !== undefined) last.content = last.content.split(ANCHOR)[0] ?? ''
  return anchor ?? anchorOf(heading)
}

const SOURCE = /^([^:#]*)\.md(?=#|$)/

function leadOn(tokens: readonly Token[], absent: ReadonlySet<string>): void {
  tokens.forEach((token, at) => {
    const href = token.type === 'link_open' ? String(token.attrGet('href')) : ''
    const [, slug] = SOURCE.exec(href) ?? []
    if (slug === undefined) return
    if (!absent.has(slug.replace(/^(?:\.\.\/)+/, ''))) return token.attrSet('href', href.replace(SOURCE, '$1.html'))
    const end = tokens.findIndex((other, place) => place > at && other.type === 'link_close')
    for (const one of [token, tokens[end]]) if (one !== undefined) Object.assign(one, { type: 'text', content: '' })
  })
}

/** A block of code, which can be scrolled by keys. @param file the name of the file that it is */
export function codeBlock(code: string, file?: string): string {
  const name = file === undefined ? '' : `<p class="docs-file"><code>${escapeHtml(file)}</code></p>`
  return `${name}<pre class="docs-code" tabindex="0"><code>${escapeHtml(code)}</code></pre>\n`
}

export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
