import { generateKeyPairSync } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { expect, it, test } from 'vitest'
import { ConfigurationFault } from '../../gateway/base/config.ts'
import { ED25519_COSIGNATURE, verifierKeyOf } from '../../tlog/note.ts'
import { parseLogs } from '../../witness/logs.ts'
import { readWitnessSettings, settings } from '../../witness/settings.ts'
import { honestLog } from '../support/honest-log.ts'

const name = { WITNESS_NAME: 'witness.example/fr' }

it('has defaults for all but its name', () => {
  expect(readWitnessSettings({ ...name, PATH: '/bin', WITNESS_TLS_CERT: '' })).toEqual({
    name: 'witness.example/fr',
    host: '127.0.0.1',
    port: 8444,
    folder: 'witness-data',
    logsFile: 'witness-logs.json',
    tlsCert: undefined,
    tlsKey: undefined,
  })
})

test.each([
  [{}, 'WITNESS_NAME must be set'],
  [{ WITNESS_NAME: 'two words' }, 'WITNESS_NAME'],
  [{ WITNESS_NAME: 'a+b' }, 'WITNESS_NAME'],
  [{ ...name, WITNESS_PROT: '1' }, 'WITNESS_PROT is no setting'],
  [{ ...name, WITNESS_PORT: '65536' }, 'WITNESS_PORT'],
  [{ ...name, WITNESS_TLS_CERT: 'a' }, 'WITNESS_TLS_CERT and WITNESS_TLS_KEY'],
  [{ ...name, WITNESS_HOST: '0.0.0.0' }, 'WITNESS_HOST'],
  [{ ...name, WITNESS_HOST: '127.evil.example' }, 'WITNESS_HOST'],
])('%j is refused: %s', (env, reason) => {
  expect(() => readWitnessSettings(env)).toThrow(ConfigurationFault)
  expect(() => readWitnessSettings(env)).toThrow(reason)
})

it('is documented row by row in docs/operating.md, in both languages here', async () => {
  const page = await readFile(new URL('../../docs/operating.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `(WITNESS_[A-Z_]+)` \| (.*?) \| (.*?) \|$/gm)].map((row) => row.slice(1))
  expect(rows).toEqual(settings.map((row) => [row.name, row.default ? `\`${row.default}\`` : 'unset', row.meaning.en]))
  for (const { meaning } of settings) expect(meaning.fr).toMatch(/\.$/)
})

it('has a row in docs/operating.md for each alarm of the monitor', async () => {
  const page = await readFile(new URL('../../docs/operating.md', import.meta.url), 'utf8')
  const folder = new URL('../../monitor/', import.meta.url)
  const files = (await readdir(folder)).map((file) => readFile(new URL(file, folder), 'utf8'))
  const codes = (await Promise.all(files)).flatMap((text) => [...text.matchAll(/\balarm\(\s*'([a-z-]+)'/g)])
  const [, table = ''] = page.split('| alarm | means | do |')
  const rows = [...(table.split('\n\n')[0] ?? '').matchAll(/^\| (`.*?) \|/gm)].map(([, first = '']) => first)
  const told = rows.flatMap((first) => [...first.matchAll(/`([a-z-]+)`/g)]).map(([, code]) => code)
  expect(new Set(codes.map(([, code]) => code))).toEqual(new Set(told))
})

const { origin, verifierKeys } = honestLog()

it('takes the logs as a well-known document has them', () => {
  const text = JSON.stringify({ logs: [{ origin, verifierKeys, current: true }] })
  expect(
    parseLogs(text, 'f')
      .get(origin)
      ?.keys.map((key) => key.text),
  ).toEqual(verifierKeys)
  expect(parseLogs('{"logs": []}', 'f').size).toBe(0)
})

const cosigner = verifierKeyOf('w', ED25519_COSIGNATURE, generateKeyPairSync('ed25519').publicKey).text
test.each([
  ['nothing', '', 'f: is not JSON'],
  ['a list', '[]', 'f: /logs'],
  ['another member', JSON.stringify({ logs: [], more: 1 }), 'f: /logs'],
  ['no origin', JSON.stringify({ logs: [{ verifierKeys }] }), 'f: /logs/0/origin'],
  ['an origin with a line end', JSON.stringify({ logs: [{ origin: 'a\nb', verifierKeys }] }), 'f: /logs/0/origin'],
  ['a log twice', JSON.stringify({ logs: [1, 2].map(() => ({ origin, verifierKeys })) }), 'f: /logs/1/origin'],
  ['no keys', JSON.stringify({ logs: [{ origin, verifierKeys: [] }] }), 'f: /logs/0/verifierKeys'],
  ['a key that is none', JSON.stringify({ logs: [{ origin, verifierKeys: ['x'] }] }), 'f: /logs/0/verifierKeys/0'],
  [
    'a witness’s key',
    JSON.stringify({ logs: [{ origin, verifierKeys: [cosigner] }] }),
    'verifierKeys/0 is no key of a log',
  ],
  ['a member of a log that nobody knows', JSON.stringify({ logs: [{ origin, verifierKeys, key: 1 }] }), 'f: /logs/0'],
])('a file of logs with %s is refused', (_what, text, reason) => {
  expect(() => parseLogs(text, 'f')).toThrow(reason)
})
