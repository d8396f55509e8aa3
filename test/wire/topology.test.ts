import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newId, openClient, readIdentity, signEnvelope, verifyReceipt } from '../../sdk/index.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { until } from '../support/gateway.ts'
import { ask } from '../support/operations.ts'
import { type RunningProcess, startProcess } from '../support/process.ts'
import { copyPki } from '../support/pki.ts'

let folder: TemporaryFolder
let pki: string
let topology: RunningProcess

beforeAll(async () => {
  folder = await temporaryFolder()
  pki = join(folder.path, 'pki')
  await copyPki(pki)
  const env = {
    PASSERELLE_DATA: join(folder.path, 'data'),
    PASSERELLE_PORT: '0',
    PASSERELLE_OPERATIONS_PORT: '0',
    PASSERELLE_AGENCIES: join(pki, 'agencies.json'),
    PASSERELLE_TRUST: join(pki, 'trust'),
    PASSERELLE_TLS_CERT: join(pki, 'gateway', 'tls.crt'),
    PASSERELLE_TLS_KEY: join(pki, 'gateway', 'tls.key'),
    PASSERELLE_SIGNING_CERT: join(pki, 'gateway', 'signing.crt'),
    PASSERELLE_SIGNING_KEY: join(pki, 'gateway', 'signing.key'),
  }
  topology = await startProcess(['topology/main.ts'], env)
})
afterAll(async () => {
  await topology?.kill()
  await folder.remove()
})

it('takes a referral through the balancer, has a worker consign it, and hands it out through any process', async () => {
  const [rys, ctac] = await Promise.all([connect('fr-rys'), connect('gb-ctac')])
  for (let round = 0; round < 6; round++) {
    // A connection of its own each time, so that both API processes have their turn.
    const sender = openClient({ ...rys.options })
    const [wellKnown, directory] = await Promise.all([sender.wellKnown(), sender.directory()])
    const message = await signEnvelope(await referral(), rys.options.signer, new Date())
    const { receipt } = await sender.submit(message)
    await verifyReceipt(receipt, wellKnown, directory, { event: 'SubmissionAcceptance', message })
    await sender.close()

    const recipient = openClient({ ...ctac.options })
    const [entry] = (await recipient.inbox({ wait: 30 })).messages
    if (!entry) throw new Error('the worker has consigned nothing')
    const received = await recipient.read(entry)
    expect(Buffer.from(received.bytes).toString()).toBe(message)
    expect((await recipient.acknowledge(received, 'accepted')).state).toBe('handed-over')
    await recipient.close()
  }
})

it('is healthy on the operations listener', async () => {
  const [, operations = ''] = /operations (\S+)/.exec(topology.ready) ?? []
  expect(await status(`${operations}/health/ready`)).toBe(200)
})

it('has its log cosigned by three witnesses, and by two of both countries when one of them has ended', async () => {
  const [, operations = ''] = /operations (\S+)/.exec(topology.ready) ?? []
  const cosigners = async () => {
    const text = await get(`${operations}/log/checkpoint`)
    return [...text.matchAll(/^\u2014 witness\.example\/(\S+) /gm)].map(([, name = '']) => name).toSorted()
  }
  await until(async () => (await cosigners()).length === 3)
  const [, supervisor = ''] = /witness supervisor \S+ process (\d+)/.exec(topology.stderr()) ?? []
  process.kill(Number(supervisor), 'SIGTERM')
  await until(() => topology.stderr().includes('the witness supervisor has ended'))
  const before = (await get(`${operations}/log/checkpoint`)).split('\n')[1]
  const rys = await connect('fr-rys')
  const sender = openClient({ ...rys.options })
  await sender.submit(await signEnvelope(await referral(), rys.options.signer, new Date()))
  await sender.close()
  await until(async () => (await get(`${operations}/log/checkpoint`)).split('\n')[1] !== before)
  await until(async () => (await cosigners()).length === 2)
  expect(await cosigners()).toEqual(['fr', 'gb'])
})

it('stops all of it when told, and exits 0', async () => {
  const url = agenciesUrl()
  expect(await topology.stop()).toBe(0)
  await expect(status(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

function agenciesUrl(): string {
  return /ready: (\S+)/.exec(topology.ready)?.[1] ?? ''
}

async function connect(agency: string) {
  const identity = await readIdentity(join(pki, 'agencies', agency))
  const ca = await readFile(join(pki, 'trust', 'ca.crt'), 'utf8')
  return { options: { url: agenciesUrl(), ca, ...identity } }
}

async function referral() {
  const examples = JSON.parse(
    await readFile(join(import.meta.dirname, '../../schemas/1.0/referral.examples.json'), 'utf8'),
  )
  return { ...examples[0], id: newId(), caseId: newId(), from: 'fr-rys', to: 'gb-ctac' }
}

const status = async (url: string): Promise<number> => (await ask(pki, url)).status
const get = async (url: string): Promise<string> => (await ask(pki, url)).text
