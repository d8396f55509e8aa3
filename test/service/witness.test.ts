import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { chmod, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigurationFault } from '../../gateway/base/base.ts'
import { judge, parseCheckpoint, parseVerifierKey } from '../../tlog/note.ts'
import { temporaryFolder, type TemporaryFolder } from '../support/folder.ts'
import { honestLog, makeKeys } from '../support/honest-log.ts'
import { runProcess, startProcess } from '../support/process.ts'
import { offer, startWitness, type TestWitness, writeLogs } from '../support/witness.ts'

const log = honestLog()
log.append(...Array.from({ length: 30 }, (_, index) => `leaf ${index}`))
const hash = createHash('sha256').update(log.origin).digest('hex')
const folders: TemporaryFolder[] = []
let now = new Date('2026-11-28T12:00:00Z')
let witness: TestWitness

beforeEach(async () => {
  const folder = await temporaryFolder()
  folders.push(folder)
  witness = await startWitness(folder.path, [log], { now: () => now })
})
afterEach(() => witness.close())
afterAll(() => Promise.all(folders.map((folder) => folder.remove())))

const READY = /^passerelle witness ready: \S+\n\S+\n\S+$/m
const environment = () => ({
  WITNESS_NAME: 'witness.example/fr',
  WITNESS_PORT: '0',
  WITNESS_DATA: join(witness.folder, 'data'),
  WITNESS_LOGS: join(witness.folder, 'logs.json'),
})

const restart = async (): Promise<void> => {
  await witness.close()
  witness = await startWitness(witness.folder, [log], { now: () => now })
}
type Status = { name: string; logs: { size: number }[]; alarms: { misdeed: string; file: string }[] }
const status = async (): Promise<Status> => (await (await fetch(`${witness.url}/status`)).json()) as Status

describe('a checkpoint that continues the last', () => {
  it('is cosigned by both keys of the witness, which its vkeys verify', async () => {
    const { status, body } = await witness.add(offer(log, 0, 20))
    expect(status).toBe(200)
    const note = parseCheckpoint(`${log.note(20)}${body}`)
    const verdicts = witness.verifierKeys.map((vkey) => judge(note, parseVerifierKey(vkey)))
    expect(verdicts).toMatchObject(Array.from({ length: 2 }, () => ({ is: 'good', at: now.getTime() / 1000 })))
    expect(body.trimEnd().split('\n')).toHaveLength(2)
  })

  it('is served with those cosignatures, and before the first there is none', async () => {
    const ask = () => fetch(`${witness.url}/${hash}/checkpoint`)
    expect((await ask()).status).toBe(404)
    const { body } = await witness.add(offer(log, 0, 20))
    const served = await (await ask()).text()
    expect(served.startsWith(log.note(20).split('\n\n')[0] ?? '?')).toBe(true)
    expect(served.endsWith(body)).toBe(true)
    await restart()
    expect(await (await ask()).text()).toBe(served)
  })

  it('is cosigned again and again, each time anew', async () => {
    const first = await witness.add(offer(log, 0, 20))
    now = new Date(now.getTime() + 60_000)
    const second = await witness.add(offer(log, 20, 20))
    expect([first.status, second.status]).toEqual([200, 200])
    expect(second.body).not.toBe(first.body)
  })

  it('is on the disk before it is signed: where it cannot be kept nothing is signed, and nothing changes', async () => {
    await witness.add(offer(log, 0, 20))
    const folder = join(witness.folder, 'data', hash)
    await rm(folder, { recursive: true })
    expect((await witness.add(offer(log, 20, 30))).status).toBe(500)
    expect((await witness.add(offer(log, 30, 30))).body).toBe('20\n')
  })
})

