import { createHash, verify, X509Certificate } from 'node:crypto'
import { existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import registry from '../../schemas/agencies.schema.json' with { type: 'json' }
import catalogue from '../../schemas/catalogue.json' with { type: 'json' }
import pathway from '../../schemas/pathway.json' with { type: 'json' }
import * as browser from '../../sdk/browser.ts'
import { commands } from '../../sdk/cli/commands.ts'
import * as sdk from '../../sdk/index.ts'
import { createMetrics } from '../../gateway/base/metrics.ts'
import { problems } from '../../gateway/protocol/problems.ts'
import { alarmWords, remedyOf } from '../../gateway/operations/alarm-words.ts'
import { reasons } from '../../gateway/operations/health.ts'
import { metricsOf } from '../../witness/status.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'sdk/README.md',
  'sdk/README.fr.md',
  'certs-dev/README.md',
  'bench/README.md',
  'schemas/README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]
const protocol = read('docs/protocol.md')

/** The text of the protocol's section of this number. */
function section(number: number): string {
  const [, text = ''] = protocol.split(new RegExp(`^## ${number}\\. `, 'm'))
  return text.split(/^## /m, 1)[0] ?? ''
}

/** Places that a run makes, and a folder of the protocol that is not in the repository. */
const MADE = /^(?:certs-dev\/out|bench\/out|docs\/site\/dist)(?:\/|$)/
const NOT_A_SCRIPT = new Set(['ci', 'exec', 'install', 'pack', 'run'])

describe.each(pages)('%s', (page) => {
  const text = read(page)

  test('names only files that there are', () => {
    const named = [
      ...text.matchAll(
        /`((?:gateway|adapters|schemas|sdk|tlog|witness|monitor|certs-dev|demo|topology|bench|scripts|test|docs)\/[^`<>{*\s]+)`/g,
      ),
    ]
    const missing = named
      .map(([, path = '']) => path)
      .filter((path) => !MADE.test(path) && !existsSync(join(ROOT, path)))
    expect(missing).toEqual([])
  })

  test('links only to pages and headings that there are', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)]
    const broken = links.filter(([, path = '', anchor]) => {
      const file = path === '' ? page : join(dirname(page), path)
      return !existsSync(join(ROOT, file)) || (anchor !== undefined && !anchors(read(file)).has(anchor))
    })
    expect(broken.map(([link]) => link)).toEqual([])
  })

  test('gives only commands that there are', () => {
    const commands = [...text.matchAll(/(?:`|^ *|&& )npm (?:run )?([a-z][a-z:]*)/gm)].map(([, name = '']) => name)
    const known = new Set([...Object.keys(manifest.scripts), ...NOT_A_SCRIPT])
    expect(commands.filter((name) => !known.has(name))).toEqual([])
  })
})

/** A heading's anchor, as the hosts of repositories make it. */
function anchors(markdown: string): ReadonlySet<string> {
  const headings = [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading)
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} -]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}

test('the README’s two commands are those that are run', () => {
  const readme = read('README.md')
  expect(readme).toContain('\nnpm ci && npm run demo\n')
  expect(readme).toContain('\nnpm ci && npm test\n')
})

test('each picture of the console stands in the README: every page in both languages, for a desk and a telephone', () => {
  const pictures = readdirSync(join(ROOT, 'docs/pictures'))
    .filter((file) => !file.startsWith('desk-'))
    .toSorted()
  const shown = [...read('README.md').matchAll(/\(docs\/pictures\/((?!desk-)[^)]+)\)/g)].map(([, file = '']) => file)
  expect(shown.toSorted()).toEqual(pictures)
  const names = new Set(pictures.map((file) => file.split('-')[0]))
  const ways = ['desktop-en', 'desktop-fr', 'telephone-en', 'telephone-fr']
  expect(pictures).toEqual([...names].flatMap((name) => ways.map((way) => `${name}-${way}.png`)).toSorted())
})

