// `npm run monitor`: follows the evidence log of a gateway as an outsider would (protocol section 10), and says what it has seen.
import { setTimeout as pause } from 'node:timers/promises'
import { CannotLook } from './finding.ts'
import { openHttp } from './http.ts'
import { type Options, readOptions, USAGE, UsageFault } from './options.ts'
import { describe, isWrong, toJson } from './report.ts'
import { lookOnce } from './round.ts'
import { readState, writeState } from './state.ts'

/** 0: nothing is wrong. */
const EXIT_WRONG = 1
/** sysexits.h */
const EXIT_USAGE = 64
const EXIT_TRY_AGAIN = 75

const stopping = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort())

try {
  process.exitCode = await watch(readOptions(process.argv.slice(2), process.env))
} catch (error) {
  if (error instanceof UsageFault) {
    const french = /^fr/i.test(process.env['LC_ALL'] ?? process.env['LANG'] ?? '')
    process.stderr.write(`passerelle monitor: ${error.message}\n${USAGE[french ? 'fr' : 'en']}\n`)
    process.exit(EXIT_USAGE)
  }
  if (!(error instanceof CannotLook)) throw error
  process.stderr.write(`passerelle monitor: ${error.message}\n`)
  process.exit(EXIT_TRY_AGAIN)
}

/** Looks once, or again and again until it is stopped; gives the exit code. */
async function watch(options: Options): Promise<number> {
  const { ca, identity, state: folder, everySeconds } = options
  const http = openHttp({ ca, ...(identity && { cert: identity.cert, key: identity.key }) })
  let wasWrong = false
  try {
    for (;;) {
      wasWrong = (await look()) || wasWrong
      if (everySeconds === undefined || stopping.signal.aborted) return wasWrong ? EXIT_WRONG : 0
      await pause(everySeconds * 1000, undefined, { signal: stopping.signal }).catch(() => undefined)
      if (stopping.signal.aborted) return wasWrong ? EXIT_WRONG : 0
    }
  } finally {
    http.close()
  }

  async function look(): Promise<boolean> {
    try {
      const at = new Date()
      const round = await lookOnce(options, http, await readState(folder), at)
      process.stdout.write(options.json ? toJson(round, at) : describe(round, options.language, at))
      // Only what was told is remembered: who is cut off meanwhile tells it again.
      await writeState(folder, round.state)
      return isWrong(round)
    } catch (error) {
      // Who looks again and again tries again; what it could not see is said all the same.
      if (!(error instanceof CannotLook) || everySeconds === undefined) throw error
      process.stderr.write(`passerelle monitor: ${error.message}\n`)
      return false
    }
  }
}
