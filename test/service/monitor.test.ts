import { randomUUID } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CannotLook } from '../../monitor/finding.ts'
import { type Http, openHttp } from '../../monitor/http.ts'
import { digestOf } from '../../monitor/jws.ts'
import { readOptions, UsageFault } from '../../monitor/options.ts'
import { lookOnce, type Round } from '../../monitor/round.ts'
import { NO_STATE, readState, type State, writeState } from '../../monitor/state.ts'
import { readIdentity, signMessage } from '../../sdk/index.ts'
import { temporaryFolder, type TemporaryFolder } from '../support/folder.ts'
import { makeKeys, honestLog } from '../support/honest-log.ts'
import { copyPki } from '../support/pki.ts'
import { runProcess } from '../support/process.ts'
import { showLog, type ShownLog, thumbprint } from '../support/shown-log.ts'
import { offer, startWitness, type TestWitness } from '../support/witness.ts'

let folder: TemporaryFolder
let pki: string
let gateway: ShownLog
let own: string[]
let words: string[]
let http: Http | undefined

beforeAll(async () => {
  folder = await temporaryFolder()
  pki = join(folder.path, 'pki')
  await copyPki(pki)
  const files = ['tls.crt', 'signing.crt'].map((name) => readFile(join(pki, 'agencies/fr-rys', name), 'utf8'))
  own = (await Promise.all(files)).map(thumbprint)
})
const witnesses: TestWitness[] = []
afterAll(async () => {
  await Promise.all(witnesses.map((witness) => witness.close()))
  await folder.remove()
})

beforeEach(async () => {
  gateway = await showLog(pki)
  words = ['--url', gateway.url, '--ca', join(pki, 'trust/ca.crt'), '--state', join(folder.path, randomUUID())]
  words.push('--identity', join(pki, 'agencies/fr-rys'))
})
afterEach(async () => {
  http?.close()
  http = undefined
  await gateway[Symbol.asyncDispose]()
})

/** A look, with what is remembered of those before. */
async function look(state: State, more: readonly string[] = [], now = new Date()): Promise<Round> {
  const options = readOptions([...words, ...more], {})
  http ??= openHttp({ ca: options.ca, ...options.identity })
  return await lookOnce(options, http, state, now, 10)
}
const codes = ({ findings }: Round, severity: 'alarm' | 'news' = 'alarm') =>
  findings.filter((one) => one.severity === severity).map(({ code }) => code)

const receipts = (count: number) => {
  for (let n = 0; n < count; n += 1) gateway.add('delivery-receipt+jws', { receiptId: randomUUID(), n })
}

describe('an honest log', () => {
  it('is followed from nothing, and on, over tiles that are full and not', async () => {
    receipts(300)
    const first = await look(NO_STATE)
    expect(codes(first)).toEqual([])
    expect(codes(first, 'news')).toEqual(['keys-taken', 'grown', 'entry'])
    receipts(299)
    const second = await look(first.state)
    expect(codes(second)).toEqual([])
    expect(second.state.logs[gateway.log.origin]).toMatchObject({
      size: 600,
      root: gateway.log.root().toString('base64'),
    })
    // Nothing that is known already is asked for again.
    gateway.asked.length = 0
    const third = await look(second.state)
    expect(third.findings).toEqual([])
    expect(gateway.asked.filter((path) => path.includes('/tile/'))).toEqual([])
  })

  it('can be followed by a stranger too, who knows its keys, and learns of growth alone', async () => {
    receipts(3)
    words.splice(words.indexOf('--identity'), 2)
    await expect(look(NO_STATE)).rejects.toThrow(CannotLook)
    const keys = gateway.log.verifierKeys.flatMap((key) => ['--log-key', key])
    const round = await look(NO_STATE, keys)
    expect(round.findings.map(({ code }) => code)).toEqual(['grown'])
    expect(gateway.asked.filter((path) => path.startsWith('/v1'))).toEqual([])
  })

  it('shows every key that came into force, also for a minute, and every act', async () => {
    gateway.addEntry('fr-rys', own)
    gateway.addEntry('gb-ctac', ['aaaa'])
    const { state } = await look(NO_STATE)
    gateway.addEntry('gb-ctac', ['aaaa', 'for-a-minute'])
    gateway.addEntry('gb-ctac', ['aaaa'])
    gateway.add('operator-act+jws', {
      actId: randomUUID(),
      at: 'now',
      act: 'pause',
      operator: 'duty',
      agency: 'gb-ctac',
    })
    const elsewhere = gateway.add('operator-act+jws', { actId: randomUUID(), at: 'now', act: 'erase', caseId: 'c' })
    elsewhere.withheld = true
    const round = await look(state)
    expect(codes(round)).toEqual([])
    expect(codes(round, 'news')).toEqual(['grown', 'entry', 'entry', 'act', 'acts-elsewhere'])
    const said = round.findings.map(({ text }) => text)
    expect(said[1]?.en).toContain('keys added: signing for-a-minute')
    expect(said[2]?.fr).toContain('retirées\u00A0: signing for-a-minute')
    expect(said[3]?.en).toContain('«pause» of the operator duty')
    expect(said[4]?.en).not.toContain('erase')
  })
})

