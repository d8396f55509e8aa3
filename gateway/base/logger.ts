import { type Logger, pino } from 'pino'

export type Log = Pick<Logger, 'info' | 'warn' | 'error'>

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
export function createLog(level = 'info'): Logger {
  return pino(
    {
      level,
      base: { pid: process.pid },
      serializers: { err: describeError },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    pino.destination({ dest: 2, sync: false }),
  )
}
