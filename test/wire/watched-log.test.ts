import { createPrivateKey } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signedCheckpoint } from '../../gateway/protocol/note-keys.ts'
import { openHttp } from '../../monitor/http.ts'
import { readOptions } from '../../monitor/options.ts'
import { lookOnce, type Round } from '../../monitor/round.ts'
import { NO_STATE, type State } from '../../monitor/state.ts'
import { signMessage } from '../../sdk/index.ts'
import { leafHash } from '../../tlog/tree.ts'
import { makeEnvelope, openAgency, type TestAgency } from '../support/agency.ts'
import { temporaryFolder, type TemporaryFolder } from '../support/folder.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { makeLogKeys } from '../support/growing-log.ts'
import { rootOfAll } from '../support/honest-log.ts'
import { ask, askOperations } from '../support/operations.ts'
import { startWitness, type TestWitness } from '../support/witness.ts'

let folder: TemporaryFolder
let gateway: TestGateway
let rys: TestAgency
let ctac: TestAgency
let log: { readonly origin: string; readonly verifierKeys: readonly string[] }
const witnesses: TestWitness[] = []
let witnessesFile: string

beforeAll(async () => {
  folder = await temporaryFolder()
  gateway = await startGateway()
  ;[rys, ctac] = await Promise.all([openAgency(gateway, 'fr-rys'), openAgency(gateway, 'gb-ctac')])
  const { json } = await ask(pki(), `${gateway.url}/.well-known/passerelle`, { as: 'agencies/fr-rys' })
  const [current] = (json as { logs: (typeof log)[] }).logs
  if (current === undefined) throw new Error('the gateway names no log')
  log = current
  for (const name of ['fr', 'gb', 'supervisor']) {
    const place = join(folder.path, name)
    await mkdir(place)
    witnesses.push(await startWitness(place, [log], { name: `witness.example/${name}` }))
  }
  const named = witnesses.map(({ url, verifierKeys: [, vkey = ''] }, at) => {
    const country = ['FR', 'GB'][at]
    return { name: `W${at}`, vkey, url, ...(country && { country }) }
  })
  witnessesFile = join(folder.path, 'witnesses.json')
  await writeFile(witnessesFile, JSON.stringify({ quorum: 2, witnesses: named }))
  await gateway.changeRegistry((registry) => Object.assign(registry, { witnesses: { quorum: 2, witnesses: named } }))
})
afterAll(async () => {
  await Promise.all(witnesses.map((witness) => witness.close()))
  await Promise.all([rys?.[Symbol.asyncDispose](), ctac?.[Symbol.asyncDispose]()])
  await gateway?.[Symbol.asyncDispose]()
  await folder.remove()
})

const pki = () => gateway.pki.folder
const checkpoint = async (): Promise<{ size: number; cosigners: string[] }> => {
  const { text } = await askOperations(gateway, '/log/checkpoint')
  const cosigners = [...text.matchAll(/^\u2014 (witness\S+) /gm)].map(([, name = '']) => name).toSorted()
  return { size: Number(text.split('\n')[1]), cosigners }
}

async function look(agency: string | undefined, state: State = NO_STATE, more: readonly string[] = []): Promise<Round> {
  const words = ['--ca', join(pki(), 'trust/ca.crt'), '--state', folder.path]
  const own = agency === undefined ? [] : ['--identity', join(pki(), 'agencies', agency)]
  const url = agency === undefined ? gateway.operationsUrl : gateway.url
  const options = readOptions(['--url', url, ...words, ...own, ...more], {})
  const http = openHttp({ ca: options.ca, ...options.identity })
  try {
    return await lookOnce(options, http, state, new Date())
  } finally {
    http.close()
  }
}
const alarms = ({ findings }: Round) => findings.filter(({ severity }) => severity === 'alarm')

