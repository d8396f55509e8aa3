/** `npm run sandbox`: a gateway with agencies that answer by themselves, so that one partner can exchange with them. */

import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { join, resolve } from 'node:path'
import { chooseLanguage } from '../demo/words.ts'
import { commandsFor } from './page/connect.ts'
import { openPage } from './page/server.ts'
import { takeFolder } from './lock.ts'
import { isParty, parties } from './parties.ts'
import { takenPorts } from './ports.ts'
import { forget, openSandbox } from './sandbox.ts'
import { readyLine, terminal, usage } from './terminal.ts'

const EXIT_USAGE = 64
const EXIT_BUSY = 75

async function main(): Promise<number> {
  const language = chooseLanguage(process.argv, process.env)
  const say = terminal[language]
  const tell = (line: string): void => void process.stdout.write(`${line}\n`)
  const complain = (line: string): void => void process.stderr.write(`${line}\n`)
  const options = readOptions()
  if (typeof options === 'string') {
    complain(`${options}\n${usage[language]}`)
    return EXIT_USAGE
  }
  if (options.help) {
    tell(usage[language])
    return 0
  }
  const { folder } = options
  const held = await takeFolder(folder)
  if ('pid' in held) {
    if (!options.reset || held.page === '') {
      complain(say.runs(held.page))
      return EXIT_BUSY
    }
    const answer = await fetch(new URL('en/reset', held.page), { method: 'POST', redirect: 'manual' })
    if (answer.status !== 303) return 1
    tell(say.wasReset(held.page))
    return 0
  }

  const stop = new AbortController()
  let isInterrupted = false
  const interrupt = (): void => {
    isInterrupted = true
    stop.abort(new Error('interrupted'))
  }
  // Each time: a second Ctrl-C must not end it before the gateway has ended.
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  const over = stop.signal.aborted ? Promise.resolve() : once(stop.signal, 'abort')
  const started = performance.now()
  tell(say.starting)
  await using opened = new AsyncDisposableStack()
  opened.defer(held.release)
  try {
    const { port, operationsPort, pagePort } = options
    const taken = await takenPorts({ port, 'operations-port': operationsPort, 'page-port': pagePort })
    if (taken.length > 0) throw new Error(say.taken(taken.join(', ')))
    if (options.reset) await forget(folder)
    const sandbox = await openSandbox({ ...options, now: () => new Date() }, stop)
    opened.defer(() => sandbox.close())
    const page = await openPage(sandbox, options.pagePort, stop)
    opened.defer(() => page.close())
    await held.hold(page.url)
    tell(readyLine((performance.now() - started) / 1000, page.url, sandbox.gateway))
    const seat = parties.find(({ id }) => sandbox.state.isTaken(id))
    const first = seat === undefined ? '' : (commandsFor(seat.id, sandbox).cli[0] ?? '')
    tell(say.next(page.url, first))
    await over
    if (!isInterrupted) complain(`${say.ended}: ${reasonOf(stop.signal.reason)}`)
  } catch (fault) {
    if (!isInterrupted) complain(`${say.notStarted}: ${reasonOf(fault)}`)
  }
  return isInterrupted ? 0 : 1
}

const reasonOf = (fault: unknown): string => (fault instanceof Error ? fault.message : String(fault))

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        folder: { type: 'string', default: join(import.meta.dirname, 'data') },
        port: { type: 'string', default: '8443' },
        'operations-port': { type: 'string', default: '9443' },
        'page-port': { type: 'string', default: '8090' },
        pace: { type: 'string', default: '1500' },
        seat: { type: 'string', multiple: true, default: [] },
        reset: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        fr: { type: 'boolean', default: false },
        en: { type: 'boolean', default: false },
      },
    })
    const numbers = { port: values.port, operationsPort: values['operations-port'], pagePort: values['page-port'] }
    for (const [name, value] of Object.entries(numbers)) if (!isPort(value)) return `${name}: ${value}`
    if (!/^\d{1,5}$/.test(values.pace)) return `pace: ${values.pace}`
    const stranger = values.seat.find((id) => !isParty(id))
    if (stranger !== undefined) return `seat: ${stranger}`
    return {
      folder: resolve(values.folder),
      port: Number(values.port),
      operationsPort: Number(values['operations-port']),
      pagePort: Number(values['page-port']),
      pace: Number(values.pace),
      seats: values.seat,
      reset: values.reset,
      help: values.help,
    }
  } catch (fault) {
    return fault instanceof Error ? fault.message : String(fault)
  }
}

const isPort = (value: string): boolean => /^\d{1,5}$/.test(value) && Number(value) < 65_536

process.exitCode = await main()
