import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { joinBlocks, markOf, readTranslation, sayEnglish, splitBlocks, translate } from '../../scripts/docs/blocks.ts'
import { partnerBlocks } from '../../scripts/docs/partner.ts'
import { buildSite } from '../../scripts/docs/build.ts'
import { validate } from '../../sdk/index.ts'
import { problems } from '../../gateway/protocol/problems.ts'
import registry from '../../schemas/agencies.schema.json' with { type: 'json' }
import catalogue from '../../schemas/catalogue.json' with { type: 'json' }
import { temporaryFolder } from '../support/folder.ts'
import { blocksOf, readSitePage, sitePages } from '../support/site-blocks.ts'

/** The documentation site as it is built: what stands on it, and where its links lead. */

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let pages: ReadonlyMap<string, string>

beforeAll(async () => {
  folder = await temporaryFolder()
  const site = join(folder.path, 'site')
  await buildSite(site)
  const paths = readdirSync(site, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.(?:html|css|js|svg)$/.test(path),
  )
  pages = new Map(paths.map((path) => [path, readFileSync(join(site, path), 'utf8')]))
})
afterAll(() => folder[Symbol.asyncDispose]())

const htmlPages = (): readonly (readonly [path: string, text: string])[] =>
  [...pages].filter(([path]) => path.endsWith('.html'))

test('each page is there in both languages, and the switch leads from one to the other', () => {
  const english = [...pages.keys()].filter((path) => path.startsWith('en/')).map((path) => path.slice(3))
  const french = [...pages.keys()].filter((path) => path.startsWith('fr/')).map((path) => path.slice(3))
  expect(english.length).toBeGreaterThan(60)
  expect(french.toSorted()).toEqual(english.toSorted())
  for (const path of english) {
    expect(pages.get(`en/${path}`)).toContain(`fr/${path}" lang="fr"`)
    expect(pages.get(`fr/${path}`)).toContain(`en/${path}" lang="en"`)
  }
})

test('every link leads to a page and a heading that there are, and none out of the folder', () => {
  const anchors = new Map(
    htmlPages().map(([path, text]) => [path, new Set([...text.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id))]),
  )
  const broken = htmlPages().flatMap(([path, text]) =>
    [...text.matchAll(/\b(?:href|src|action)="([^"]*)"/g)].flatMap(([, href = '']) => {
      if (href.startsWith('https://')) return []
      const [target = '', anchor] = href.split('#')
      const file = target === '' ? path : join(dirname(path), target)
      const isThere = pages.has(file) && (anchor === undefined || anchors.get(file)?.has(anchor) === true)
      return isThere ? [] : [`${path}: ${href}`]
    }),
  )
  expect(broken).toEqual([])
})

test('no page has script or style within it, nor two elements of one id', () => {
  for (const [path, text] of htmlPages()) {
    expect(text, path).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=|javascript:/i)
    const ids = [...text.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id)
    expect(ids.length, `${path}: ${ids.filter((id, at) => ids.indexOf(id) !== at).join()}`).toBe(new Set(ids).size)
  }
})

test('each type, code list and problem has its place, in the words of its table', () => {
  const { types = [], version = '' } = catalogue.releases.find(({ status }) => status === 'current') ?? {}
  for (const type of types) {
    const page = pages.get(`en/types/${type}.html`) ?? ''
    expect(page).toContain(`<code>${type}</code>, release of the schemas ${version}`)
    expect(page).toMatch(/<svg [^]*<title[^>]*>.+<\/title>\s*<desc[^>]*>.+<\/desc>/)
    expect(page).toContain('&quot;schemaVersion&quot;: &quot;1.2&quot;')
  }
  expect(pages.get('fr/types/referral.html')).toContain('Éléments de danger ou d’inquiétude')
  expect(pages.get('en/codes.html')).toContain('<code>separated-from-carers</code>')
  for (const [code, { remedy }] of Object.entries(problems)) {
    expect(pages.has(`problems/${code}/index.html`), code).toBe(true)
    for (const language of ['en', 'fr'] as const) {
      const [start = ''] = remedy[language].split('`')
      expect(pages.get(`${language}/problems/${code}.html`)).toContain(start)
    }
  }
})

describe('no French page is silently in English', () => {
  test('what is there in English only says so, and is marked for those who hear it', () => {
    for (const slug of ['api-agency', 'protocol-whole']) {
      const page = pages.get(`fr/${slug}.html`) ?? ''
      expect(page, slug).toContain('Ce texte n’existe qu’en anglais')
      expect(page, slug).toContain('<div lang="en">')
    }
  })

  test('the pages that are written for the site are the same in both languages', () => {
    expect(sitePages('fr')).toEqual(sitePages('en'))
  })
})

