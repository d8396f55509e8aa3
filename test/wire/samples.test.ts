import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

/** The sample clients: each plays one child's whole pathway against a gateway, verifies every receipt, and judges the test vectors. */

const SAMPLES = join(import.meta.dirname, '../../samples')
const VECTORS = join(import.meta.dirname, '../vectors/signed')
/** Debian's, which has the library; a machine may have another Python besides. */
const PYTHON = '/usr/bin/python3'

let gateway: TestGateway
let classes: TemporaryFolder

beforeAll(async () => {
  classes = await temporaryFolder()
  const sources = (await readdir(join(SAMPLES, 'java'))).filter((file) => file.endsWith('.java'))
  const javac = ['-Xlint:all', '-Werror', '--release', '17', '-d', classes.path]
  expect(await run('javac', [...javac, ...sources.map((file) => join(SAMPLES, 'java', file))])).toBe('')
  gateway = await startGateway()
})

afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  await classes.remove()
})

/** Runs a program; gives all that it said. @throws where it does not end well */
async function run(program: string, words: readonly string[]): Promise<string> {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(program, words, { env: { PATH, HOME, LANG: 'C.UTF-8' }, stdio: ['ignore', 'pipe', 'pipe'] })
  const [said, wrong] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  if (child.exitCode !== 0)
    throw new Error(`${program} ${words.join(' ')} ended with ${child.exitCode}:\n${said}${wrong}`)
  return said + wrong
}

const clients: Readonly<Record<string, (what: 'Pathway' | 'Vectors', words: readonly string[]) => Promise<string>>> = {
  Python: (what, words) =>
    run(PYTHON, ['-B', '-W', 'error', join(SAMPLES, 'python', `${what.toLowerCase()}.py`), ...words]),
  Java: (what, words) =>
    run('java', ['-cp', classes.path, what, ...words, ...(what === 'Pathway' ? [join(SAMPLES, 'figure1')] : [])]),
  bash: (what, words) => run(join(SAMPLES, 'curl', `${what.toLowerCase()}.sh`), words),
}

describe.each(Object.entries(clients))('the client in %s', (_, client) => {
  test('plays the whole pathway, and verifies every receipt', async () => {
    const said = await client('Pathway', [gateway.url.replace('127.0.0.1', 'localhost'), gateway.pki.folder])
    expect(said).toContain('\nplayed: 17 messages, 51 receipts verified\n')
  }, 180_000)

  test('gives the verdict of every test vector', async () => {
    const vectors = (await readdir(VECTORS)).filter((name) => !/\.|^certificates$/.test(name))
    expect(await client('Vectors', [VECTORS])).toBe(`judged: ${vectors.length} vectors\n`)
  }, 60_000)
})
