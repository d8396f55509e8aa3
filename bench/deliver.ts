import type { Batch } from './messages.ts'
import { openRecipient } from './recipient.ts'
import type { Measured } from './report.ts'
import { ACCEPTED, type Loaded, type Run } from './run.ts'
import { readClocks, summarizeRun, usedBetween } from './tally.ts'
import type { Connection } from './wire.ts'

/** Submits for so long and is the recipient all the while; the time ends with the last acknowledgement. */
export async function runDelivered(
  run: Run,
  loaded: Loaded,
  referrals: Batch,
  connections: readonly Connection[],
): Promise<Measured> {
  const recipient = await openRecipient(loaded, referrals, run.connections)
  const refused: Record<string, number> = {}
  let next = 0
  const submitFor = async (seconds: number): Promise<void> => {
    const until = performance.now() + seconds * 1000
    const loop = async (connection: Connection): Promise<void> => {
      while (performance.now() < until && next < referrals.ids.length) {
        const index = next++
        recipient.expect(index, performance.now())
        const { status } = await connection.send(referrals.at(index))
        if (status === ACCEPTED) continue
        recipient.expectNot(index)
        refused[status] = (refused[status] ?? 0) + 1
      }
    }
    await Promise.all(connections.map(loop))
  }
  try {
    await submitFor(run.warmUpSeconds)
    const warmUp = await recipient.acknowledgedAll()
    const before = readClocks(loaded)
    const start = performance.now()
    await submitFor(run.seconds)
    const times = await recipient.acknowledgedAll()
    const seconds = (performance.now() - start) / 1000
    const used = usedBetween(before, readClocks(loaded))
    return summarizeRun(loaded, times.slice(warmUp.length), seconds, refused, used)
  } finally {
    recipient.close()
  }
}
