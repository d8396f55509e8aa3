import { spawn } from 'node:child_process'
import { existsSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { until } from '../support/gateway.ts'
import { makePipe } from '../support/pipe.ts'
import { runProcess } from '../support/process.ts'

const LOGGER = join(import.meta.dirname, '../../gateway/base/logger.ts')
/** More than may wait; a log's lines come in ones and twos, so a target that takes them is given fewer at once. */
const LINES = 20_000
const FEW = 2_000
const isLinux = process.platform === 'linux'

let folder: TemporaryFolder
beforeEach(async () => {
  folder = await temporaryFolder()
})
afterEach(() => folder.remove())

/** Logs lines, gives what is written time to be, says how many were dropped and ends; that it does shows that nothing blocks. */
const SCRIPT = `
  import { writeFileSync } from 'node:fs'
  const { createLog } = await import(${JSON.stringify(LOGGER)})
  const [count, said] = process.argv.slice(-2)
  const log = createLog()
  for (let line = 0; line < Number(count); line += 1)
    log.info({ line }, 'a line that is some hundred bytes long, as most are')
  setTimeout(() => {
    writeFileSync(said, process.pid + ' ' + log.dropped())
    log.error({}, 'the last words but one')
    log.error({}, 'the last words')
    process.exit(0)
  }, 500)
`

type Said = { readonly dropped: number; readonly stderr: string }

async function run(count: number, stderr?: number): Promise<Said> {
  const said = join(folder.path, 'said')
  const words = ['--input-type=module', '--eval', SCRIPT, '--', `${count}`, said]
  const ended = await runProcess(words, {}, { withinMs: 15_000, ...(stderr !== undefined && { stderr }) })
  expect(ended.code).toBe(0)
  return { dropped: Number(readFileSync(said, 'utf8').split(' ')[1]), stderr: ended.stderr }
}

it('writes every line, the last one too, where there is room', async () => {
  const file = join(folder.path, 'log')
  expect(await run(FEW, openSync(file, 'a'))).toEqual({ dropped: 0, stderr: '' })
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg).at(-1)).toBe('the last words')
  expect(lines).toHaveLength(FEW + 2)
})

it('drops and counts every line where the disk is full', async () => {
  expect((await run(LINES, openSync('/dev/full', 'w'))).dropped).toBe(LINES)
})

it('drops and counts every line where the reader has gone', async () => {
  const pipe = makePipe(folder.path, 'pipe')
  pipe.closeReader()
  expect((await run(LINES, pipe.writer)).dropped).toBe(LINES)
})

it('keeps a bounded number of lines where a pipe stalls, drops the others, and ends all the same', async () => {
  const pipe = makePipe(folder.path, 'pipe')
  pipe.fill()
  const { dropped } = await run(LINES, pipe.writer)
  expect(dropped).toBeGreaterThan(LINES / 4)
  expect(dropped).toBeLessThan(LINES)
})

it('reaches a reader whole', async () => {
  const { dropped, stderr } = await run(FEW)
  expect(dropped).toBe(0)
  const lines = stderr.trimEnd().split('\n')
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg).at(-1)).toBe('the last words')
  expect(lines).toHaveLength(FEW + 2)
})

/** Whether a process has ended. Where its halted parent has not taken its exit code, it stays as a zombie. */
function hasEnded(pid: number): boolean {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH') return true
    throw cause
  }
}

it.runIf(isLinux)('drops and ends in the same way where somebody has halted the terminal', async () => {
  const [script, there, go, said] = ['script.mjs', 'there', 'go', 'said'].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
    string,
  ]
  const untilToldTo = `import { existsSync } from 'node:fs'
    writeFileSync(${JSON.stringify(there)}, '')
    while (!existsSync(${JSON.stringify(go)})) await new Promise((resolve) => setTimeout(resolve, 10))`
  writeFileSync(script, `${untilToldTo}\n${SCRIPT}`)
  const command = `'${process.execPath}' '${script}' ${LINES} '${said}'`
  const terminal = spawn('script', ['-qfc', command, '/dev/null'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  terminal.stdout.resume()
  try {
    await until(() => existsSync(there))
    terminal.kill('SIGSTOP')
    writeFileSync(go, '')
    await until(() => existsSync(said) && readFileSync(said, 'utf8') !== '')
    const [pid, dropped] = readFileSync(said, 'utf8').split(' ')
    expect(Number(dropped)).toBeGreaterThan(LINES / 4)
    await until(() => hasEnded(Number(pid)))
  } finally {
    if (terminal.pid !== undefined) process.kill(-terminal.pid, 'SIGKILL')
  }
})
