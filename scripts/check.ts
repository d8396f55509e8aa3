// `npm run check`: everything that can be known about the code without starting a service, in one line each.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpus } from 'node:os'
import { delimiter, join } from 'node:path'

type Check = { readonly name: string; readonly command: readonly string[] }

const ROOT = join(import.meta.dirname, '..')

/** The longest first, so that the short ones fill what is left of the last processor. */
const CHECKS: readonly Check[] = [
  { name: 'unit tests', command: ['vitest', 'run', '--project', 'unit', '--reporter', 'dot'] },
  { name: 'lint', command: ['oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'types', command: ['tsc', '--project', '.', '--checkers', '1'] },
  { name: 'desk types', command: ['tsc', '--project', 'desk', '--checkers', '1'] },
  { name: 'its worker', command: ['tsc', '--project', 'desk/worker', '--checkers', '1'] },
  { name: 'dead code', command: ['knip', '--no-progress'] },
  { name: 'format', command: ['biome', 'format', '.'] },
]

/**
 * Compiler and lint are Go programs that live for seconds: they need not tidy their memory often. Properties that take long are
 * tried less often than in `npm test`.
 */
const THRIFTY = { GOGC: '400', PASSERELLE_CHECK: 'quick' }

const started = performance.now()
const waiting = [...CHECKS]
const results: boolean[] = []
await Promise.all(Array.from({ length: Math.max(2, cpus().length) }, work))
process.stdout.write(`${results.every(Boolean) ? 'all good' : 'NOT good'}, ${seconds(started)}\n`)
process.exitCode = results.every(Boolean) ? 0 : 1

async function work(): Promise<void> {
  for (let check = waiting.shift(); check; check = waiting.shift()) results.push(await run(check))
}

async function run({ name, command }: Check): Promise<boolean> {
  const begun = performance.now()
  const [program = '', ...words] = command
  const path = `${join(ROOT, 'node_modules', '.bin')}${delimiter}${process.env['PATH'] ?? ''}`
  const child = spawn(program, words, {
    cwd: ROOT,
    env: { ...process.env, PATH: path, NO_COLOR: '1', ...THRIFTY },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text))
  await once(child, 'close')
  const good = child.exitCode === 0
  process.stdout.write(
    `${good ? 'ok  ' : 'FAIL'} ${name.padEnd(10)} ${seconds(begun)}\n${good ? '' : `${said.trimEnd()}\n`}`,
  )
  return good
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`
}