test('the partner’s edition has its worked example, and nothing of what operators do', () => {
  const text = partnerBlocks(readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8'))
    .map((block) => block.text)
    .join('\n')
  expect(text).toContain('## One exchange, from beginning to end')
  expect(text).toContain('-----BEGIN CERTIFICATE-----')
  expect(text).not.toMatch(/\/api\/overview|PASSERELLE_TRUST|npm run rotate/)
  expect(() => partnerBlocks('# Another protocol\n')).toThrow(/has no «/)
})

describe('what is translated passage by passage', () => {
  const document = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
  const translation = new Map(
    ['protocol', 'evidence'].flatMap((slug) => [...readTranslation(document(`docs/site/_includes/${slug}.fr.md`))]),
  )
  const blocks = [
    ...partnerBlocks(document('docs/protocol.md')),
    ...splitBlocks(document('docs/evidence.md').replace(/^# .*\n/, '')),
  ].filter(({ isCode }) => !isCode)

  test('says what the English says of every name, value and address', () => {
    const code = (text: string) => (text.match(/`[^`]+`/g) ?? []).map((one) => one.replaceAll(/\s+|<[^>]*>/g, ''))
    const lost = blocks.flatMap(({ text }) => {
      const french = translation.get(markOf(text))
      if (french === undefined) return []
      const there = new Set(code(french))
      return code(text).filter((one) => !there.has(one))
    })
    expect(translation.size).toBeGreaterThan(450)
    expect(lost.filter((one) => !/^`[a-z0-9-]*\/?`?$/.test(one))).toEqual([])
  })

  test('says what is not translated yet in English, as such, and that it does', () => {
    const [first, ...rest] = blocks
    expect(rest.length).toBeGreaterThan(300)
    const { blocks: made, missing } = translate(first ? [first] : [], new Map())
    expect(missing).toEqual([first?.text])
    expect(sayEnglish(`<p>${made[0]?.text}</p>`)).toMatch(/^<p lang="en" data-untranslated>The wire contract/)
    const row = { text: '| 404 | `gone` | it is not here |', section: '', after: '\n', isCode: false } as const
    expect(translate([row], new Map()).blocks[0]?.text.split('\uE000')).toHaveLength(4)
    expect(pages.get('fr/evidence.html')).toMatch(/<h2 id="what-is-in-it"[^>]*>Ce qu’il contient</)
  })

  test('is whole again when it is put together', () => {
    const protocol = document('docs/protocol.md')
    expect(joinBlocks(splitBlocks(protocol)).trimEnd()).toBe(protocol.replaceAll(/\n{3,}/g, '\n\n').trimEnd())
  })
})

describe.each(['en', 'fr'] as const)('in %s', (language) => {
  const blocks = sitePages(language).flatMap((page) =>
    blocksOf(readSitePage(language, page)).map((block) => ({ page, ...block })),
  )

  test('every block says what is done with it', () => {
    const marks: Readonly<Record<string, RegExp>> = {
      sh: /^(?:road|then|file=\S+)/,
      ts: /^file=\S+$/,
      json: /^(?:message|registry)/,
      text: /^output$/,
    }
    const unmarked = blocks.filter(({ language: kind, words }) => marks[kind]?.test(words.join(' ')) !== true)
    expect(unmarked.map(({ page, text }) => `${page}: ${text}`)).toEqual([])
  })

  test('every message and registry file in it is valid', async () => {
    const examples = blocks.filter(({ language: kind }) => kind === 'json')
    expect(examples.length).toBeGreaterThan(1)
    for (const { words, text } of examples) {
      const value: unknown = JSON.parse(text.replaceAll('NEW-ID', '01a20ea6-f1d3-7208-81fb-96ee73443308'))
      expect(words.includes('message') ? validate(value as never) : faultsOfRegistry(value)).toEqual([])
    }
  })

  test('what is searched for is found by whole pages and headings', () => {
    const index =
      /^globalThis\.documentation = (\[.*\])\n$/s.exec(pages.get(`assets/index-${language}.js`) ?? '')?.[1] ?? '[]'
    const parts = JSON.parse(index) as { at: string; heading: string; text: string }[]
    expect(parts.length).toBeGreaterThan(400)
    for (const { at } of parts) expect(pages.has(`${language}/${at.split('#')[0]}`), at).toBe(true)
    expect(parts.some(({ text }) => text.includes('SubmissionAcceptance'))).toBe(true)
  })
})

function faultsOfRegistry(value: unknown): readonly unknown[] {
  const judge = new Ajv2020({ strict: false, allErrors: true }).compile(registry)
  judge(value)
  return judge.errors ?? []
}
