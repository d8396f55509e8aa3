import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfiguration } from '../../sdk/configuration.ts'
import { CommandFault, exits } from '../../sdk/cli/exit.ts'
import { openClient } from '../../sdk/client.ts'
import { createReceiver } from '../../sdk/endpoint.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { passerelle } from '../support/passerelle.ts'
import { freePort } from '../support/port.ts'

/** The command as a partner runs it: a client that is a process of its own, an endpoint that was started by hand, and a person. */

const ROOT = join(import.meta.dirname, '../..')
const ADAPTER = `${process.execPath} ${join(ROOT, 'sdk/conformance/own/main.ts')}`

let folder: TemporaryFolder
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(async () => {
  await folder[Symbol.asyncDispose]()
})

const only = (...cases: readonly string[]) => cases.flatMap((id) => ['--only', id])
const run = (words: readonly string[], more: Parameters<typeof passerelle>[1] = {}) =>
  passerelle(['conformance', '--role', 'referrer', ...words], more)

describe('a client that is a process', () => {
  test('is driven over its standard streams, ended in the middle of things, and reported on', async () => {
    const report = join(folder.path, 'report')
    const chosen = ['retry-lost-answer', 'crash-while-acknowledging', 'push-stranger']
    const { exit, out } = await run(['--client', ADAPTER, ...only(...chosen), '--report', report])
    for (const id of chosen) expect(out).toContain(`✓ ${id}`)
    expect(exit).toBe(0)
    expect(await readFile(join(report, 'conformance.fr.html'), 'utf8')).toContain('Rapport de conformité')
    expect(await readFile(join(report, 'conformance.xml'), 'utf8')).toContain('tests="3" failures="0"')
    const { verdict, counts } = JSON.parse(await readFile(join(report, 'conformance.json'), 'utf8')) as {
      verdict: string
      counts: object
    }
    // Three cases are not the whole.
    expect({ verdict, counts }).toEqual({ verdict: 'incomplete', counts: { passed: 3, failed: 0, 'not-tried': 0 } })
  })

  test.each([
    ['ends', 'echo its last words >&2; exit 3', 'The adapter ended with 3. its last words'],
    ['talks nonsense', 'while read line; do echo nonsense; done', 'JSON'],
    ['says nothing', 'cat > /dev/null', 'within 1 s'],
  ])('fails where it %s', async (_, command, said) => {
    const { exit, out } = await run(['--client', command, '--limit', '1', ...only('sign-header')])
    expect(out).toContain('✗ sign-header')
    expect(out).toContain(said)
    expect(exit).toBe(65)
  })

  test('is left in the middle of a case where somebody has had enough', async () => {
    const stop = new AbortController()
    const adapter = join(folder.path, 'silent.sh')
    const begun = join(folder.path, 'begun')
    await writeFile(adapter, `read open; echo '{"done":{}}'; read command; touch ${begun}; cat > /dev/null\n`)
    const playing = run(['--client', `sh ${adapter}`, ...only('sign-header')], { signal: stop.signal })
    await expect.poll(() => existsSync(begun), { timeout: 20_000 }).toBe(true)
    stop.abort(new CommandFault(exits.interrupted, { en: '', fr: '' }))
    expect((await playing).exit).toBe(130)
  })

  test('is not tried where its adapter does not know the command', async () => {
    const adapter = join(folder.path, 'adapter.sh')
    await writeFile(adapter, 'read open; echo \'{"done":{}}\'; while read line; do echo \'{"unknown":true}\'; done\n')
    const { exit, out } = await run(['--client', `sh ${adapter}`, ...only('sign-header')])
    expect(out).toContain('– sign-header')
    expect(out).toContain('0 passed, 0 failed, 1 not tried')
    expect(exit).toBe(65)
  })
})

test('the sample client in Python is driven by its adapter, and is right', async () => {
  const chosen = ['sign-raw', 'retry-502-page', 'receipt-renewed-certificate', 'message-revoked', 'attachment-larger']
  const adapter = join(ROOT, 'samples/python/adapter.py')
  // Debian's, which has the library; a machine may have another Python besides.
  const { exit, out } = await run(['--client', `/usr/bin/python3 -B -W error ${adapter}`, ...only(...chosen)])
  for (const id of chosen) expect(out).toContain(`✓ ${id}`)
  expect(exit).toBe(0)
})

test('an endpoint that was started by hand is pushed to with keys that it was given, and judged by its answers', async () => {
  const keys = join(folder.path, 'keys')
  const [gateway, port] = [await freePort(), await freePort()]
  const chosen = ['push-taken', 'push-renewed-gateway', 'push-stranger', 'push-bad-signature', 'push-duplicate']
  const endpoint = Promise.withResolvers<{ close(): Promise<unknown> }>()
  const words = ['--endpoint', `https://localhost:${port}`, '--folder', keys, '--port', String(gateway)]
  const said: string[] = []
  const start = async () => {
    const configuration = await readConfiguration(join(keys, 'passerelle.json'))
    const client = openClient(configuration)
    const [cert, key] = await Promise.all(
      ['endpoint.crt', 'endpoint.key'].map((name) => readFile(join(keys, name), 'utf8')),
    )
    const receiver = createReceiver({
      ...configuration,
      client,
      tls: { cert: cert ?? '', key: key ?? '' },
      take: () => 'accepted' as const,
    })
    await receiver.listen(port, '127.0.0.1')
    endpoint.resolve({ close: () => Promise.all([receiver.close(), client.close()]) })
  }
  const err = {
    write: (text: string) => {
      said.push(text)
      if (text.includes('Start your endpoint')) start().catch(endpoint.reject)
    },
  }
  const { exit, out } = await run([...words, ...only(...chosen)], { err })
  await (await endpoint.promise).close()
  for (const id of chosen) expect(out).toContain(`✓ ${id}`)
  expect(exit).toBe(0)
  expect(said.join('')).toContain(keys)
})

test('without an adapter a person is told what to do, and asked what happened', async () => {
  const asked: string[] = []
  const answers = (question: string): string => {
    asked.push(question)
    if (question.startsWith('Send')) return 'no stale-message'
    return ''
  }
  const { exit, out } = await run(['--by-hand', ...only('inbox-empty', 'answer-not-json', 'push-taken')], { answers })
  expect(asked.join('\n')).toContain('Set your client up as fr-rys at https://localhost:')
  expect(asked.join('\n')).toContain('Let your client take what waits, and acknowledge it.')
  expect(out).toContain('✓ inbox-empty')
  expect(out).toContain('✓ answer-not-json')
  expect(out).toContain('– push-taken')
  expect(exit).toBe(65)
})
