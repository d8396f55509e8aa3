import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../gateway/base/config.ts'
import { createLog } from '../gateway/base/logger.ts'
import { loadGatewayKeys, loadLogKeys } from '../gateway/identity/identity.ts'
import { type Child, startChild } from './child.ts'

/** One for each country, and one for whoever supervises both. */
const WITNESSES = [
  { id: 'fr', name: 'France', country: 'FR' },
  { id: 'gb', name: 'United Kingdom', country: 'GB' },
  { id: 'supervisor', name: 'Supervisor' },
] as const
/** With both countries, since the registry file names them. */
const QUORUM = 2
/** What they are told apart by: two keys each, of which the registry names the one that quantum computers do not break. */
const ML_DSA_44 = 1

export type Witnesses = {
  /** The registry file that names them. */
  readonly registryFile: string
  stop(): Promise<unknown>
}

/**
 * Runs three witnesses of this gateway's log, each with its own keys, and writes a copy of the registry file that names them. A file
 * that names witnesses already is used as it is, and none are run.
 */
export async function startWitnesses(config: Config): Promise<Witnesses> {
  const registry = JSON.parse(await readFile(config.agenciesFile, 'utf8')) as object
  if ('witnesses' in registry) return { registryFile: config.agenciesFile, stop: async () => undefined }
  const { id } = await loadGatewayKeys(config, new Date())
  const { origin, verifierKeys } = await loadLogKeys(config, id, createLog('warn'))
  const folder = join(config.dataFolder, 'witnesses')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const logs = join(folder, 'logs.json')
  await writeFile(logs, JSON.stringify({ logs: [{ origin, verifierKeys }] }))
  const running = await Promise.all(WITNESSES.map((one) => start(folder, one.id, logs)))
  const witnesses = WITNESSES.map(({ name, ...about }, at) => {
    const { url = '', vkey = '' } = running[at] ?? {}
    return { name, vkey, url, ...('country' in about && { country: about.country }) }
  })
  const registryFile = join(folder, 'agencies.json')
  await writeFile(registryFile, JSON.stringify({ ...registry, witnesses: { quorum: QUORUM, witnesses } }))
  return { registryFile, stop: () => Promise.all(running.map(({ child }) => child.stop())) }
}

async function start(folder: string, id: string, logs: string) {
  const env = {
    WITNESS_NAME: `witness.example/${id}`,
    WITNESS_HOST: '127.0.0.1',
    WITNESS_PORT: '0',
    WITNESS_DATA: join(folder, id),
    WITNESS_LOGS: logs,
    WITNESS_TLS_CERT: undefined,
    WITNESS_TLS_KEY: undefined,
  }
  const words = [process.execPath, 'witness/main.ts']
  const ready = /^passerelle witness ready: /
  const child: Child = await startChild({ name: `the witness ${id}`, words, ready, env })
  const url = child.ready.replace(ready, '')
  const status = (await (await fetch(`${url}/status`)).json()) as { readonly verifierKeys: readonly string[] }
  process.stderr.write(`passerelle topology: witness ${id} ${url} process ${child.pid}\n`)
  // Its end is no end of the others': that is what a quorum is for.
  void child.ended.then(() => process.stderr.write(`passerelle topology: the witness ${id} has ended\n`))
  return { child, url, vkey: status.verifierKeys[ML_DSA_44] ?? '' }
}
