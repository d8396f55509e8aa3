import { noteCall } from '../../record/record.ts'
import type { Server } from '../server.ts'
import type { Serving } from '../serving.ts'

/** Agencies call at every moment: it is noted this seldom, in each process. */
const NOTED_MS = 5 * 60_000

/** Notes when agencies call, for the operators' overview (protocol section 11). Nobody waits for it, or is refused where it fails. */
export function noteCalls(server: Server, { database, now, log }: Pick<Serving, 'database' | 'now' | 'log'>): void {
  const noted = new Map<string, number>()
  server.addHook('onRequest', (request, _reply, done) => {
    done()
    const id = request.caller?.agency.id
    if (id === undefined) return
    const at = now()
    const before = noted.get(id) ?? 0
    if (Math.abs(at.getTime() - before) < NOTED_MS) return
    noted.set(id, at.getTime())
    noteCall(database, id, at).catch((error: unknown) => {
      noted.set(id, before)
      log.warn({ err: error, agency: id }, 'an agency’s call could not be noted')
    })
  })
}
