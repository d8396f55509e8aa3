import { spawnSync } from 'node:child_process'
import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'

export type Pipe = {
  /** For a child's standard error. */
  readonly writer: number
  /** Nobody reads any longer. */
  closeReader(): void
  /** Fills it, so that whoever writes next has to wait. */
  fill(): void
}

/** Makes a pipe in the folder, of which this process holds both ends and reads nothing. */
export function makePipe(folder: string, name: string): Pipe {
  const path = join(folder, name)
  const made = spawnSync('mkfifo', [path], { encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`cannot make a pipe: ${made.stderr}`)
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const filler = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
  // Blocking, as a service gets it from whoever starts it.
  const writer = openSync(path, constants.O_WRONLY)
  return {
    writer,
    closeReader: () => closeSync(reader),
    fill() {
      try {
        for (;;) writeSync(filler, '\n'.repeat(1024))
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error
      }
    },
  }
}
