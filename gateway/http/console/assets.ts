import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** A file that pages ask for, at an address that changes with it. */
type Asset = { readonly path: string; readonly text: string; readonly type: string }

/** What the browser is given to draw pages with, and what shows the front page anew. */
export type Assets = Readonly<Record<'style' | 'script', Asset>>

const GOVUK = fileURLToPath(import.meta.resolve('govuk-frontend/dist/govuk/govuk-frontend.min.css'))
const SCRIPT = new URL('./refresh.js', import.meta.url)
const OWN = ['./console.css', './lists.css', './acts.css'].map((file) => new URL(file, import.meta.url))

/**
 * Reads the style of GOV.UK's pages, without what is the United Kingdom government's alone: its font and its crest. Nothing in it leads to another
 * address. @throws where the package is not there
 */
export async function loadAssets(): Promise<Assets> {
  const [govuk = '', ...own] = await Promise.all([GOVUK, ...OWN].map((file) => readFile(file, 'utf8')))
  const plain = govuk
    .replaceAll(/@font-face\{[^}]*\}/g, '')
    .replaceAll('GDS Transport,', '')
    .replaceAll(/url\([^)]*\)/g, 'none')
  const css = [plain, ...own].join('\n')
  return {
    style: assetOf(css, 'css', 'text/css'),
    script: assetOf(await readFile(SCRIPT, 'utf8'), 'js', 'text/javascript'),
  }
}

const assetOf = (text: string, ending: string, type: string): Asset => {
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16)
  return { path: `/assets/${digest}.${ending}`, text, type: `${type}; charset=utf-8` }
}
