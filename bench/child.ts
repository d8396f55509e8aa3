import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** A child process that answers one question at a time. */
export type Child = {
  readonly pid: number
  ask<Answer>(question: object): Promise<Answer>
  stop(): Promise<void>
}

type Reply<Answer> = { readonly answer: Answer } | { readonly fault: string }

/** Starts a script as a process of its own, so that it has an event loop of its own. */
export function startChild(file: URL, execArgv: readonly string[] = []): Child {
  const child = fork(file, {
    execArgv: [...execArgv],
    serialization: 'advanced',
  })
  const { pid } = child
  if (pid === undefined) throw new Error(`${file.pathname} did not start`)
  return { pid, ask: (question) => ask(child, question), stop: () => stop(child) }
}

/** The child's side: answers each question, ends with its parent. */
export function answerQuestions(answer: (question: never) => Promise<object>): void {
  process.on('message', (question) => {
    answer(question as never).then(
      (answer) => process.send?.({ answer }),
      (fault: unknown) =>
        process.send?.({ fault: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault) }),
    )
  })
  process.on('disconnect', () => process.exit(0))
}

async function ask<Answer>(child: ChildProcess, question: object): Promise<Answer> {
  const ended = new AbortController()
  const reply = once(child, 'message', { signal: ended.signal })
  const onExit = (code: number | null): void => ended.abort(new Error(`a child process ended with ${code}`))
  child.once('exit', onExit)
  try {
    child.send(question)
    const [message] = (await reply) as [Reply<Answer>]
    if ('fault' in message) throw new Error(message.fault)
    return message.answer
  } finally {
    child.off('exit', onExit)
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.disconnect()
  await exit
}
