import { connect } from 'node:net'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delayed } from 'node:timers/promises'
import type { Call } from '../cli/command.ts'
import { CommandFault, exits } from '../cli/exit.ts'
import { openStage, type Stage, type StageOptions } from './stage.ts'

/** So long somebody may take to start an endpoint. */
const PATIENCE_MS = 10 * 60_000
const AGAIN_MS = 500

/** Reads where an endpoint is said to be. @throws CommandFault with exit 64 where that is no https address */
export function addressOf(url: string): URL {
  const address = URL.parse(url)
  if (address?.protocol === 'https:') return address
  throw new CommandFault(exits.usage, {
    en: 'conformance: --endpoint is an https address',
    fr: 'conformance\u00a0: --endpoint est une adresse https',
  })
}

/**
 * Makes the keys for a partner's endpoint and the gateway that it asks, says where they are, and waits until the endpoint can be reached. Throws a CommandFault with exit
 * 69 where it never is.
 */
export async function openWaitingEndpoint(
  call: Call,
  options: Pick<StageOptions, 'role' | 'pki' | 'clock' | 'limitMs' | 'port'> & { readonly address: URL },
): Promise<{ readonly url: string; readonly stage: Stage; close(): Promise<void> }> {
  const { terminal, signal } = call
  const { address } = options
  const url = address.href
  const named = call.value('folder')
  if (named !== undefined) await mkdir(named, { recursive: true, mode: 0o700 })
  const folder = named ?? (await mkdtemp(join(tmpdir(), 'passerelle-conformance-')))
  const stage = await openStage({ ...options, folder, open: undefined, endpoint: url, algorithm: 'ES256' })
  const close = async (): Promise<void> => {
    await stage.close()
    if (named === undefined) await rm(folder, { recursive: true, force: true })
  }
  terminal.note({
    en: `Start your endpoint at ${url} as ${options.role.agency}: its keys are in ${folder} (endpoint.crt and .key, signing.crt and .key, ca.crt), the gateway is at ${stage.gateway.url}.`,
    fr: `Lancez votre point d’accès à ${url} en tant que ${options.role.agency}\u00a0: ses clés sont dans ${folder} (endpoint.crt et .key, signing.crt et .key, ca.crt), la passerelle est à ${stage.gateway.url}.`,
  })
  try {
    const until = performance.now() + PATIENCE_MS
    while (!(await answers(address.hostname, Number(address.port || 443)))) {
      if (performance.now() > until)
        throw new CommandFault(exits.unreachable, {
          en: `Nothing listens at ${url}`,
          fr: `Rien n’écoute à ${url}`,
        })
      await delayed(AGAIN_MS, undefined, { signal })
    }
  } catch (fault) {
    await close()
    throw fault
  }
  return { url, stage, close }
}

async function answers(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port, timeout: AGAIN_MS * 4 })
  socket.once('timeout', () => socket.destroy(new Error('timeout')))
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
