import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export type RunningProcess = {
  readonly pid: number
  /** The line on standard output that said it was ready. */
  readonly ready: string
  stdout(): string
  stderr(): string
  signal(name: NodeJS.Signals): void
  /** SIGTERM; gives the exit code, or null where a signal ended it. */
  stop(): Promise<number | null>
  /** Waits until it has ended by itself; gives the signal that ended it, or null. */
  ended(): Promise<NodeJS.Signals | null>
  /** SIGKILL to the whole process group, as a machine that goes away would. */
  kill(): Promise<void>
}

/** The exit of a process that was expected to end by itself. */
export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

type Options = {
  readonly ready?: RegExp
  readonly cwd?: string
  readonly withinMs?: number
  readonly inherit?: boolean
  /** Where its standard error goes, instead of into `stderr`. */
  readonly stderr?: number
}

const ROOT = join(import.meta.dirname, '..', '..')
const READY = /^passerelle ready\b.*$/m

/** Nothing that a test has started outlives it, also when it fails half-way. */
const groups = new Set<number>()
process.on('exit', () => groups.forEach(killGroup))

/**
 * Runs the project's Node with `args` (a script's path is relative to the repository) in a process group of its own and
 * waits until it prints the ready line. Of this process's environment it gets only PATH, HOME and where Node keeps what it has compiled. Throws where it ends before.
 */
export async function startProcess(
  args: readonly string[],
  env: Record<string, string> = {},
  options: Options = {},
): Promise<RunningProcess> {
  const { child, output, pid } = launch(args, env, options)
  const ready = await waitForLine(child, output, options.ready ?? READY, options.withinMs ?? 60_000).catch((error) => {
    killGroup(pid)
    throw error
  })
  return {
    pid,
    ready,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    signal: (name) => void child.kill(name),
    async stop() {
      child.kill('SIGTERM')
      await ending(child)
      return child.exitCode
    },
    async ended() {
      await ending(child)
      return child.signalCode
    },
    async kill() {
      killGroup(pid)
      await ending(child)
    },
  }
}

/** As startProcess, for a command that ends by itself: waits for that and gives what it said. */
export async function runProcess(
  args: readonly string[],
  env: Record<string, string> = {},
  options: Options = {},
): Promise<Ended> {
  const { child, output, pid } = launch(args, env, options)
  const patience = setTimeout(() => killGroup(pid), options.withinMs ?? 60_000)
  await ending(child)
  clearTimeout(patience)
  return { code: child.exitCode, ...output }
}

function launch(args: readonly string[], env: Record<string, string>, options: Options) {
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env
  const child = spawn(process.execPath, args, {
    cwd: options.cwd ?? ROOT,
    env: { PATH, HOME, NODE_COMPILE_CACHE, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', options.stderr ?? 'pipe'],
  })
  const { pid, stdout, stderr } = child
  if (pid === undefined) throw new Error(`cannot run ${args.join(' ')}`)
  groups.add(pid)
  child.once('close', () => groups.delete(pid))
  const output = { stdout: '', stderr: '' }
  stdout?.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  stderr?.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  return { child, output, pid }
}

function waitForLine(child: ChildProcess, output: { stdout: string; stderr: string }, line: RegExp, withinMs: number) {
  return new Promise<string>((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${why}\n${output.stdout}\n${output.stderr}`))
    const patience = setTimeout(() => fail(`no ready line within ${withinMs} ms`), withinMs)
    child.once('close', (code, signal) => {
      clearTimeout(patience)
      fail(`ended (${code ?? signal}) before it was ready`)
    })
    child.stdout?.on('data', () => {
      const found = line.exec(output.stdout)?.[0]
      if (found === undefined) return
      clearTimeout(patience)
      resolve(found)
    })
  })
}

async function ending(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // The whole group has ended already.
  }
}
