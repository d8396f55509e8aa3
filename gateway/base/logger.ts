import { type Logger, pino } from 'pino'
import { openLogTarget } from './log-target.ts'

export type Log = Pick<Logger, 'info' | 'warn' | 'error'> & {
  /** How many lines could not be written, of the log of a process. */
  readonly dropped?: () => number
}

/**
 * Errors are logged by kind, code and place alone: the message of a driver or a parser may quote what it choked on, over
 * several lines even, so the place is looked for behind it.
 */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { kind: typeof error }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const head = `${error.name}: ${error.message}`
  const at = error.stack?.startsWith(head) === true ? error.stack.slice(head.length).trim().split('\n')[0] : undefined
  return { kind: error.name, ...(code !== undefined && { code }), ...(at !== undefined && { at }) }
}

/**
 * The log of the process, JSON lines on standard error (standard output carries the ready line). Callers pass ids, codes and
 * pointers only; whole requests, headers and bodies are never passed, and an error gives its kind, not its words.
 */
export function createLog(level = 'info'): Log {
  const target = openLogTarget()
  const logger = pino(
    {
      level,
      base: { pid: process.pid },
      serializers: { err: describeError },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    target,
  )
  return Object.assign(logger, { dropped: target.dropped })
}
