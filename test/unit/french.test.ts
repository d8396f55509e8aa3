import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { names } from '../../demo/agencies.ts'
import { scenarios } from '../../demo/scenarios/all.ts'
import { figure1 } from '../../demo/scenarios/figure1.ts'
import { words } from '../../demo/words.ts'
import { settings } from '../../gateway/base/config.ts'
import { certificateReasons, problems } from '../../gateway/protocol/problems.ts'
import catalogue from '../../schemas/catalogue.json' with { type: 'json' }
import { frenchOfJson, frenchOfPage, frenchOfSource, missetIn, type Piece } from '../support/french.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const find = (...patterns: string[]) => globSync(patterns, { cwd: ROOT }).toSorted()
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

/** Release 1.0 is frozen, as it was set; so is what describes it. Whatever comes after it is read. */
const current = catalogue.releases.find(({ status }) => status === 'current')?.version ?? ''
const schemas = current === '1.0' ? [] : find('schemas/{.,profiles}/*.json', `schemas/${current}/**/*.json`)

const sources = find(
  '{gateway,sdk,desk,demo,sandbox,adapters,certs-dev,topology,witness,monitor,scripts/docs}/**/*.{ts,tsx}',
).filter(
  // What is generated repeats the schemas, which are read as they are.
  (path) => !/node_modules|\/generated\/|(?:sdk|desk)\/(?:dist|schemas)\//.test(path),
)
const pages = find('*.md', '{docs,sdk,desk,sandbox,certs-dev,bench,schemas}/*.md', 'docs/site/**/*.md')
/** What stands above a page of the documentation site is French without its keys, and a mark before a passage or a picture is nobody's to read. */
const FRONT = /^---\n([^]*?)\n---/
const readPage = (path: string) =>
  read(path)
    .replace(FRONT, (_, lines: string) => lines.replaceAll(/^\w+: '?(.*?)'?$/gm, '$1\n'))
    .replaceAll(/<!-- \w+ -->|!(?=\[)|(?<=`)[^`\n]*\|[^`\n]*(?=`)/g, '')
const inSources = sources
  .flatMap((path) => frenchOfSource(path, read(path)))
  // Markup of the documentation site has English around its French.
  .filter(({ where, text }) => !(where.startsWith('scripts/docs/') && text.includes('<')))
const all: readonly Piece[] = [
  ...inSources,
  ...pages.flatMap((path) => frenchOfPage(path, readPage(path))),
  ...schemas.flatMap((path) => frenchOfJson(path, JSON.parse(read(path)))),
]

test('all French that people read is set as French is printed', () => {
  const misset = all.flatMap(({ where, text }) => missetIn(text).map((wanted) => `${where}: ${wanted}: ${text}`))
  expect(misset).toEqual([])
})

/** One word for one thing (docs/glossary.md): what must not stand for it, and what does. Schemas have uses of their own. */
const terms: readonly (readonly [wrong: RegExp, right: string])[] = [
  [/\balertes?\b/i, 'avis de recherche interne, or alarme'],
  [/\bsignal(?:é|ement)/i, 'saisine, saisir'],
  [/\bmessages? (?:immédiat|urgent|courant)/i, 'à traiter immédiatement, à traiter dans la journée, sans urgence'],
  [/\bagences?\b/i, 'organisme'],
  [/\bpréoccupations?\b/i, 'élément de danger ou d’inquiétude'],
]

test.each(terms)('no French text says %s where it means %s', (wrong) => {
  const elsewhere = all.filter(({ where }) => !where.startsWith('schemas/') && where !== 'docs/glossary.md')
  expect(elsewhere.filter(({ text }) => wrong.test(text))).toEqual([])
})

test('and none is overlooked: each text of the tables is among what was read', () => {
  const seen = new Set(inSources.map(({ text }) => text))
  const tables = [
    ...Object.values(problems).flatMap(({ meaning, remedy }) => [meaning, remedy]),
    ...Object.values(certificateReasons),
    ...settings.map(({ meaning }) => meaning),
    ...Object.values(names),
    ...[figure1, ...scenarios].flatMap(({ title }) => title),
  ].map(({ fr }) => fr)
  const said = [...Object.values(words('fr')), ...figure1.steps.map(({ say }) => say.fr)]
  const missed = [...tables, ...said].filter((text) => typeof text === 'string' && !seen.has(text))
  expect(missed).toEqual([])
  // A mail, a page, the SDK's warnings and faults: their tables are nobody's to import.
  for (const part of ['Afin de protéger les personnes concernées', 'Que faire', 'prendrait fin', 'est injoignable'])
    expect([...seen].filter((text) => text.includes(part))).not.toEqual([])
  for (const path of ['README.md', 'docs/glossary.md', 'sdk/README.fr.md', 'certs-dev/README.md'])
    expect(all.some(({ where }) => where === path)).toBe(true)
})

describe('what is wrong is told', () => {
  test.each([
    ['Est-il connu ?', ['U+202F before ; ! ?']],
    ['Est-il connu\u00A0?', ['U+202F before ; ! ?']],
    ['Attention: danger', ['U+00A0 before :']],
    ['Attention\u202F: danger', ['U+00A0 before :']],
    ['«inconnu»', ['U+00A0 inside « »']],
    ['« inconnu »', ['U+00A0 inside « »']],
    ['Merci \u202F; bien', ['one space']],
    ['Il dit "non"', ['« », no other quotation marks']],
    ["L'enfant", ['the apostrophe ’']],
    ['Attendre...', ['the ellipsis …']],
  ])('%s', (text, wanted) => {
    expect(missetIn(text)).toEqual(wanted)
  })

  test.each([
    'Est-il connu\u202F?',
    'Attention\u00A0: danger',
    '«\u00A0inconnu\u00A0»\u202F; à 10:30',
    'Corrigez ce que `a ? b : c` désigne, sous https://example.org/a?b',
  ])('%s is right', (text) => {
    expect(missetIn(text)).toEqual([])
  })
})

test('French is found by its key, by its words, in templates, in JSON and in pages', () => {
  const source = "const a = { fr: `Oui : ${n}`, en: 'Yes: ' }\nsay('Il est là ; merci', 'He is there; thanks')"
  expect(frenchOfSource('a.ts', source)).toEqual([
    { where: 'a.ts:1', text: 'Oui : x' },
    { where: 'a.ts:2', text: 'Il est là ; merci' },
  ])
  const json = {
    'x-titleFr': 'Âge',
    title: 'Age',
    note: [
      { text: 'Oui !', language: 'fr' },
      { text: 'Yes!', language: 'en' },
    ],
  }
  expect(frenchOfJson('a', json).map(({ where, text }) => `${where} ${text}`)).toEqual([
    'a/x-titleFr Âge',
    'a/note/0/text Oui !',
  ])
  const page =
    '# A page\n\nThis is English. Ceci est du\nfrançais.\n\n| child | enfant de moins | Under 18. · Il a moins de 18 ans. |\n\n```\nle la les ?\n```\n'
  expect(frenchOfPage('a.md', page).map(({ text }) => text.trim())).toEqual([
    'Ceci est du français.',
    'enfant de moins',
    'Il a moins de 18 ans.',
  ])
})
