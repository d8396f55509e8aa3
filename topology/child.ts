import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { dyingWithParent } from '../gateway/record/embedded/postgres-process.ts'

export type Child = {
  readonly pid: number | undefined
  /** The line on standard output that said it was ready. */
  readonly ready: string
  /** Settles when it ends by itself, which it should not. */
  readonly ended: Promise<void>
  stop(): Promise<void>
}

export type Command = {
  readonly name: string
  readonly words: readonly string[]
  readonly ready: RegExp
  readonly env?: Record<string, string | undefined>
  readonly input?: string
}

/** Where the topology fails half-way, nothing that it has started goes on without it. */
const running = new Set<ChildProcess>()
process.once('exit', () => running.forEach((child) => child.kill('SIGTERM')))

const ROOT = join(import.meta.dirname, '..')

/**
 * Runs a part of the topology until it says that it is ready; what it says on standard error is shown. It is in a process
 * group of its own, since Ctrl-C is for the topology, which stops its parts in order. Throws where it ends before.
 */
export async function startChild({ name, words, ready, env, input }: Command): Promise<Child> {
  const [program = '', ...rest] = [...dyingWithParent('TERM'), ...words]
  const child = spawn(program, rest, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  child.stdin.on('error', () => undefined).end(input)
  const failed = once(child, 'error').then(([error]) =>
    Promise.reject(new Error(`cannot run ${name}`, { cause: error })),
  )
  const ended = ending(child)
  const line = new Promise<string>((resolve) => {
    createInterface(child.stdout).on('line', (text) => ready.test(text) && resolve(text))
  })
  const early = ended.then(() => Promise.reject(new Error(`${name} ended before it was ready`)))
  return {
    pid: child.pid,
    ready: await Promise.race([line, early, failed]),
    ended,
    async stop() {
      child.kill('SIGTERM')
      await ended
      if (child.exitCode !== 0) process.exitCode = 1
    },
  }
}

async function ending(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}