test('each picture of the desk stands in a README, in its language, and no other does', () => {
  const pictures = readdirSync(join(ROOT, 'docs/pictures')).filter((file) => file.startsWith('desk-'))
  const shownIn = (page: string): string[] =>
    [...read(page).matchAll(/docs\/pictures\/(desk-[^)]+)\)/g)].map(([, file = '']) => file)
  const pages = ['README.md', 'desk/README.md', 'desk/README.fr.md']
  expect([...new Set(pages.flatMap(shownIn))].toSorted()).toEqual(pictures.toSorted())
  expect(shownIn('desk/README.fr.md').filter((file) => !file.endsWith('-fr.png'))).toEqual([])
  for (const file of pictures) expect(statSync(join(ROOT, 'docs/pictures', file)).size).toBeLessThan(80 * 1_024)
})

test('section 4 of the protocol has each problem with its status, and no other', () => {
  const rows = [...section(4).matchAll(/^\| (\d{3}) \| `([a-z-]+)` \|/gm)].map(([, status, code]) => [
    code,
    Number(status),
  ])
  expect(new Set(rows.map(([code]) => code)).size).toBe(rows.length)
  expect(Object.fromEntries(rows)).toEqual(
    Object.fromEntries(Object.entries(problems).map(([code, { status }]) => [code, status])),
  )
})

test('section 11 of the protocol has each call of the operators’ API', () => {
  const sources = globSync('gateway/http/operations/*.ts', { cwd: ROOT }).map(read).join('\n')
  const served = [...sources.matchAll(/\bserver\.([a-z]+)\(\s*'(\/api\/[^']*)'/g)].map(
    ([, method = '', path = '']) => `${method.toUpperCase()} ${path.replaceAll(/:(\w+)/g, '<$1>')}`,
  )
  expect(served.length).toBeGreaterThan(3)
  const named = [...section(11).matchAll(/^\| `([A-Z]+ \/api\/[^`?]*)/gm)].map(([, call = '']) => call)
  expect(served.filter((call) => !named.includes(call))).toEqual([])
})

test('section 5 of the protocol is the pathway that the gateway loads', () => {
  const rows = section(5).matchAll(/^\| `([a-z-]+)` \| (.+?) → (.+?) \|(.*?)\|/gm)
  const published = [...rows].map(([, type, from = '', rest = '', answers = '']) => ({
    type,
    from: parties(from),
    to: parties(rest.split('; ', 1)[0] ?? ''),
    also: rest
      .split('; ')
      .slice(1)
      .map((pair) => pair.split(' → ').map(parties))
      .map(([senders, recipients]) => ({ from: senders, to: recipients })),
    answers: [...answers.matchAll(/`([a-z-]+)`/g)].map(([, answered]) => answered),
    answerRequired: answers.includes('`') && !answers.includes('optional'),
  }))
  expect(published).toEqual(
    pathway.rows.map(({ type, from, to, also = [], answers, answerRequired }) => {
      return { type, from, to, also, answers, answerRequired }
    }),
  )
})

function parties(words: string): string | string[] {
  if (words === 'any') return 'any'
  return words.startsWith('any that took part') ? 'participant' : words.split(', ')
}

