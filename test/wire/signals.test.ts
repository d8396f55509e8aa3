import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { type Configuration, openConfiguration } from '../support/configuration.ts'
import { until } from '../support/gateway.ts'
import { startProcess } from '../support/process.ts'

/** Its bit in the kernel's masks: it is signal 1. */
const SIGHUP = 1
const ROOT = join(import.meta.dirname, '../..')
const MAIN = join(ROOT, 'gateway/main.ts')

let configuration: Configuration
beforeAll(async () => {
  configuration = await openConfiguration()
})
afterAll(() => configuration[Symbol.asyncDispose]())

/** Starts a gateway, which is sent a signal as soon as the kernel says that it listens: long before it is ready. */
function start() {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, manifest.scripts.start.split(' ').slice(1), {
    cwd: ROOT,
    env: { PATH, HOME, ...configuration.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  return { child, output }
}

/** The gateway listens for all of them at once, and Node itself never for this one. */
function listens(pid: number | undefined): boolean {
  const caught = /^SigCgt:\s*[0-9a-f]*([0-9a-f])$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0'
  return (Number.parseInt(caught, 16) & SIGHUP) !== 0
}

/** The processor time that it has used: `utime` and `stime` of proc(5). */
function ticks(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return Number(fields[11]) + Number(fields[12])
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s while the gateway is being loaded stops it, and does not kill it',
  async (name) => {
    const { child, output } = start()
    await until(() => listens(child.pid))
    expect(output).toEqual({ stdout: '', stderr: '' })
    child.kill(name)
    expect(await once(child, 'exit')).toEqual([0, null])
  },
)

test('SIGHUP while the gateway is being loaded is kept for when it is open', async () => {
  const { child, output } = start()
  await until(() => listens(child.pid))
  expect(output).toEqual({ stdout: '', stderr: '' })
  child.kill('SIGHUP')
  const before = ticks(child.pid)
  await until(() => output.stdout.includes('passerelle ready'))
  // It listens before all that takes its time.
  expect(before).toBeLessThan(ticks(child.pid) / 10)
  await until(() => output.stderr.split('registry in force').length > 1)
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
})

test('SIGUSR1 opens no debugger', async () => {
  const gateway = await startProcess([MAIN], { ...configuration.env })
  gateway.signal('SIGUSR1')
  // Signals come in order of their numbers: by now that one has been seen to.
  gateway.signal('SIGHUP')
  await until(() => gateway.stderr().split('registry in force').length > 1)
  expect(gateway.stderr()).not.toMatch(/debugger/i)
  expect(await gateway.stop()).toBe(0)
})