describe('an alarm is', () => {
  it('a log that has gone back, or has signed another tree of one size; nothing is believed of it', async () => {
    receipts(20)
    const { state } = await look(NO_STATE)
    const honest = gateway.log
    gateway.log = honest.fork(10)
    const back = await look(state)
    expect(codes(back)).toEqual(['rolled-back'])
    expect(back.state).toBe(state)
    for (let n = 0; n < 11; n += 1) gateway.log.append(`other ${n}`)
    expect(codes(await look(state))).toEqual(['forked'])
    gateway.log.append('and one')
    expect(codes(await look(state))).toEqual(['inconsistent'])
    gateway.log = honest
    expect(codes(await look(state))).toEqual([])
  })

  it('a tile that is not of the tree', async () => {
    gateway.lies.set('/v1/log/tile/0/000.p/1', { status: 200, body: 'x'.repeat(32) })
    expect(codes(await look(NO_STATE))).toEqual(['inconsistent'])
  })

  it('a checkpoint that not all its keys have signed, and other keys than before', async () => {
    const { state } = await look(NO_STATE)
    const note = gateway.log.note()
    gateway.lies.set('/v1/log/checkpoint', { status: 200, body: note.slice(0, note.lastIndexOf('\u2014')) })
    expect(codes(await look(state))).toEqual(['checkpoint-not-signed'])
    gateway.lies.clear()
    gateway.log = honestLog(gateway.log.origin, makeKeys(), gateway.log.leaves())
    expect(codes(await look(state))).toEqual(['log-keys-changed', 'checkpoint-not-signed'])
  })

  it('another log in its place', async () => {
    const { state } = await look(NO_STATE)
    const [{ origin }, size] = [gateway.log, gateway.log.leaves().length]
    gateway.log = honestLog('gateway.example/89abcdef')
    const [own] = gateway.leaves.splice(0)
    const succeed = (of: number) => {
      const act = {
        actId: randomUUID(),
        at: 'now',
        act: 'succeed',
        operator: 'duty',
        predecessor: { origin, size: of },
      }
      gateway.add('operator-act+jws', act)
    }
    succeed(size)
    if (own) gateway.append(own)
    expect(codes(await look(state))).toEqual(['another-log'])
    succeed(size - 1)
    expect(codes(await look(state))).toEqual(['another-log', 'successor-forgets'])
  })

  it('an entry that is not the leaf that it is said to be, is withheld, or that the gateway has not signed', async () => {
    const entry = gateway.addEntry('gb-ctac', ['aaaa'])
    const other = gateway.addEntry('gb-ctac', ['bbbb'])
    gateway.leaves.splice(2, 1, { ...other, jws: entry.jws })
    expect(codes(await look(NO_STATE))).toEqual(['entry-not-in-log'])
    gateway.leaves.splice(2, 1, { ...other, withheld: true })
    expect(codes(await look(NO_STATE))).toEqual(['entry-not-readable'])
    const [head, , tail] = entry.jws.split('.')
    const forged = `${head}.${Buffer.from(JSON.stringify({ at: '', party: { id: 'x', certificates: [] } })).toString('base64url')}.${tail}`
    gateway.leaves.splice(2, 1, { ...other, jws: forged })
    gateway.log = gateway.log.fork(2)
    gateway.log.append(forged)
    expect(codes(await look(NO_STATE))).toEqual(['entry-not-signed'])
  })

  it('a key in the directory that no entry has pinned: an entry that is kept from view is missed', async () => {
    const pem = await readFile(join(pki, 'agencies/gb-ctac/signing.crt'), 'utf8')
    const entry = gateway.addEntry('gb-ctac', [thumbprint(pem)])
    gateway.directory.set('gb-ctac', [pem])
    expect(codes(await look(NO_STATE))).toEqual([])
    entry.listed = false
    expect(codes(await look(NO_STATE))).toEqual(['key-without-entry'])
  })

  it('a key that was pinned in one’s own name by somebody else', async () => {
    gateway.addEntry('fr-rys', own)
    gateway.addEntry('fr-rys', [...own, 'not-ours'])
    gateway.addEntry('fr-rys', own)
    const round = await look(NO_STATE)
    expect(codes(round)).toEqual(['own-key-unknown'])
    expect(round.findings.find(({ code }) => code === 'own-key-unknown')?.text.en).toContain('not-ours')
  })
})

