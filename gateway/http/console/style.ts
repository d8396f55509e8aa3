import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** What the browser is given to draw pages with, and the address that changes with it. */
export type Style = { readonly path: string; readonly css: string }

const GOVUK = fileURLToPath(import.meta.resolve('govuk-frontend/dist/govuk/govuk-frontend.min.css'))
const OWN = ['./console.css', './lists.css', './acts.css'].map((file) => new URL(file, import.meta.url))

/**
 * Reads the style of GOV.UK's pages, without what is the United Kingdom government's alone: its font and its crest. Nothing in it leads to another
 * address. @throws where the package is not there
 */
export async function loadStyle(): Promise<Style> {
  const [govuk = '', ...own] = await Promise.all([GOVUK, ...OWN].map((file) => readFile(file, 'utf8')))
  const plain = govuk
    .replaceAll(/@font-face\{[^}]*\}/g, '')
    .replaceAll('GDS Transport,', '')
    .replaceAll(/url\([^)]*\)/g, 'none')
  const css = [plain, ...own].join('\n')
  return { path: `/assets/${createHash('sha256').update(css).digest('hex').slice(0, 16)}.css`, css }
}