it('cosigns a referral’s receipts within seconds, by witnesses of both countries', async () => {
  const message = await signMessage(makeEnvelope('referral', 'fr-rys', 'gb-ctac'), rys.signer, new Date())
  const { receipt } = await rys.client.submit(message)
  await writeFile(join(folder.path, 'kept'), `${message}\n${receipt}\n`)
  await until(async () => (await checkpoint()).cosigners.length === 3)
  expect((await checkpoint()).cosigners).toEqual(['fr', 'gb', 'supervisor'].map((name) => `witness.example/${name}`))
})

it('shows operators who cosigns, on the page «Log» and in metrics', async () => {
  const page = await askOperations(gateway, '/log', { operator: 'duty' })
  expect(page.text).toMatch(/<caption[^>]*>Witnesses<\/caption>[^]*>W0<[^]*>FR<[^]*>W1<[^]*>GB<[^]*>W2</)
  expect(page.text).toContain('Enough of them have cosigned the log')
  const seen = /^passerelle_witness_age_seconds\{witness="witness\.example\/gb"\} \d/m
  await until(async () => seen.test((await askOperations(gateway, '/metrics')).text))
})

describe('a monitor', () => {
  it('of an agency follows the log, its witnesses and what the agency has kept, and finds nothing wrong', async () => {
    // The development registry pins two more to it, for tests of refusal.
    const rogue = ['expired-signing', 'revoked-signing'].map((name) => join(pki(), `rogue/${name}.crt`))
    const own = rogue.flatMap((file) => ['--certificate', file])
    const more = ['--witnesses', witnessesFile, '--kept', join(folder.path, 'kept'), ...own]
    await until(async () => (await checkpoint()).cosigners.length === 3)
    const round = await look('fr-rys', NO_STATE, more)
    expect(alarms(round)).toEqual([])
    const parties = round.findings.filter(({ code }) => code === 'entry').map(({ facts }) => facts['party'])
    expect(parties).toContain('passerelle-development')
    expect(parties).toContain('gb-home-office')
    expect(Object.keys(round.state.parties).length).toBeGreaterThan(8)
  })

  it('of a stranger follows it by the operations listener, without a certificate', async () => {
    const keys = log.verifierKeys.flatMap((key) => ['--log-key', key])
    const round = await look(undefined, NO_STATE, [...keys, '--witnesses', witnessesFile])
    expect(round.findings.map(({ code }) => code)).toEqual(['grown'])
    expect(JSON.stringify(round.findings)).not.toContain('gb-')
  })

  it('sees a key that was pinned for a moment, and each act: those on others’ messages only that they were', async () => {
    const before = await Promise.all(['fr-rys', 'gb-home-office'].map((agency) => look(agency)))
    const standing = JSON.parse(await readFile(join(pki(), 'agencies.json'), 'utf8')) as { agencies: { id: string }[] }
    const stolen = await readFile(join(pki(), 'rogue/unregistered.crt'), 'utf8')
    await gateway.changeRegistry(({ agencies }) => {
      const home = agencies.find(({ id }) => id === 'gb-home-office')
      const certificates = home?.['certificates'] as object[] | undefined
      certificates?.push({ use: 'tls', pem: stolen })
    })
    await gateway.changeRegistry((registry) => {
      registry.agencies = standing.agencies as typeof registry.agencies
    })
    const message = await signMessage(makeEnvelope('referral', 'fr-rys', 'gb-ctac'), rys.signer, new Date())
    const { messageId } = await rys.client.submit(message)
    const said = { reason: 'the synthetic desk has been told', code: 'reached' }
    const path = `/api/messages/fr-rys/${messageId}/telephoned`
    await until(async () => (await askOperations(gateway, path, { operator: 'duty', body: said })).status === 200)
    await askOperations(gateway, '/api/agencies/gb-la-e10000016/pause', {
      operator: 'duty',
      body: { reason: 'maintenance over night', code: 'maintenance' },
    })
    const size = Math.max(...before.map((round) => round.size))
    await until(async () => (await checkpoint()).size >= size + 5)

    const [own, others] = await Promise.all(
      ['fr-rys', 'gb-home-office'].map((agency, at) => look(agency, before[at]?.state)),
    )
    const news = (round: Round | undefined) => round?.findings.filter(({ severity }) => severity === 'news') ?? []
    const pinned = news(own).filter(({ code, facts }) => code === 'entry' && facts['party'] === 'gb-home-office')
    expect(
      pinned.map(({ facts }) => [facts['added'], facts['removed']].map((list) => (list as string[]).length)),
    ).toEqual([
      [1, 0],
      [0, 1],
    ])
    expect(alarms(own as Round)).toEqual([])
    // It is the Home Office's own: a key in its name that it does not know.
    expect(alarms(others as Round).map(({ code }) => code)).toEqual(['own-key-unknown'])
    const acts = (round: Round | undefined) =>
      news(round)
        .filter(({ code }) => code.startsWith('act'))
        .map(({ code, facts }) => facts['act'] ?? code)
    expect(acts(own)).toEqual(['telephoned', 'pause'])
    expect(acts(others)).toEqual(['pause', 'acts-elsewhere'])
    expect(JSON.stringify(others?.findings)).not.toContain(messageId)
  })

  it('goes through entries page by page, and takes no parameter that is none', async () => {
    const get = (query: string) => ask(pki(), `${gateway.url}/v1/log/entries${query}`, { as: 'agencies/gb-ctac' })
    const all = (await get('')).json as { entries: { leafIndex: number }[]; next: number }
    expect(all.next).toBe((await checkpoint()).size)
    const [, second] = all.entries
    const rest = (await get(`?from=${second?.leafIndex}`)).json as typeof all
    expect(rest.entries).toEqual(all.entries.slice(1))
    expect((await get('?from=1000000')).json).toMatchObject({ entries: [] })
    for (const query of ['?from=-1', '?from=x', '?after=1']) expect((await get(query)).status).toBe(400)
    expect((await ask(pki(), `${gateway.operationsUrl}/log/entries`)).status).toBe(404)
  })
})