describe('what an agency has kept', () => {
  const old = new Date(Date.now() - 3_600_000)
  const keep = async (...jws: readonly string[]): Promise<string[]> => {
    const path = join(folder.path, randomUUID())
    await mkdir(path)
    await writeFile(join(path, 'kept'), `${jws.join('\n')}\nno JWS\n`)
    return ['--kept', path]
  }
  const message = async (at = old) => {
    const { signer } = await readIdentity(join(pki, 'agencies/fr-rys'))
    const id = randomUUID()
    return { id, jws: await signMessage({ id, type: 'referral' } as never, signer, at) }
  }
  const receipt = (event: string, of: string, at = old) =>
    gateway.add('delivery-receipt+jws', { receiptId: randomUUID(), event, messageDigest: digestOf(of) }, at).jws

  it('needs nothing more where all receipts are there and in the log', async () => {
    const { id, jws } = await message()
    gateway.receipts.set(id, [receipt('SubmissionAcceptance', jws), receipt('ContentHandover', jws)])
    const kept = await keep(jws)
    const round = await look(NO_STATE, kept)
    expect(codes(round)).toEqual([])
    expect(round.state.settled).toEqual([digestOf(jws)])
    gateway.asked.length = 0
    expect(codes(await look(round.state, kept))).toEqual([])
    expect(gateway.asked.filter((path) => path.startsWith('/v1/messages'))).toEqual([])
  })

  it('is missed where the gateway knows nothing of it, but was refused, or has only just been sent', async () => {
    const lost = await message()
    expect(codes(await look(NO_STATE, await keep(lost.jws)))).toEqual(['receipt-missing'])
    const young = await message(new Date())
    expect(codes(await look(NO_STATE, await keep(young.jws)))).toEqual([])
    const rejection = receipt('SubmissionRejection', lost.jws)
    expect(codes(await look(NO_STATE, await keep(lost.jws, rejection)))).toEqual([])
  })

  it('is missed where a week has brought no word of its delivery', async () => {
    const { id, jws } = await message()
    gateway.receipts.set(id, [receipt('SubmissionAcceptance', jws)])
    const kept = await keep(jws)
    expect(codes(await look(NO_STATE, kept))).toEqual([])
    const later = new Date(Date.now() + 8 * 24 * 3_600_000)
    expect(codes(await look(NO_STATE, kept, later))).toEqual(['receipt-missing'])
  })

  it('is an alarm where a receipt is not in the log, not signed, or about other bytes', async () => {
    const { id, jws } = await message()
    const accepted = receipt('SubmissionAcceptance', jws)
    gateway.leaves.pop()
    gateway.log = gateway.log.fork(gateway.leaves.length)
    gateway.receipts.set(id, [accepted])
    expect(codes(await look(NO_STATE, await keep(jws)))).toEqual(['receipt-not-in-log'])
    expect(codes(await look(NO_STATE, await keep(accepted)))).toEqual(['receipt-not-in-log'])
    const forged = accepted.slice(0, -4) + (accepted.endsWith('AAAA') ? 'BBBB' : 'AAAA')
    expect(codes(await look(NO_STATE, await keep(forged)))).toEqual(['receipt-not-signed'])
    gateway.receipts.set(id, [receipt('SubmissionAcceptance', jws), receipt('ContentConsignment', 'others')])
    expect(codes(await look(NO_STATE, await keep(jws)))).toEqual(['receipt-of-other-bytes'])
  })
})

