import { constants, fstatSync, openSync, write, writeSync } from 'node:fs'
import { isatty } from 'node:tty'

/** Where log lines go. It never throws, never waits and never ends the process: what cannot be written is dropped and counted. */
export type LogTarget = { write(line: string): void; dropped(): number }

const STANDARD_ERROR = 2
/** What waits for a target that has stalled: some thousand lines, to be there when it goes on. */
const LARGEST_BACKLOG = 1024 * 1024
/** Until a terminal that is full is tried again. */
const AGAIN_MS = 100

type Sink = {
  readonly fd: number
  /** Calls back with whether it was written, or never where the target has stalled. */
  write(bytes: Buffer, done: (written: boolean) => void): void
}

/**
 * Opens standard error for the log. Lines go out one batch at a time, and what comes meanwhile gathers up to a bound: beyond it,
 * and where a batch cannot be written (a full disk, a reader that has gone), lines are dropped. The next line is tried again.
 */
export function openLogTarget(): LogTarget {
  const sink = openSink()
  let waiting: string[] = []
  let size = 0
  let isWriting = false
  let dropped = 0

  function next(): void {
    if (isWriting || waiting.length === 0) return
    const batch = waiting
    waiting = []
    isWriting = true
    sink.write(Buffer.from(batch.join('')), (written) => {
      if (!written) dropped += batch.length
      size -= lengthOf(batch)
      isWriting = false
      next()
    })
  }

  process.once('exit', () => writeNow(sink.fd, Buffer.from(waiting.join(''))))
  return {
    write(line) {
      if (size + line.length > LARGEST_BACKLOG) {
        dropped += 1
        return
      }
      waiting.push(line)
      size += line.length
      // Not at once: what is said right before the process exits goes out together, in order.
      if (waiting.length === 1) setImmediate(next)
    },
    dropped: () => dropped,
  }
}

const lengthOf = (lines: readonly string[]): number => lines.reduce((sum, { length }) => sum + length, 0)

/** The last words, behind a batch of which nobody has heard yet that it was written. What has stalled refuses at once. */
function writeNow(fd: number, bytes: Buffer): void {
  try {
    for (let rest = bytes; rest.length > 0; ) rest = rest.subarray(writeSync(fd, rest))
  } catch {
    // Nobody is left to count it.
  }
}

function openSink(): Sink {
  const kind = fstatSync(STANDARD_ERROR)
  return kind.isFile() || kind.isCharacterDevice() ? openFile() : openStream()
}

/** A pipe or a socket: Node writes without blocking and tells when the reader has taken it. */
function openStream(): Sink {
  const { stderr } = process
  // Told to each write as well; without somebody who listens it would end the process.
  stderr.on('error', () => undefined)
  return {
    fd: STANDARD_ERROR,
    write: (bytes, done) => void stderr.write(bytes, (error) => done(error === null || error === undefined)),
  }
}

/** A file, in a thread so that a slow disk holds nothing else up; or a device, such as a terminal that somebody has halted. */
function openFile(): Sink {
  const fd = isatty(STANDARD_ERROR) ? openTerminal() : STANDARD_ERROR
  /** A line of which only a part went out, as the disk filled: the next one begins on its own. */
  let isTorn = false

  function put(bytes: Buffer, done: (written: boolean) => void): void {
    write(fd, bytes, (error, count) => {
      if (error?.code === 'EAGAIN') setTimeout(put, AGAIN_MS, bytes, done).unref()
      else if (error) done(false)
      else if (count < bytes.length) {
        isTorn = true
        put(bytes.subarray(count), done)
      } else {
        isTorn = false
        done(true)
      }
    })
  }

  return { fd, write: (bytes, done) => put(isTorn ? Buffer.concat([Buffer.from('\n'), bytes]) : bytes, done) }
}

/** The same terminal without blocking: a write to one that was halted would keep a thread, and with it the end of the process. */
function openTerminal(): number {
  try {
    const path = `/proc/self/fd/${STANDARD_ERROR}`
    return openSync(path, constants.O_WRONLY | constants.O_NOCTTY | constants.O_NONBLOCK)
  } catch {
    return STANDARD_ERROR
  }
}
