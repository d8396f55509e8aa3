import { spawnSync } from 'node:child_process'
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'

export type Pipe = {
  /** For a child's standard error. */
  readonly writer: number
  /** Nobody reads any longer. */
  closeReader(): void
  /** Takes whatever is in it just now. */
  read(): string
  /** Fills it, so that whoever writes next has to wait. */
  fill(): void
}

/** Makes a pipe in the folder, of which this process holds both ends and reads nothing unless told to. */
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
    read() {
      const bytes = Buffer.alloc(2 * 1024 * 1024)
      try {
        return bytes.toString('utf8', 0, readSync(reader, bytes))
      } catch (error) {
        if (isFullOrEmpty(error)) return ''
        throw error
      }
    },
    fill() {
      try {
        for (;;) writeSync(filler, '\n'.repeat(1024))
      } catch (error) {
        if (!isFullOrEmpty(error)) throw error
      }
    },
  }
}

const isFullOrEmpty = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EAGAIN'