it('asks the witnesses what they were shown', async () => {
  const place = join(folder.path, 'witness')
  await mkdir(place)
  const witness = await startWitness(place, [gateway.log])
  witnesses.push(witness)
  const file = join(place, 'witnesses.json')
  const [vkey = ''] = witness.verifierKeys
  await writeFile(file, JSON.stringify({ quorum: 1, witnesses: [{ name: 'W', vkey, url: witness.url }] }))
  const asking = ['--witnesses', file]
  receipts(9)
  expect(codes(await look(NO_STATE, asking))).toEqual(['not-cosigned'])
  const honest = gateway.log
  await witness.add(offer(honest, 0, 10))
  const { state, findings } = await look(NO_STATE, asking)
  expect(findings.filter(({ severity }) => severity === 'alarm')).toEqual([])
  // The witness is shown one history, the monitor another; then the monitor is shown less.
  const other = honest.fork(10)
  other.append('one', 'two')
  await witness.add(offer(other, 10, 12))
  receipts(4)
  expect(codes(await look(state, asking))).toEqual(['split-view'])
  gateway.log = honest.fork(11)
  expect(codes(await look(state, asking))).toEqual(['behind-witness'])
  const later = new Date(Date.now() + 3_600_000)
  expect(codes(await look(state, asking, later))).toContain('not-cosigned')
})

describe('run as a command it', () => {
  it('says in both languages what it has seen, remembers it, and exits 0, 1 or 75', async () => {
    gateway.addEntry('fr-rys', own)
    const first = await runProcess(['monitor/main.ts', ...words, '--language', 'fr'])
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(first.stdout).toMatch(/^nouvelle entry: Inscription de fr-rys/m)
    expect(first.stdout).toMatch(/2 feuilles: rien d’anormal\n$/)
    gateway.log = gateway.log.fork(1)
    const run = (...more: string[]) => runProcess(['monitor/main.ts', ...words, ...more])
    const [second, third] = await Promise.all([run(), run('--json')])
    expect(second.code).toBe(1)
    expect(second.stdout).toMatch(/^ALARM rolled-back: The log \S+ has gone back: it had 2 leaves, and now has 1\.$/m)
    expect(JSON.parse(third.stdout)).toMatchObject({ wrong: true, size: 1, findings: [{ code: 'rolled-back' }] })
    gateway.lies.set('/.well-known/passerelle', { status: 200, body: '{}' })
    expect(await run()).toMatchObject({ code: 75, stdout: '' })
  })

  it('exits 64 for words that it does not take', async () => {
    for (const more of [['--nothing'], ['--every', '0'], ['--log-key', 'x'], ['--kept'], ['--witnesses', '/none']])
      expect(() => readOptions([...words, ...more], {})).toThrow(UsageFault)
    const said = await runProcess(['monitor/main.ts', '--url', 'http://gateway'], { LANG: 'fr_FR.UTF-8' })
    expect(said).toMatchObject({ code: 64, stdout: '' })
    expect(said.stderr).toContain('usage\u00A0: npm run monitor')
  })
})

it('does not begin anew where what it remembers is damaged', async () => {
  const place = join(folder.path, randomUUID())
  await writeState(place, NO_STATE)
  await writeFile(join(place, 'monitor.json'), '{"version":1,"logs":{"a":{"size":3,"peaks":[]}},"settled":[]}')
  await expect(readState(place)).rejects.toThrow(CannotLook)
})
