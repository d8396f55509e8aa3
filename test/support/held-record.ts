import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DevelopmentPki } from '../../certs-dev/tree.ts'
import { openUnkeyed, transaction } from '../../gateway/record/record.ts'
import { appendLeaves, openLog } from '../../gateway/record/leaves.ts'
import { recordPins } from '../../gateway/record/parties.ts'
import { repeatErasure, type SignedErasure } from '../../gateway/record/signed-erasures.ts'
import { newId, type Signer } from '../../sdk/sign.ts'
import { temporaryFolder } from './folder.ts'
import { forge, readSigner } from './forge.ts'
import { type Ended, type RunningProcess, runProcess, startProcess } from './process.ts'
import { copyPki } from './pki.ts'

const GATEWAY = 'passerelle-development'
/** Of the log in it. */
export const ORIGIN = `${GATEWAY}/00000000`

/** An embedded record with an evidence log and no gateway: one process holds it, operators' commands reach it. */
export type HeldRecord = AsyncDisposable & {
  /** What is in it is the test's. */
  readonly folder: string
  readonly pki: DevelopmentPki
  readonly data: string
  readonly url: string
  readonly process: RunningProcess
  /** An erasure as the gateway signs it, unless the test asks for another leaf, or another signer. */
  erasure(change?: object, by?: Signer): SignedErasure
  /** Erases, as if the gateway had. */
  erase(one: SignedErasure): Promise<void>
  /** An operator's command, on this record or on another data folder. */
  command(name: string, words: readonly string[], on?: string): Promise<Ended>
}

/** The environment of a command: it knows no certificate of the gateway's but those that the record does. */
export const settingsFor = (data: string): Record<string, string> => ({
  PASSERELLE_DATA: data,
  PASSERELLE_SIGNING_CERT: join(data, 'none'),
})

/** Makes one, and starts its PostgreSQL. */
export async function holdRecord(): Promise<HeldRecord> {
  const stack = new AsyncDisposableStack()
  const folder = stack.use(await temporaryFolder()).path
  const pki = await copyPki(join(folder, 'pki'))
  const signer = await readSigner(pki.folder, 'gateway/signing')
  const data = join(folder, 'data')
  const process = await startProcess(['test/support/hold-embedded.ts', data], {}, { ready: /^ready .*$/m })
  stack.defer(async () => void (await process.stop()))
  const url = process.ready.slice('ready '.length)
  await fill(url, signer, await readFile(join(pki.folder, 'gateway/signing.crt'), 'utf8'))
  return {
    folder,
    pki,
    data,
    url,
    process,
    erasure(change = {}, by = signer) {
      const [actId, caseId, at] = [newId(), newId(), new Date()]
      const said = { act: 'erase', operator: 'duty', caseId, ...change }
      const payload = { actId, at: at.toISOString(), gateway: GATEWAY, ...said }
      return { actId, caseId, at, jws: forge({ typ: 'operator-act+jws', payload, signer: by }) }
    },
    async erase(one) {
      await using record = await openUnkeyed(url, () => undefined, false)
      const said = { act: 'erase', operator: 'duty' } as const
      await transaction(record.database, async (tx) => ({ result: await repeatErasure(tx, one, said) }))
    },
    command: (name, words, on = data) => runProcess([`gateway/commands/${name}.ts`, ...words], settingsFor(on)),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

async function fill(url: string, { thumbprint }: Signer, pem: string): Promise<void> {
  await using record = await openUnkeyed(url, () => undefined, true)
  await transaction(record.database, async (tx) => {
    await openLog(tx, ORIGIN)
    await recordPins(tx, [{ party: GATEWAY, use: 'signing', thumbprint, pem }], new Date())
    return { result: await appendLeaves(tx, [{ id: newId(), typ: 'registry-entry+jws', jws: 'a.b.c' }]) }
  })
}
