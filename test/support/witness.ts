import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createLog } from '../../gateway/base/base.ts'
import { readWitnessSettings } from '../../witness/settings.ts'
import { openWitness, type Witness } from '../../witness/witness.ts'
import type { HonestLog } from './honest-log.ts'

const log = createLog('silent')

export type TestWitness = Witness & { readonly folder: string; add(body: string | Buffer): Promise<WitnessAnswer> }
export type WitnessAnswer = { readonly status: number; readonly type: string | null; readonly body: string }

/** Runs a witness in this process, with its own folder, on a free port. */
export async function startWitness(
  folder: string,
  logs: readonly Pick<HonestLog, 'origin' | 'verifierKeys'>[],
  { name = 'witness.example/fr', now = () => new Date() } = {},
): Promise<TestWitness> {
  const file = join(folder, 'logs.json')
  await writeLogs(file, logs)
  const env = { WITNESS_NAME: name, WITNESS_PORT: '0', WITNESS_DATA: join(folder, 'data'), WITNESS_LOGS: file }
  const witness = await openWitness(readWitnessSettings(env), { log, now })
  return { ...witness, folder, add: (body) => post(`${witness.url}/add-checkpoint`, body) }
}

export const writeLogs = (file: string, logs: readonly Pick<HonestLog, 'origin' | 'verifierKeys'>[]): Promise<void> =>
  writeFile(file, JSON.stringify({ logs: logs.map(({ origin, verifierKeys }) => ({ origin, verifierKeys })) }))

async function post(url: string, body: string | Buffer): Promise<WitnessAnswer> {
  const answer = await fetch(url, { method: 'POST', body })
  return { status: answer.status, type: answer.headers.get('content-type'), body: await answer.text() }
}

/** The body of a request from one size to another. */
export function offer(log: HonestLog, from: number, to = log.leaves().length, at?: number): string {
  const proof = log.consistency(from, to).map((hash) => `${hash.toString('base64')}\n`)
  return `old ${from}\n${proof.join('')}\n${log.note(to, at)}`
}
