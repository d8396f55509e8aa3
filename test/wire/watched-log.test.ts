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
const names = ['fr', 'gb', 'supervisor'] as const
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
  for (const name of names) {
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
  // The next checkpoint has none of them yet.
  let cosigners: readonly string[] = []
  await until(async () => ({ cosigners } = await checkpoint()).cosigners.length === 3)
  expect(cosigners).toEqual(names.map((name) => `witness.example/${name}`))
})

it('shows operators who cosigns, on the page «Log» and in metrics', async () => {
  const page = await askOperations(gateway, '/log', { operator: 'duty' })
  expect(page.text).toMatch(/<caption[^>]*>Witnesses<\/caption>[^]*>W0<[^]*>FR<[^]*>W1<[^]*>GB<[^]*>W2</)
  expect(page.text).toContain('Enough of them have cosigned the log')
  const seen = /^passerelle_witness_age_seconds\{witness="witness\.example\/gb"\} \d/m
  await until(async () => seen.test((await askOperations(gateway, '/metrics')).text))
})

describe('a proof on the console', () => {
  let leaf: string
  let proof: string
  const duty = { as: 'operators/duty' }
  const at = (path: string) => `${gateway.operationsUrl}${path}`

  beforeAll(async () => {
    const message = await signMessage(makeEnvelope('referral', 'fr-rys', 'gb-ctac'), rys.signer, new Date())
    const { messageId, receipt } = await rys.client.submit(message)
    leaf = receipt
    const page = await ask(pki(), at(`/messages/fr-rys/${messageId}`), duty)
    const [path = ''] = /\/log\/leaves\/\d+\/proof/.exec(page.text) ?? []
    await until(async () => {
      const told = await ask(pki(), at(path), duty)
      proof = told.text
      return told.status === 200 && names.every((name) => proof.includes(`witness.example/${name} `))
    })
    expect((await ask(pki(), at(path))).status).toBe(401)
  })

  async function check(given: Record<string, string>, path = '/log'): Promise<{ status: number; text: string }> {
    const { text } = await ask(pki(), at(path), duty)
    const [, token = ''] = /name="token" value="([^"]+)"/.exec(text) ?? []
    const body = new URLSearchParams({ token, proof, leaf, ...given }).toString().replaceAll('%0A', '%0D%0A')
    return await ask(pki(), at('/log/check'), { ...duty, body, contentType: 'application/x-www-form-urlencoded' })
  }

  it('that is pasted holds; nothing of the leaf is shown but its kind, its size and its place', async () => {
    for (const path of ['/log', '/log/check']) {
      const { status, text } = await check({}, path)
      expect(status).toBe(200)
      expect(text).toContain('<h1 class="govuk-heading-l">The proof holds</h1>')
      expect(text).toContain('delivery-receipt+jws')
      expect(text).toContain(leafHash(Buffer.from(leaf)).toString('hex'))
      expect(text).toContain('3 of 3 (W0, W1, W2)')
      expect(text).toContain('These are a quorum')
      expect(text).not.toContain(leaf.split('.')[1])
    }
  })

  it('that does not hold is told why, and one in a form of another is not looked at', async () => {
    const cut = leaf.split('.', 2).join('.')
    const cases: readonly (readonly [given: Record<string, string>, status: number, says: string])[] = [
      [{ leaf: cut }, 200, 'The leaf is no receipt'],
      [{ leaf: `${cut}.c2ln` }, 200, 'The path does not lead from this leaf'],
      [{ proof: '' }, 200, 'The proof is no C2SP tlog-proof text'],
      [{ proof: proof.slice(0, -20) }, 200, 'it was cut off or changed'],
      [{ proof: proof.replace(/^index \d+/m, 'index 999999') }, 200, 'a place that the checkpoint'],
      [{ proof: proof.replaceAll(log.origin, 'gateway.example/ffffffff') }, 200, 'has never kept'],
      [{ proof: proof + 'x'.repeat(33 * 1024) }, 200, 'is too long'],
      [{ token: 'x' }, 403, 'Nothing was checked'],
    ]
    for (const [given, status, says] of cases) {
      const told = await check(given)
      expect([told.status, told.text.includes('The proof holds'), told.text.includes(says)], says).toEqual([
        status,
        false,
        true,
      ])
    }
    expect((await check({ proof: 'x'.repeat(65 * 1024) })).status).toBe(413)
  })

  it('of a leaf that is in no checkpoint yet is to be had later', async () => {
    const proofOf = async (index: string) => (await ask(pki(), at(`/log/leaves/${index}/proof`), duty)).json
    expect(await proofOf('999999')).toMatchObject({ code: 'not-yet-published' })
    for (const none of ['x', '-1', '01', '9'.repeat(16)])
      expect(await proofOf(none)).toMatchObject({ code: 'not-found' })
  })
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