describe('what is known outlives the process', () => {
  it('so that a log cannot go back by waiting for a restart', async () => {
    await witness.add(offer(log, 0, 20))
    await restart()
    const { status, type, body } = await witness.add(offer(log, 0, 10))
    expect({ status, type, body }).toEqual({ status: 409, type: 'text/x.tlog.size', body: '20\n' })
    expect((await witness.add(offer(log, 20, 30))).status).toBe(200)
  })

  it('and its keys do, readable by their owner alone', async () => {
    const file = join(witness.folder, 'data', 'witness.key')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const before = witness.verifierKeys
    await restart()
    expect(witness.verifierKeys).toEqual(before)
    await witness.close()
    await chmod(file, 0o644)
    await expect(startWitness(witness.folder, [log])).rejects.toThrow(/0600/)
    await chmod(file, 0o600)
    witness = await startWitness(witness.folder, [log])
  })

  it('and where it is damaged the witness does not start', async () => {
    await witness.add(offer(log, 0, 20))
    await witness.close()
    const file = join(witness.folder, 'data', hash, 'checkpoint.json')
    const kept = await readFile(file)
    await writeFile(file, kept.subarray(0, 100))
    await expect(startWitness(witness.folder, [log])).rejects.toThrow(ConfigurationFault)
    await writeFile(file, kept)
    witness = await startWitness(witness.folder, [log])
  })

  it('and what was half written when it ended is taken away', async () => {
    await witness.add(offer(log, 0, 20))
    await witness.close()
    const folder = join(witness.folder, 'data', hash)
    await writeFile(join(folder, 'checkpoint.json.draft-0123'), '{')
    await rm(join(folder, 'cosigned'))
    witness = await startWitness(witness.folder, [log])
    expect((await readdir(folder)).toSorted()).toEqual(['checkpoint.json', 'cosigned'])
    expect((await fetch(`${witness.url}/${hash}/checkpoint`)).status).toBe(200)
  })
})

it('what it has signed it knows, also when it was killed: and its folder is free at once', async () => {
  await witness.close()
  const running = await startProcess(['witness/main.ts'], environment(), { ready: READY })
  const [, url = ''] = /ready: (\S+)/.exec(running.ready) ?? []
  let signed = 0
  const offering = (async () => {
    for (let size = 1; size <= 30; size += 1) {
      const answer = await fetch(`${url}/add-checkpoint`, { method: 'POST', body: offer(log, signed, size) })
      if (answer.status === 200) signed = size
      if (signed === 5) void running.kill()
    }
  })()
  await expect(offering).rejects.toThrow()
  expect(signed).toBeGreaterThanOrEqual(5)
  await running.kill()
  witness = await startWitness(witness.folder, [log], { now: () => now })
  expect((await status()).logs[0]?.size).toBeGreaterThanOrEqual(signed)
})

it('of requests that come together one is first, and the others are judged by what it left', async () => {
  const answers = await Promise.all([...Array(20).keys()].map((size) => witness.add(offer(log, 0, size + 1))))
  const granted = answers.filter(({ status }) => status === 200)
  expect(granted).toHaveLength(1)
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(19)
  const { logs } = await status()
  expect(answers.filter(({ status }) => status === 409).every(({ body }) => body === `${logs[0]?.size}\n`)).toBe(true)
})

it('two processes never run on one folder', async () => {
  await expect(startWitness(witness.folder, [log])).rejects.toThrow(/another process/)
})

describe('a log that contradicts itself', () => {
  const other = log.fork(12)
  other.append(...Array.from({ length: 20 }, (_, index) => `other ${index}`))

  it('is refused, with an alarm that has the proof and outlives the process', async () => {
    await witness.add(offer(log, 0, 20))
    expect((await witness.add(offer(other, 20, 20))).status).toBe(422)
    expect((await witness.add(offer(other, 20, 30))).status).toBe(422)
    expect((await witness.add(offer(log, 0, 10, 1_900_000_000))).status).toBe(409)
    // Again, it is no further alarm.
    expect((await witness.add(offer(other, 20, 30))).status).toBe(422)
    const misdeeds = ['fork', 'inconsistent', 'rolled-back']
    const raised = async () => (await status()).alarms.map(({ misdeed }) => misdeed).toSorted()
    expect(await raised()).toEqual(misdeeds)
    await restart()
    expect(await raised()).toEqual(misdeeds)

    const { alarms } = await status()
    const { file = '' } = alarms.find(({ misdeed }) => misdeed === 'fork') ?? {}
    const proof = JSON.parse(await readFile(join(witness.folder, 'data', hash, file), 'utf8'))
    const notes = [proof.offered.note, proof.seen.note].map(parseCheckpoint)
    const keys = log.verifierKeys.map(parseVerifierKey)
    expect(notes.flatMap((note) => keys.map((key) => judge(note, key).is))).toEqual(Array(4).fill('good'))
    expect(notes[0]?.root).not.toEqual(notes[1]?.root)

    const metrics = await (await fetch(`${witness.url}/metrics`)).text()
    expect(metrics).toContain(`passerelle_witness_alarms{origin="${log.origin}",misdeed="fork"} 1`)
    for (const [language, words] of [
      ['en', 'two different trees'],
      ['fr', 'deux arbres différents'],
    ] as const) {
      const page = await fetch(witness.url, { headers: { 'accept-language': language } })
      expect(await page.text()).toContain(words)
    }
    // Whoever has seen to it takes the file away.
    await rm(join(witness.folder, 'data', hash, file))
    await witness.reload()
    expect(await raised()).toEqual(misdeeds.filter((one) => one !== 'fork'))
  })

  it('is told of a fork also where somebody else has had a hundred others raised, and after a restart', async () => {
    await witness.add(offer(log, 0, 20))
    const folder = join(witness.folder, 'data', hash)
    const of = (at: number) => `alarm-inconsistent-30-${at.toString(16).padStart(16, '0')}.json`
    const inconsistent = JSON.stringify({ misdeed: 'inconsistent', at: '2026-11-28T12:00:00Z', offered: { size: 30 } })
    for (let at = 0; at < 100; at += 1) await writeFile(join(folder, of(at)), inconsistent)
    await witness.reload()
    // Its proof cannot be kept yet; the next time it can.
    await rename(folder, `${folder}.away`)
    expect((await witness.add(offer(other, 20, 20))).status).toBe(500)
    await rename(`${folder}.away`, folder)
    expect((await witness.add(offer(other, 20, 20))).status).toBe(422)
    expect((await witness.add(offer(log, 0, 10, 1_900_000_000))).status).toBe(409)
    for (const look of [status, async () => (await restart(), await status())]) {
      const misdeeds = (await look()).alarms.map(({ misdeed }) => misdeed)
      const count = (wanted: string) => misdeeds.filter((one) => one === wanted).length
      expect(['fork', 'inconsistent', 'rolled-back'].map(count)).toEqual([1, 100, 1])
    }
  })

  it('is still served where it was honest: what was cosigned goes on', async () => {
    await witness.add(offer(log, 0, 20))
    await witness.add(offer(other, 20, 30))
    expect((await witness.add(offer(log, 20, 30))).status).toBe(200)
  })
})

