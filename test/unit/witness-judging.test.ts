import { describe, expect, it, test } from 'vitest'
import { NoteFault, parseVerifierKey } from '../../tlog/note.ts'
import { judgeRequest, type Seen } from '../../witness/judging.ts'
import { parseRequest } from '../../witness/request.ts'
import { honestLog, makeKeys } from '../support/honest-log.ts'

const log = honestLog()
log.append(...Array.from({ length: 20 }, (_, index) => `leaf ${index}`))
const keys = log.verifierKeys.map(parseVerifierKey)
const AT = 1_800_000_000

const request = (from: number, to: number, of = log, { proof = of.consistency(from, to), at = AT } = {}) =>
  parseRequest(body(from, proof, of.note(to, at)))
const body = (old: number | string, proof: readonly Buffer[], note: string): Buffer =>
  Buffer.from(`old ${old}\n${proof.map((hash) => `${hash.toString('base64')}\n`).join('')}\n${note}`)
const seen = (size: number, at = AT): Seen => {
  const judged = judgeRequest(request(0, size, log, { proof: [], at }), keys)
  if (judged.status !== 200) throw new Error('the first checkpoint was refused')
  return judged.offered
}

describe('what continues the last checkpoint is cosigned', () => {
  test.each([
    [0, 0],
    [0, 20],
    [1, 2],
    [8, 16],
    [13, 20],
    [20, 20],
  ])('%i to %i', (from, to) => {
    const judged = judgeRequest(request(from, to), keys, from === 0 ? undefined : seen(from))
    expect(judged).toMatchObject({ status: 200, offered: { signedAt: AT } })
  })

  it('with the lines of keys that are trusted, and no other', () => {
    const stranger = honestLog(log.origin, makeKeys(), log.leaves())
    const [line = ''] = stranger.note().split('\n\n')[1]?.split('\n') ?? []
    const note = log.note()
    const judged = judgeRequest(parseRequest(body(0, [], `${note}${line}\n`)), keys)
    expect(judged).toMatchObject({ status: 200, offered: { note } })
  })

  it('also where one of two trusted keys has signed', () => {
    const [text = '', lines = ''] = log.note().split('\n\n')
    const [first] = lines.split('\n')
    expect(judgeRequest(parseRequest(body(0, [], `${text}\n\n${first}\n`)), keys).status).toBe(200)
  })
})

describe('refused is', () => {
  const stranger = honestLog(log.origin, makeKeys(), log.leaves())
  const other = log.fork(10)
  other.append(...Array.from({ length: 14 }, (_, index) => `other ${index}`))

  it('a note that no trusted key has signed: 403', () => {
    expect(judgeRequest(request(0, 20, stranger), keys)).toEqual({ status: 403 })
  })
  it('a note with a forged line of a trusted key, beside a good one: 403', () => {
    const forged = log.note().replace(/ ([^ ]+)\n$/, (_all, line: string) => ` ${corrupt(line)}\n`)
    expect(judgeRequest(parseRequest(body(0, [], forged)), keys)).toEqual({ status: 403 })
  })
  it('an old size beyond the checkpoint: 400', () => {
    expect(judgeRequest(request(20, 12, log, { proof: [] }), keys, seen(20))).toEqual({ status: 400 })
  })
  it('an old size that is not that of the last: 409, before the proof is looked at', () => {
    expect(judgeRequest(request(8, 20, log, { proof: [] }), keys, seen(12))).toEqual({ status: 409 })
    expect(judgeRequest(request(8, 20), keys)).toEqual({ status: 409 })
  })
  it('a proof where the old size is zero: 422', () => {
    expect(judgeRequest(request(0, 20, log, { proof: log.consistency(8, 20) }), keys)).toEqual({ status: 422 })
  })
  it('an empty tree whose root is not that of the empty tree: 422', () => {
    expect(log.root(0).toString('base64')).toBe('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=')
    const lying = log.signed(0, log.root(5))
    expect(judgeRequest(parseRequest(body(0, [], lying)), keys)).toMatchObject({ status: 422 })
  })
  it('a proof that is too long, too short or of others: 422, and it is suspicious', () => {
    const proof = log.consistency(12, 20)
    for (const wrong of [proof.slice(1), [...proof, log.root()], [...proof].toReversed(), []])
      expect(judgeRequest(request(12, 20, log, { proof: wrong }), keys, seen(12))).toEqual({
        status: 422,
        misdeed: 'inconsistent',
      })
  })
  it('a proof from a size to itself: 422, and it says nothing of the log', () => {
    expect(judgeRequest(request(20, 20, log, { proof: [log.root()] }), keys, seen(20))).toEqual({ status: 422 })
  })
  it('another history that goes on: 422', () => {
    expect(judgeRequest(request(20, 24, other), keys, seen(20))).toEqual({ status: 422, misdeed: 'inconsistent' })
  })
  it('another tree of the same size: a fork, whatever else is wrong', () => {
    expect(judgeRequest(request(20, 20, other), keys, seen(20))).toEqual({ status: 422, misdeed: 'fork' })
    expect(judgeRequest(request(10, 20, other), keys, seen(20))).toEqual({ status: 409, misdeed: 'fork' })
  })
  it('a smaller tree that was signed later: a roll-back; signed before, or hardly later, it is an old one', () => {
    const older = (at: number) => judgeRequest(request(0, 12, log, { proof: [], at }), keys, seen(20))
    expect(older(AT + 61)).toEqual({ status: 409, misdeed: 'rolled-back' })
    expect(older(AT + 60)).toEqual({ status: 409 })
    expect(older(AT - 1000)).toEqual({ status: 409 })
  })
})

describe('no request is', () => {
  const note = log.note()
  test.each([
    ['nothing', ''],
    ['a note alone', note],
    ['an old size with a leading zero', `old 01\n\n${note}`],
    ['a negative old size', `old -1\n\n${note}`],
    ['an old size that no number holds', `old 9007199254740993\n\n${note}`],
    ['another word', `size 1\n\n${note}`],
    ['a proof line that is too short', `old 1\nAAAA\n\n${note}`],
    ['a proof line that is not canonical', `old 1\n${'A'.repeat(42)}B=\n\n${note}`],
    ['64 proof lines', `old 1\n${`${log.root().toString('base64')}\n`.repeat(64)}\n${note}`],
    ['no checkpoint', 'old 1\n\n'],
    ['carriage returns', `old 1\r\n\r\n${note}`],
    ['a byte order mark', `\uFEFFold 1\n\n${note}`],
  ])('%s', (_what, text) => {
    expect(() => parseRequest(Buffer.from(text))).toThrow(NoteFault)
  })
  it('what is not in UTF-8', () => {
    expect(() => parseRequest(Buffer.from([...Buffer.from(`old 1\n\n${note}`), 0xff]))).toThrow(NoteFault)
  })
  it('but 63 proof lines are one', () => {
    const lines = `${log.root().toString('base64')}\n`.repeat(63)
    expect(parseRequest(Buffer.from(`old 1\n${lines}\n${note}`)).proof).toHaveLength(63)
  })
})

function corrupt(line: string): string {
  const bytes = Buffer.from(line, 'base64')
  bytes.writeUInt8(bytes.readUInt8(40) ^ 1, 40)
  return bytes.toString('base64')
}
