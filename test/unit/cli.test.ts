import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commands } from '../../sdk/cli/commands.ts'
import { parse } from '../../sdk/cli/command.ts'
import { exits } from '../../sdk/cli/exit.ts'
import { failed } from '../../sdk/cli/knock.ts'
import { profiles } from '../../sdk/forms/published.ts'
import { examplesOf, validate } from '../../sdk/index.ts'
import { temporaryFolder } from '../support/folder.ts'
import { passerelle } from '../support/passerelle.ts'

/** What of the command line needs no gateway. */

let folder: Awaited<ReturnType<typeof temporaryFolder>>
const at = (name: string): string => join(folder.path, name)
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(async () => {
  await folder[Symbol.asyncDispose]()
})

describe.each(commands.map((command) => [command.name, command] as const))('%s', (name, command) => {
  test('has help in both languages, with an example that it takes', async () => {
    for (const lang of ['en', 'fr'] as const) {
      const { exit, out } = await passerelle(['help', name, '--lang', lang])
      expect(exit).toBe(exits.done)
      expect(out).toContain(command.example)
      for (const option of Object.keys(command.options)) expect(out).toContain(`--${option}`)
      expect((await passerelle([name, '--help', '--lang', lang])).out).toBe(out)
    }
    const words = (/passerelle (.*?)\)?$/.exec(command.example)?.[1] ?? '').split(/ (?=(?:[^"]*"[^"]*")*[^"]*$)/)
    expect(words[0]).toBe(name)
    const { length } = parse(command, words.slice(1)).words
    expect(length).toBeGreaterThanOrEqual(command.count[0])
    expect(length).toBeLessThanOrEqual(command.count[1])
  })

  test('refuses what it does not know', async () => {
    expect((await passerelle([name, '--no-such-option'])).exit).toBe(exits.usage)
    if (command.count[1] === 0) expect((await passerelle([name, 'word'])).exit).toBe(exits.usage)
  })
})

test('the overview lists the commands and exit codes; another word is none of them', async () => {
  const { out, exit } = await passerelle([])
  expect(exit).toBe(exits.done)
  for (const { name } of commands) expect(out).toContain(`  ${name}`)
  for (const code of Object.values(exits)) expect(out).toContain(`  ${code}`)
  expect(await passerelle(['no-such'])).toMatchObject({
    exit: exits.usage,
    err: expect.stringContaining('No command no-such') as string,
  })
})

describe('the language', () => {
  test.each([
    [{ LANG: 'fr_FR.UTF-8' }, 'Utilisation'],
    [{ LANG: 'fr_FR.UTF-8', LC_ALL: 'en_GB.UTF-8' }, 'Usage'],
    [{ LANG: 'C.UTF-8' }, 'Usage'],
    [{}, 'Usage'],
  ])('is that of %j', async (env, word) => {
    expect((await passerelle(['help'], { env })).out).toContain(word)
  })
})

describe('validate', () => {
  test('says each fault with its pointer in the terminal’s language, and each slip', async () => {
    const [example] = examplesOf('referral')
    await writeFile(at('good.json'), JSON.stringify(example))
    await writeFile(at('bad.json'), JSON.stringify({ ...example, priority: 'soon' }))
    expect(await passerelle(['validate', at('good.json')])).toMatchObject({ exit: exits.done })
    const english = await passerelle(['validate', at('bad.json')])
    expect(english.exit).toBe(exits.invalid)
    expect(english.out).toContain('/priority  must be one of the codes of the list: immediate, urgent, routine')
    expect((await passerelle(['validate', at('bad.json'), '--lang', 'fr'])).out).toContain(
      '/priority  doit être l’un des codes',
    )
  })

  test('takes folders, and says the same as JSON', async () => {
    await mkdir(at('many/deep'), { recursive: true })
    await writeFile(at('many/deep/all.json'), JSON.stringify(examplesOf('outcome')))
    await writeFile(at('many/other.txt'), 'not one')
    const { exit, json } = await passerelle(['validate', at('many'), '--json'])
    expect(exit).toBe(exits.done)
    expect((json as { messages: object[] }).messages).toHaveLength(examplesOf('outcome').length)
  })

  test('tells a file that is not there from one that is no message', async () => {
    await writeFile(at('words.json'), 'words')
    expect((await passerelle(['validate', at('nowhere.json')])).exit).toBe(exits.noInput)
    expect((await passerelle(['validate', at('words.json')])).exit).toBe(exits.invalid)
  })

  test('looks again when a file changes, until it is interrupted', async () => {
    const stop = new AbortController()
    await writeFile(at('watched.json'), JSON.stringify(examplesOf('referral')[0]))
    let out = ''
    const watching = passerelle(['validate', at('watched.json'), '--watch'], {
      signal: stop.signal,
      out: { write: (text) => void (out += text) },
    })
    await expect.poll(() => out).toContain('✓')
    await writeFile(at('watched.json'), '{}')
    await expect.poll(() => out).toContain('✗')
    stop.abort(new Error('enough'))
    await expect(watching).rejects.toThrow('enough')
  })
})

describe('new', () => {
  test.each(commands.find(({ name }) => name === 'new')?.completes as string[])(
    '%s: the example is valid',
    async (type) => {
      const { exit, json } = await passerelle([
        'new',
        type,
        '--example',
        '--from',
        'gb-ctac',
        '--to',
        'gb-ctac',
        '--json',
      ])
      expect(exit).toBe(exits.done)
      expect(validate(json)).toEqual([])
    },
  )

  /** What a patient person types: what fits, else one thing after the other. */
  function person(): { asked: string[]; answers: (question: string) => string } {
    const asked: string[] = []
    const tries = [
      'Semhar',
      '2016-12-10',
      '+441632960001',
      '15',
      'en',
      '01596a2f-7c00-7abc-8def-0123456789ab',
      'gb-ctac',
    ]
    const answers = (question: string): string => {
      const times = asked.filter((one) => one === question).length
      asked.push(question)
      if (/Enter: |Entrée/.test(question)) return ''
      if (/^number> |^numéro> /.test(question)) return '1'
      if (/one\? /.test(question)) return 'no'
      if (/yes\/no>/.test(question)) return 'yes'
      return question.startsWith('code> ') ? 'FRA' : (tries[times % tries.length] ?? '')
    }
    return { asked, answers }
  }
  const written = profiles().flatMap(({ id, types, for: { country } }) =>
    Object.keys(types).map((type) => [id, type, country === 'FR' || id === 'charity' ? 'fr-rys' : 'gb-ctac'] as const),
  )

  test.each(written)(
    'as %s asks for %s in the profile’s words, and again where an answer is not taken',
    async (profile, type, from) => {
      const { asked, answers } = person()
      const file = at(`${profile}-${type}.json`)
      const { exit, err } = await passerelle(
        ['new', type, '--profile', profile, '--from', from, '--to', 'gb-ctac', '--out', file],
        { answers },
      )
      expect(exit, err.slice(-500)).toBe(exits.done)
      expect(validate(JSON.parse(await readFile(file, 'utf8')))).toEqual([])
      expect((await stat(file)).mode & 0o777).toBe(0o600)
      for (const { ask } of profiles().find(({ id }) => id === profile)?.types[type]?.screens ?? [])
        if (type === 'referral' && !/goes well|How serious/.test(ask?.en ?? '')) expect(err).toContain(ask?.en ?? '')
      expect(asked.length).toBeLessThan(120)
    },
  )

  test('takes the profile of who writes, and fills in what it knows', async () => {
    const { answers } = person()
    const file = at('departement.json')
    await passerelle(['new', 'referral', '--from', 'fr-dep-62', '--to', 'gb-ctac', '--out', file, '--lang', 'fr'], {
      answers,
    })
    const { body } = JSON.parse(await readFile(file, 'utf8')) as { body: Record<string, Record<string, unknown>> }
    expect(body['dataProtection']).toMatchObject({ lawfulBases: ['public-task'], transferMechanism: 'eu-uk-adequacy' })
    expect(body['handling']?.['restrictions']).toContain('fr-professional-secrecy')
    expect(body['reason']?.['language']).toBe('fr')
  })

  test('knows its profiles', async () => {
    const { answers } = person()
    const { exit, err } = await passerelle(['new', 'outcome', '--profile', 'nobody', '--to', 'fr-rys'], { answers })
    expect(exit).toBe(exits.usage)
    expect(err).toContain('advice-centre')
  })

  test('knows its types', async () => {
    expect(await passerelle(['new', 'referal'])).toMatchObject({ exit: exits.usage })
  })
})

test('colours are for a terminal alone, and for nobody who wants none', async () => {
  const file = at('good.json')
  const colours = async (isTTY: boolean, env: Record<string, string>) => {
    let out = ''
    await passerelle(['validate', file], { env, out: { isTTY, write: (text) => void (out += text) } })
    return out.includes('\u001b[')
  }
  expect(await colours(true, {})).toBe(true)
  expect(await colours(true, { NO_COLOR: '1' })).toBe(false)
  expect(await colours(true, { TERM: 'dumb' })).toBe(false)
  expect(await colours(false, {})).toBe(false)
})

test('verify tells what an evidence bundle proves, in either language, and what is wrong with one that proves nothing', async () => {
  const vectors = join(import.meta.dirname, '../vectors/evidence/1')
  const words = ['verify', join(vectors, 'acknowledged.json'), '--trust', join(vectors, 'trust.json')]
  const french = await passerelle([...words, '--lang', 'fr', '--html', at('proof.html')])
  expect(french.exit, french.err).toBe(exits.done)
  expect(french.out).toMatch(/^✓ .*\p{L}/u)
  expect(await readFile(at('proof.html'), 'utf8')).toContain('<html lang="fr"')
  const bundle = await readFile(join(vectors, 'acknowledged.json'), 'utf8')
  await writeFile(
    at('changed.json'),
    bundle.replace('"version": 1', '"version": 2').replace('"version":1', '"version":2'),
  )
  expect(await passerelle(['verify', at('changed.json'), ...words.slice(2)])).toMatchObject({
    exit: exits.invalid,
    err: expect.stringContaining('bundle-version') as string,
  })
})

test('what a message says cannot drive the terminal', async () => {
  const [example] = examplesOf('information-request')
  const [question] = example.body.questions
  const questions = [{ ...question, text: { text: 'red \u001b[31m and \u202e turned', language: 'en' } }]
  await writeFile(at('sly.json'), JSON.stringify({ ...example, body: { ...example.body, questions } }))
  const { out } = await passerelle(['read', at('sly.json')])
  expect(out).toContain('red �[31m and � turned')
})

test.each([
  'ENOTFOUND',
  'ECONNREFUSED',
  'ETIMEDOUT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'ECONNRESET',
])('doctor says what %s means, and what to do', (code) => {
  expect(failed(code)).toMatchObject({ state: 'bad', exit: exits.unreachable })
  expect(failed(code).remedy?.fr).toBeTruthy()
})

test('a configuration that cannot be used is told by the file that is at fault', async () => {
  await writeFile(at('half.json'), '{"gateway": "https://localhost"}')
  await writeFile(
    at('plain.json'),
    JSON.stringify({
      gateway: 'http://localhost',
      agency: 'fr-rys',
      anchors: 'a',
      tls: { certificate: 'a', key: 'b' },
      signing: { certificate: 'a', key: 'b' },
    }),
  )
  for (const [name, word] of [
    ['half.json', '/agency'],
    ['plain.json', '/gateway'],
    ['none.json', 'ENOENT'],
  ] as const) {
    const { exit, err } = await passerelle(['inbox', '--config', at(name)])
    expect(exit).toBe(exits.configuration)
    expect(err).toContain(word)
  }
})
