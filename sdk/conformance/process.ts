import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type Adapter, type OpenAdapter, readAnswerLine } from './adapter.ts'

/** A line of an adapter: room for a hundred messages of the largest size, and no more. */
const LONGEST_LINE = 64 * 1024 * 1024
/** So much of what an adapter complains of is shown. */
const SHOWN = 2000

/** Takes a command of the shell; gives how to open it as an adapter: a process that answers each line with a line. */
export function adapterOf(command: string): OpenAdapter {
  return async (setup) => {
    // A group of its own, so that all that the shell has started ends with it.
    const child = spawn(command, { shell: true, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
    const adapter = converse(child)
    const opened = adapter.say({ do: 'open', ...setup })
    // Told to whoever asks for something next.
    opened.catch(() => undefined)
    return { do: async (asked) => opened.then(() => adapter.say(asked)), kill: adapter.kill }
  }
}

function converse(child: ChildProcessWithoutNullStreams) {
  let complaint = ''
  let rest = ''
  let isOver = false
  const waiting: PromiseWithResolvers<string>[] = []
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-SHOWN)))
  child.stdin.on('error', () => undefined)

  const end = (why: string): void => {
    isOver = true
    for (const each of waiting.splice(0)) each.reject(new Error(`${why} ${complaint.trim()}`.trim()))
  }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    rest += text
    if (rest.length > LONGEST_LINE) return end('Its line does not end.')
    const whole = rest.split('\n')
    rest = whole.pop() ?? ''
    // What it says unasked answers nothing.
    for (const line of whole) waiting.shift()?.resolve(line)
  })
  child.once('error', (fault) => end(fault.message))
  child.once('close', (code) => end(`The adapter ended with ${code ?? 'a signal'}.`))

  const say: (command: object) => ReturnType<Adapter['do']> = async (command) => {
    const answer = Promise.withResolvers<string>()
    waiting.push(answer)
    if (isOver) end('The adapter has ended.')
    else child.stdin.write(`${JSON.stringify(command)}\n`)
    return readAnswerLine(await answer.promise)
  }
  return {
    say,
    kill: async (): Promise<void> => {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
      const closed = once(child, 'close')
      if (process.platform === 'win32') child.kill('SIGKILL')
      else process.kill(-child.pid, 'SIGKILL')
      await closed
    },
  }
}