describe('refused is', () => {
  it('a log that is not watched (404), until it is', async () => {
    const second = honestLog('gateway.example/89abcdef')
    second.append('one')
    expect((await witness.add(offer(second, 0))).status).toBe(404)
    const file = join(witness.folder, 'logs.json')
    await writeLogs(file, [log, second])
    await witness.reload()
    expect((await witness.add(offer(second, 0))).status).toBe(200)
    await writeFile(file, '{"logs": [{}]}')
    await expect(witness.reload()).rejects.toThrow(/\/logs\/0/)
    expect((await witness.add(offer(second, 1))).status).toBe(200)
  })

  it('a stranger who signs in the log’s name (403), and what is no request (400)', async () => {
    const stranger = honestLog(log.origin, makeKeys(), log.leaves())
    expect((await witness.add(offer(stranger, 0))).status).toBe(403)
    expect((await witness.add('old 0\n')).status).toBe(400)
    expect((await witness.add(offer(log, 20, 30).replace('old 20', 'old 31'))).status).toBe(400)
  })

  it('a body without end (413), another method (405), another address (404)', async () => {
    expect((await witness.add(Buffer.alloc(200 * 1024, 'a'))).status).toBe(413)
    expect((await fetch(`${witness.url}/add-checkpoint`)).status).toBe(405)
    expect((await fetch(`${witness.url}/status`, { method: 'DELETE' })).status).toBe(405)
    expect((await fetch(`${witness.url}/${'0'.repeat(64)}/checkpoint`)).status).toBe(404)
    expect((await fetch(`${witness.url}/../../data/witness.key`)).status).toBe(404)
  })

  it('what is not HTTP: the connection is closed', async () => {
    const socket = connect(Number(new URL(witness.url).port), '127.0.0.1')
    socket.write('nonsense\r\n\r\n')
    await once(socket, 'close')
    expect((await status()).name).toBe('witness.example/fr')
  })
})

it('runs as a process of its own, which says where it listens and its keys, and stops with 0', async () => {
  await witness.close()
  const env = environment()
  const running = await startProcess(['witness/main.ts'], env, { ready: READY })
  expect(running.ready.split('\n').slice(1)).toEqual(witness.verifierKeys)
  expect(await running.stop()).toBe(0)
  const refused = await runProcess(['witness/main.ts'], { ...env, WITNESS_HOST: '0.0.0.0' })
  expect(refused).toMatchObject({ code: 78, stdout: '' })
  expect(refused.stderr).toMatch(/^passerelle witness: WITNESS_HOST: .*\n$/)
  witness = await startWitness(witness.folder, [log])
})
