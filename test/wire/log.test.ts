import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Configuration, openConfiguration } from '../support/configuration.ts'
import { until } from '../support/gateway.ts'
import { ask } from '../support/operations.ts'
import { makePipe } from '../support/pipe.ts'
import { freePort } from '../support/port.ts'
import { startProcess } from '../support/process.ts'

const MAIN = join(import.meta.dirname, '../../gateway/main.ts')
const STOP_MS = 30_000

let configuration: Configuration
beforeAll(async () => {
  configuration = await openConfiguration()
})
afterAll(() => configuration[Symbol.asyncDispose]())

function closedPipe(name: string): number {
  const pipe = makePipe(configuration.folder, name)
  pipe.closeReader()
  return pipe.writer
}

function stalledPipe(name: string): number {
  const pipe = makePipe(configuration.folder, name)
  pipe.fill()
  return pipe.writer
}

test.each([
  ['is full', () => openSync('/dev/full', 'w'), /^passerelle_log_lines_dropped_total [1-9]/m],
  ['has no reader any longer', () => closedPipe('closed-log'), /^passerelle_log_lines_dropped_total [1-9]/m],
  // What a stalled reader may still take is kept for it.
  ['stalls', () => stalledPipe('stalled-log'), /^passerelle_log_lines_dropped_total 0/m],
])(
  'where the log %s, the gateway starts, lives, counts and stops',
  async (_what, open, counted) => {
    const gateway = await startProcess([MAIN], { ...configuration.env }, { stderr: open() })
    const operations = /operations (\S+)/.exec(gateway.ready)?.[1] ?? ''
    const { folder } = configuration.pki
    expect(await ask(folder, `${operations}/health/live`)).toMatchObject({ status: 200 })
    const figures = async () => (await ask(folder, `${operations}/metrics`)).text
    // Each is a line: the registry in force.
    gateway.signal('SIGHUP')
    await until(async () => counted.test(await figures()))
    expect(await ask(folder, `${operations}/health/ready`)).toMatchObject({ status: 200 })
    const began = performance.now()
    expect(await gateway.stop()).toBe(0)
    expect(performance.now() - began).toBeLessThan(STOP_MS)
  },
  60_000,
)

test('where the reader of the log goes on after a while, it finds what happened meanwhile', async () => {
  const pipe = makePipe(configuration.folder, 'slow-log')
  pipe.fill()
  const gateway = await startProcess([MAIN], { ...configuration.env }, { stderr: pipe.writer })
  gateway.signal('SIGHUP')
  let text = ''
  await until(() => (text += pipe.read()).includes('registry in force'))
  expect(await gateway.stop()).toBe(0)
})

test('a ready line that nobody can read is no reason to end', async () => {
  const port = await freePort()
  const { PATH = '', HOME = '' } = process.env
  const gateway = spawn(process.execPath, [MAIN], {
    env: { PATH, HOME, ...configuration.env, PASSERELLE_OPERATIONS_PORT: `${port}` },
    stdio: ['ignore', closedPipe('closed-output'), 'ignore'],
  })
  const url = `https://127.0.0.1:${port}/health/ready`
  await until(async () =>
    ask(configuration.pki.folder, url).then(
      ({ status }) => status === 200,
      () => false,
    ),
  )
  gateway.kill('SIGTERM')
  expect(await once(gateway, 'exit')).toEqual([0, null])
})