it('a forked log is refused, told on both sides within 60 s, and takes nothing more', async () => {
  await until(async () => (await checkpoint()).cosigners.length === 3)
  const began = performance.now()
  // Whoever has a copy of the keys signs another history, ahead of the true one.
  const pem = await readFile(join(gateway.data, 'log.key'), 'utf8')
  const pair = [...pem.matchAll(/-----BEGIN[^]+?END PRIVATE KEY-----/g)].map(([one]) => createPrivateKey(one))
  const { signers } = makeLogKeys(log.origin, pair)
  const { size } = await checkpoint()
  const leaves = Array.from({ length: size }, (_, index) => leafHash(Buffer.from(`other ${index}`)))
  const note = signedCheckpoint({ origin: log.origin, size, root: rootOfAll(leaves) }, signers, new Date())
  const [fr] = witnesses
  expect((await fr?.add(`old ${size}\n\n${note}`))?.status).toBe(422)
  const status = (await (await fetch(`${fr?.url}/status`)).json()) as { alarms: { misdeed: string }[] }
  expect(status.alarms.map(({ misdeed }) => misdeed)).toEqual(['fork'])
  // Another witness has never seen the true one.
  const place = join(folder.path, 'late')
  await mkdir(place)
  const late = await startWitness(place, [log], { name: 'witness.example/late' })
  witnesses.push(late)
  expect((await late.add(`old 0\n\n${note}`)).status).toBe(200)
  const [, vkey = ''] = late.verifierKeys
  await gateway.changeRegistry((registry) =>
    Object.assign(registry, { witnesses: { quorum: 1, witnesses: [{ name: 'Late', vkey, url: late.url }] } }),
  )
  await until(async () => {
    const { text } = await askOperations(gateway, '/metrics')
    return text.includes('passerelle_alarms{code="log-contradicted"} 1')
  }, 60_000)
  expect(performance.now() - began).toBeLessThan(60_000)
  await until(async () => {
    const message = await signMessage(makeEnvelope('referral', 'fr-rys', 'gb-ctac'), rys.signer, new Date())
    const answer = await ask(pki(), `${gateway.url}/v1/messages`, {
      as: 'agencies/fr-rys',
      body: message,
      contentType: 'application/jose',
    })
    return answer.status === 503
  })
})
