import { dirname, join } from 'node:path/posix'
import { upFrom } from './page.ts'

/** Where a document of the repository stands on the site. */
const PLACES: Readonly<Record<string, string>> = {
  'README.md': 'index',
  'docs/protocol.md': 'protocol',
  'docs/evidence.md': 'evidence',
  'docs/operating.md': 'operating',
  'docs/security.md': 'security',
  'docs/glossary.md': 'glossary',
  'docs/conformance.md': 'conformance',
  'sandbox/README.md': 'sandbox',
  'docs/openapi': 'api-agency',
  'docs/openapi/agency.json': 'api-agency',
  'docs/openapi/operations.json': 'api-operations',
  'sdk/README.md': 'sdk',
  'samples/curl/README.md': 'sample-curl',
  'samples/python/README.md': 'sample-python',
  'samples/java/README.md': 'sample-java',
}

/** Whoever runs a gateway is led to the whole protocol, everybody else to the partner's edition. */
const OPERATORS = new Set(['operating', 'security', 'protocol-whole'])

const LINK = /\[([^\]\n]*(?:\n[^\]\n]*)?)\]\((?!https?:)([^)#\s]*)(#[^)\s]+)?\)/g

/**
 * Has the links of a document lead to the site's pages. What the site has not is named and no link.
 * @param path where the document stands in the repository
 * @param slug where it stands on the site
 */
export function linksOn(markdown: string, path: string, slug: string): string {
  return markdown.replaceAll(LINK, (link, words: string, target: string, anchor = '') => {
    if (target === '') return link
    const there = join(dirname(path), target).replace(/\/$/, '')
    // Of a document in two languages each leads to the other.
    if (plain(there) === plain(path))
      return `[${words}](../${upFrom(slug)}${there.endsWith('.fr.md') ? 'fr' : 'en'}/${slug}.md)`
    const found = PLACES[plain(there)]
    if (found === undefined) return words
    const place = found === 'protocol' && OPERATORS.has(slug) ? 'protocol-whole' : found
    return `[${words}](${upFrom(slug)}${place}.md${anchor})`
  })
}

const plain = (path: string): string => path.replace(/\.fr\.md$/, '.md')
