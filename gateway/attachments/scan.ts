import { connect, type Socket } from 'node:net'
import { codeOf, type ServerAddress, within } from '../base/base.ts'

/** Nothing can be said about a content: clamd is away, owes its answer, or has another than yes or no. What is so is never kept. */
export class ScannerAway extends Error {
  override readonly name = 'ScannerAway'
  /** In a word: a verdict that is none, nothing in time, or the system's. */
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** Scans one content as it goes by. Every call but `abort` throws ScannerAway where nothing can be said about it. */
export type Scan = {
  /** Resolves when the next chunk may come. */
  write(chunk: Buffer): Promise<void>
  /** After the last chunk: what clamd says of the whole. */
  end(): Promise<'clean' | 'infected'>
  /** Gives it up; does nothing after `end`. */
  abort(): void
}

/** clamd, which is asked over a connection of its own for each content. */
export type Scanner = {
  begin(): Scan
  /** Resolves where clamd answers. @throws ScannerAway */
  ping(): Promise<void>
}

/** How long clamd may take to be connected to, to take a chunk, and to give its verdict, in milliseconds. */
export type ScannerPatience = { readonly connectMs: number; readonly takeMs: number; readonly verdictMs: number }

/** The verdict on 25 MiB takes a second or two; while clamd loads new signatures it can be several. */
const PATIENCE: ScannerPatience = { connectMs: 5_000, takeMs: 10_000, verdictMs: 30_000 }
/** A verdict has the name of a signature in it and no more. */
const LONGEST_ANSWER = 4096

/** Opens nothing yet: clamd's INSTREAM protocol (clamd(8)), in the variant whose commands and answers end with a zero byte. */
export function openScanner(address: ServerAddress, patience = PATIENCE): Scanner {
  return {
    begin() {
      const clamd = call(address, 'zINSTREAM\0', patience)
      return {
        async write(chunk) {
          if (chunk.length === 0) return
          await clamd.send(sized(chunk))
        },
        async end() {
          await clamd.send([Buffer.alloc(4)])
          return judge(await clamd.hear())
        },
        abort: clamd.close,
      }
    },
    async ping() {
      const answer = await call(address, 'zPING\0', patience).hear()
      if (answer !== 'PONG') throw new ScannerAway('no-verdict', `clamd says ${answer}`)
    },
  }
}

/** A chunk as INSTREAM has it: its length in four bytes, and then itself. */
function sized(chunk: Buffer): readonly Buffer[] {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(chunk.length)
  return [length, chunk]
}

/** `stream: OK`, `stream: <signature> FOUND`; whatever else is said, such as of its StreamMaxLength, is no verdict. */
function judge(answer: string): 'clean' | 'infected' {
  if (answer === 'stream: OK') return 'clean'
  if (/^stream: .+ FOUND$/.test(answer)) return 'infected'
  throw new ScannerAway('no-verdict', `clamd says ${answer}`)
}

/** A call of clamd: one command, what goes with it, one answer. */
type Call = {
  send(parts: readonly Buffer[]): Promise<void>
  hear(): Promise<string>
  close(): void
}

function call(address: ServerAddress, command: string, { connectMs, takeMs, verdictMs }: ScannerPatience): Call {
  const socket = connect(address)
  const answer = readAnswer(socket)
  // Whoever waits for it is told; nobody may be waiting yet.
  answer.catch(() => undefined)

  /** Waits for what clamd must do in this time; where it does not, the call is over. */
  const inTime = async <Result>(ms: number, what: string, done: Promise<Result>): Promise<Result> => {
    const late = new ScannerAway('late', `clamd does not ${what} within ${ms} ms`)
    try {
      const result = await within(
        ms,
        done.then((value) => ({ value })),
      )
      if (result === undefined) throw late
      return result.value
    } catch (error) {
      socket.destroy()
      throw error instanceof ScannerAway ? error : new ScannerAway(codeOf(error), 'clamd is away')
    }
  }
  /** What clamd says before it has heard all is no verdict on it. */
  const early = answer.then((said) => {
    throw new ScannerAway('no-verdict', `clamd says ${said}`)
  })
  early.catch(() => undefined)
  const send = (parts: readonly Buffer[]): Promise<void> => Promise.race([early, writeAll(socket, parts)])
  const connected = inTime(connectMs, 'take the call', send([Buffer.from(command)]))
  connected.catch(() => undefined)

  return {
    async send(parts) {
      await connected
      await inTime(takeMs, 'take a chunk', send(parts))
    },
    async hear() {
      await connected
      const said = await inTime(verdictMs, 'answer', answer)
      socket.destroy()
      return said
    },
    close: () => void socket.destroy(),
  }
}

/** Resolves when the system has taken all of it, so that what clamd cannot take yet waits with whoever sends it. */
async function writeAll(socket: Socket, parts: readonly Buffer[]): Promise<void> {
  socket.cork()
  const taken = parts.map(
    (part) =>
      new Promise<void>((resolve, reject) => socket.write(part, (error) => (error ? reject(error) : resolve()))),
  )
  socket.uncork()
  await Promise.all(taken)
}

/** The answer, without its zero byte; rejects where the connection ends before. */
function readAnswer(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    socket.setEncoding('latin1').on('data', (text: string) => {
      said += text
      const end = said.indexOf('\0')
      if (end !== -1) resolve(said.slice(0, end))
      else if (said.length > LONGEST_ANSWER)
        socket.destroy(new ScannerAway('no-verdict', 'clamd does not come to an end'))
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new ScannerAway('hung-up', 'clamd hung up')))
  })
}