describe('the protocol’s example', () => {
  const [example = '', appendix = ''] = [/^## One exchange/m, /^## The example's certificates/m].map(
    (start) => protocol.split(start)[1]?.split(/^## /m, 1)[0],
  )
  const certificates = (appendix.match(/-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----/g) ?? []).map(
    (pem) => new X509Certificate(pem),
  )
  const jws = [...example.matchAll(/^eyJ[\w-]+\n(?:[\w.-]+\n)+/gm)].map(([folded]) => folded.replaceAll('\n', ''))
  const [message = '', acceptance = '', acknowledgement = '', handover = ''] = jws
  const part = (compact: string, place: number) =>
    JSON.parse(Buffer.from(compact.split('.')[place] ?? '', 'base64url').toString()) as Record<string, unknown>

  test('has four signatures, and each verifies with the certificate that it names', () => {
    expect(jws).toHaveLength(4)
    for (const compact of jws) {
      const [header = '', payload = '', signature = ''] = compact.split('.')
      const signer = certificates.find((one) => hashOf(one.raw) === part(compact, 0)['x5t#S256'])
      const key = signer && ({ key: signer.publicKey, dsaEncoding: 'ieee-p1363' } as const)
      const input = Buffer.from(`${header}.${payload}`)
      expect(key && verify('sha256', input, key, Buffer.from(signature, 'base64url'))).toBe(true)
    }
  })

  test('has receipts of that message, and the last one carries that acknowledgement', () => {
    const digest = `sha-256:${hashOf(message)}`
    expect(part(acceptance, 1)).toMatchObject({ event: 'SubmissionAcceptance', messageDigest: digest })
    expect(part(acknowledgement, 1)).toMatchObject({ outcome: 'accepted', messageDigest: digest })
    expect(part(handover, 1)).toMatchObject({ event: 'ContentHandover', messageDigest: digest, acknowledgement })
  })

  test('shows what the signed bytes say', () => {
    const shown = [...example.matchAll(/```json\n([^]+?)```/g)].flatMap(([, text = '']) => {
      const lines = text.startsWith('{\n') ? [text] : text.trim().split('\n')
      return lines.map((line) => JSON.parse(line) as object)
    })
    expect(shown).toContainEqual(part(message, 0))
    expect(shown).toContainEqual(part(message, 1))
    expect(shown).toContainEqual(part(acceptance, 1))
    expect(shown).toContainEqual(part(acknowledgement, 1))
    expect(shown).toContainEqual({ ...part(handover, 1), acknowledgement: '(the compact JWS above)' })
    for (const length of example.matchAll(/Content-Length: (\d+)\n\n([\w.\n-]+)```/g))
      expect(length[2]?.replaceAll('\n', '')).toHaveLength(Number(length[1]))
  })
})

function hashOf(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('base64url')
}

test('operating.md has a section for every alarm, which says what it means and what to do', () => {
  const [, after = ''] = read('docs/operating.md').split('\n## Alarms\n')
  const [chapter = ''] = after.split('\n## ', 1)
  const sections = chapter.split('\n### ').slice(1)
  expect(sections.map((text) => text.slice(0, text.indexOf('\n')))).toEqual(Object.keys(alarmWords))
  const short = sections.filter((text) => !/\n\*\*Means:\*\* .+\n\*\*Do:\*\* .+/s.test(text))
  expect(short.map((text) => text.split('\n', 1)[0])).toEqual([])
})

test('what every alarm means, and what to do, is in English and in French', () => {
  for (const code of Object.keys(alarmWords)) {
    const { en = '', fr = '' } = remedyOf(code) ?? {}
    expect(en.length, code).toBeGreaterThan(10)
    expect(fr.length, code).toBeGreaterThan(10)
    expect(fr, code).not.toBe(en)
  }
})

test('every alarm that the gateway raises has its remedy', () => {
  const files = globSync('gateway/**/*.ts', { cwd: ROOT })
  const raised = files.flatMap((path) => [...read(path).matchAll(/\{ code: '([a-z-]+)', (?:subject\b|agency)/g)])
  expect(raised.length).toBeGreaterThan(5)
  const codes = [...raised.map(([, code = '']) => code), ...reasons.filter((reason) => reason !== 'stopping')]
  expect(codes.filter((code) => !Object.hasOwn(alarmWords, code))).toEqual([])
})

test('operating.md and section 11 of the protocol have each reason why the gateway is not ready', () => {
  const codesIn = (text: string) => [...text.matchAll(/`([a-z-]+)`/g)].map(([, code = '']) => code).toSorted()
  const [, table = ''] = read('docs/operating.md').split('\n| reason | you do |\n| --- | --- |\n')
  const rows = [...(table.split('\n\n', 1)[0] ?? '').matchAll(/^\| (.*?) \|/gm)].map(([, codes]) => codes).join()
  const [, listed = ''] = /`\/health\/ready` writes[^;]*; reasons are ([^.]*)\./.exec(section(11)) ?? []
  expect(codesIn(rows)).toEqual([...reasons].toSorted())
  expect(codesIn(listed)).toEqual([...reasons].toSorted())
})

test('«Limits» of operating.md names each limit whose reaching is counted', () => {
  const [, declared = ''] =
    /^export type Limit =\n((?:  \| '[a-z-]+'\n)+)/m.exec(read('gateway/http/admission/overload.ts')) ?? []
  const limits = [...declared.matchAll(/'([a-z-]+)'/g)].map(([, limit = '']) => limit)
  const [, after = ''] = read('docs/operating.md').split('\n## Limits\n')
  const [table = ''] = after.split('\n## ', 1)
  const named = [...table.matchAll(/\(`([a-z-]+)`\)/g)].map(([, limit = '']) => limit)
  expect([...new Set(named)].toSorted()).toEqual(limits.toSorted())
})

/** A database's schema, not a metric. */
const NOT_A_METRIC = new Set(['passerelle_queue'])

test.each(pages)('%s names only metrics that there are', async (page) => {
  const metrics = (await createMetrics().registry.getMetricsAsJSON()).map(({ name }) => name)
  const ofWitness = metricsOf({ name: '', verifierKeys: [], logs: [], alarms: [] }, new Map()).matchAll(
    /^# TYPE (\S+)/gm,
  )
  metrics.push(...[...ofWitness].map(([, name = '']) => name))
  const named = [...read(page).matchAll(/`(passerelle_[a-z_]+)/g)].map(([, name = '']) => name)
  expect(named.filter((name) => !metrics.includes(name) && !NOT_A_METRIC.has(name))).toEqual([])
})

test('section 1 of the protocol names each kind of agency, and section 7 says where its messages go', () => {
  const kinds = registry.$defs.agency.properties.kind.enum
  const [, listed = ''] = /`kind` \(([^:]*): which adapter/.exec(section(1)) ?? []
  expect([...listed.matchAll(/`([a-z-]+)`/g)].map(([, kind]) => kind)).toEqual(kinds)
  for (const kind of kinds) expect(section(7), kind).toMatch(new RegExp(`^- \`${kind}\`[:,]`, 'm'))
})

test('whatever names the newest release, or counts its types, is of the catalogue', () => {
  const { version = '', types = [] } = catalogue.releases.at(-1) ?? {}
  const releases = catalogue.releases.map((release) => `\`${release.version}\``)
  expect(/(\d+) types, JSON Schema/.exec(read('README.md'))?.[1], 'README.md').toBe(String(types.length))
  expect(/schemaVersion: '([\d.]+)'/.exec(read('sdk/README.md'))?.[1], 'sdk/README.md').toBe(version)
  const [, field = ''] = /^\| `schemaVersion` \|(.*)$/m.exec(section(3)) ?? []
  for (const [where, line] of [
    ['schemas/README.md', /^Releases: .*$/m.exec(read('schemas/README.md'))?.[0]],
    ['protocol section 3', field],
    ['protocol section 8', /^- Releases: .*$/m.exec(section(8))?.[0]],
  ])
    for (const release of releases) expect(line, `${where}`).toContain(release)
})

test.each(['sdk/README.md', 'sdk/README.fr.md'])('%s names every function and every command of the SDK', (page) => {
  const text = read(page)
  const client = sdk.openClient({
    url: 'https://localhost',
    tls: { cert: '', key: '' },
    ca: '',
    signer: { alg: 'ES256', key: { type: 'private' }, thumbprint: '' },
  })
  const functions = [...Object.keys(sdk), ...Object.keys(browser), ...Object.keys(client)]
  expect(functions.filter((name) => !text.includes(name))).toEqual([])
  expect(commands.filter(({ name }) => !text.includes(`\`${name}`)).map(({ name }) => name)).toEqual([])
})
