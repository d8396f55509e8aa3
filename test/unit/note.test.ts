import { generateKeyPairSync, sign, verify } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  checkpointText,
  formatNote,
  NoteFault,
  parseCheckpoint,
  parseNote,
  signatureLine,
} from '../../gateway/protocol/note.ts'
import {
  noteSigner,
  openCheckpoint,
  parseVerifierKey,
  signCheckpoint,
  signedCheckpoint,
  verifyNote,
} from '../../gateway/protocol/note-keys.ts'

/** The examples of C2SP signed-note. */
const VKEY = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'
const EXAMPLE = `This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`

const one = generateKeyPairSync('ed25519').privateKey
const two = generateKeyPairSync('ed25519').privateKey
const pq = generateKeyPairSync('ml-dsa-44').privateKey
const witnessKey = generateKeyPairSync('ml-dsa-44').privateKey
const ORIGIN = 'passerelle.example/0123abcd'
const log = [noteSigner(ORIGIN, 'ed25519', one), noteSigner(ORIGIN, 'ml-dsa-44', pq)]
const witness = noteSigner('witness.example/w1', 'ed25519-cosignature', two)
const pqWitness = noteSigner('witness.example/w2', 'ml-dsa-44', witnessKey)
const AT = new Date('2016-10-24T09:30:15.250Z')
const SECONDS = 1_477_301_415
const checkpoint = { origin: ORIGIN, size: 20_852_163, root: Buffer.alloc(32, 7) }
const text = checkpointText(checkpoint)
const note = signedCheckpoint(checkpoint, log, AT)

describe('signed notes', () => {
  test('the example of C2SP verifies, and with another text or signature does not', () => {
    const key = parseVerifierKey(VKEY)
    expect(verifyNote(parseNote(EXAMPLE), [key]).map((verified) => verified.key.name)).toEqual(['example.com/foo'])
    expect(() => verifyNote(parseNote(EXAMPLE.replace('an', 'no')), [key])).toThrow(NoteFault)
    expect(() => verifyNote(parseNote(EXAMPLE.replace('Ot2', 'Ot3').replace('IneyaQM', 'IneyaQI')), [key])).toThrow(
      NoteFault,
    )
    expect(() => verifyNote(parseNote(EXAMPLE), log)).toThrow('no key that is known')
  })

  test('a text may hold empty lines: its end is the last one', () => {
    const poem = EXAMPLE.replace('message.', 'message.\n\nOf two parts.')
    expect(parseNote(poem).text).toBe('This is an example message.\n\nOf two parts.\n')
    expect(parseNote(Buffer.from(EXAMPLE))).toEqual(parseNote(EXAMPLE))
  })

  test.each([
    ['nothing', ''],
    ['no signature', 'text\n'],
    ['an empty list of signatures', 'text\n\n'],
    ['no text', `\n${EXAMPLE.slice(EXAMPLE.indexOf('—'))}`],
    ['no last line feed', EXAMPLE.slice(0, -1)],
    ['a carriage return', EXAMPLE.replace('message', 'mess\rage')],
    ['a hyphen for the dash', EXAMPLE.replace('—', '-')],
    ['a name with a plus', EXAMPLE.replace('/foo', '/f+o')],
    ['a name with a space that is none of ASCII', EXAMPLE.replace('/foo', '/f\u2003o')],
    ['base64 without padding', EXAMPLE.replace('QM=', 'QM')],
    ['base64 with spare bits', EXAMPLE.replace('QM=', 'QN=')],
    ['more behind the signature', EXAMPLE.replace('QM=', 'QM= more')],
    ['a signature of nothing', `text\n\n${signatureLine('a', '00000000', Buffer.alloc(0))}\n`],
    ['too many signatures', formatNote('text\n', Array(33).fill(signatureLine('a', '00000000', Buffer.alloc(64))))],
    ['too long a text', `${'x'.repeat(200_000)}\n\n${signatureLine('a', '00000000', Buffer.alloc(64))}\n`],
    ['a surrogate alone', EXAMPLE.replace('an', '\ud800')],
  ])('%s is no note', (_, odd) => {
    expect(() => parseNote(odd)).toThrow(NoteFault)
  })

  test('bytes that are no UTF-8 are no note', () => {
    expect(() => parseNote(Buffer.from(EXAMPLE, 'latin1'))).toThrow(NoteFault)
  })

  test('whatever is made is read again', () => {
    const line = fc.record({
      name: fc.string({ unit: fc.constantFrom('a', 'é', '/', '.', '-'), minLength: 1, maxLength: 20 }),
      id: fc.uint8Array({ minLength: 4, maxLength: 4 }),
      signature: fc.uint8Array({ minLength: 1, maxLength: 80 }),
    })
    const body = fc
      .string({ unit: fc.constantFrom('a', ' ', '\n', '—', '0'), maxLength: 40 })
      .map((some) => `x${some}\n`)
    fc.assert(
      fc.property(body, fc.array(line, { minLength: 1, maxLength: 16 }), (said, lines) => {
        const parsed = parseNote(
          formatNote(
            said,
            lines.map(({ name, id, signature }) => signatureLine(name, Buffer.from(id).toString('hex'), signature)),
          ),
        )
        expect(parsed.text).toBe(said)
        expect(parsed.signatures.map(({ name, signature }) => [name, [...signature]])).toEqual(
          lines.map(({ name, signature }) => [name, [...signature]]),
        )
      }),
    )
  })
})

describe('verifier keys', () => {
  test('a key is read as it is written, of each of the three types', () => {
    for (const signer of [...log, witness, pqWitness]) {
      const { privateKey: _, ...key } = signer
      expect(parseVerifierKey(signer.vkey)).toEqual(key)
    }
    expect(Buffer.from(witness.vkey.split('+').slice(2).join('+'), 'base64')[0]).toBe(0x04)
    expect(Buffer.from(pqWitness.vkey.split('+').slice(2).join('+'), 'base64')[0]).toBe(0x06)
  })

  test.each([
    ['nothing', ''],
    ['another name', VKEY.replace('foo', 'bar')],
    ['another id', VKEY.replace('530d903a', '530d903b')],
    ['an id in capitals', VKEY.replace('530d903a', '530D903A')],
    ['a key that is too short', VKEY.slice(0, -4)],
    ['a type that is not known', VKEY.replace('+Ae', '+Be')],
    ['no key', 'example.com/foo+530d903a+'],
  ])('%s is no verifier key', (_, odd) => {
    expect(() => parseVerifierKey(odd)).toThrow(NoteFault)
  })

  test('a key signs only what is of its kind', () => {
    expect(() => noteSigner(ORIGIN, 'ml-dsa-44', one)).toThrow(NoteFault)
    expect(() => noteSigner('two words', 'ed25519', one)).toThrow(NoteFault)
  })
})

describe('checkpoints', () => {
  test('a checkpoint is signed by both keys of its log, over the bytes that C2SP says', () => {
    const opened = openCheckpoint(note, ORIGIN, log)
    expect(opened).toMatchObject(checkpoint)
    const [classic, quantum] = opened.note.signatures
    expect(
      verify(
        null,
        Buffer.from(`${ORIGIN}\n20852163\n${'BwcH'.repeat(10)}Bwc=\n`),
        log[0]?.key ?? '',
        classic?.signature ?? Buffer.alloc(0),
      ),
    ).toBe(true)
    const number = (value: number): string => value.toString(16).padStart(16, '0')
    const name = `${ORIGIN.length.toString(16).padStart(2, '0')}${Buffer.from(ORIGIN).toString('hex')}`
    const message = `${Buffer.from('subtree/v1\n').toString('hex')}00${name}${number(SECONDS)}${name}${number(0)}${number(20_852_163)}${'07'.repeat(32)}`
    expect(quantum?.signature.subarray(0, 8).toString('hex')).toBe(number(SECONDS))
    expect(
      verify(null, Buffer.from(message, 'hex'), log[1]?.key ?? '', quantum?.signature.subarray(8) ?? Buffer.alloc(0)),
    ).toBe(true)
  })

  test('witnesses of both kinds cosign it, and their time is signed', () => {
    const cosigned = `${note}${[witness, pqWitness].map((one) => `${signCheckpoint(one, text, AT)}\n`).join('')}`
    const opened = openCheckpoint(cosigned, ORIGIN, log)
    expect(verifyNote(opened.note, [witness, pqWitness])).toMatchObject([
      { key: { name: 'witness.example/w1' }, at: new Date(SECONDS * 1_000) },
      { key: { name: 'witness.example/w2' }, at: new Date(SECONDS * 1_000) },
    ])
    const line = opened.note.signatures[2]
    expect(
      verify(
        null,
        Buffer.from(`cosignature/v1\ntime ${SECONDS}\n${text}`),
        witness.key,
        line?.signature.subarray(8) ?? Buffer.alloc(0),
      ),
    ).toBe(true)
    for (const at of [2, 3]) {
      const odd = Buffer.from(opened.note.signatures[at]?.signature ?? [])
      odd[7] = (odd[7] ?? 0) ^ 1
      const { name = '', keyId = '' } = opened.note.signatures[at] ?? {}
      expect(() => verifyNote(parseNote(`${note}${signatureLine(name, keyId, odd)}\n`), [witness, pqWitness])).toThrow(
        NoteFault,
      )
    }
  })

  test('of another log, or with one of its two signatures missing or untrue, it is refused', () => {
    const lines = parseNote(note).signatures.map(({ line }) => line)
    expect(() => openCheckpoint(note, 'another/log', log)).toThrow('another log')
    for (const left of lines) expect(() => openCheckpoint(formatNote(text, [left]), ORIGIN, log)).toThrow(NoteFault)
    const other = text.replace('20852163', '20852164')
    expect(() => openCheckpoint(formatNote(other, lines), ORIGIN, log)).toThrow('does not verify')
    const huge = Buffer.concat([Buffer.alloc(8, 0xff), sign(null, Buffer.from(text), one)])
    expect(() =>
      verifyNote(parseNote(formatNote(text, [signatureLine(witness.name, witness.keyId, huge)])), [witness]),
    ).toThrow(NoteFault)
  })

  test('what is no checkpoint is none', () => {
    const root = checkpoint.root.toString('base64')
    expect(parseCheckpoint(`log\n0\n${root}\nmore\n`)).toEqual({ origin: 'log', size: 0, root: checkpoint.root })
    for (const odd of [
      '',
      'log\n1\n',
      `\n1\n${root}\n`,
      `log\n01\n${root}\n`,
      `log\n-1\n${root}\n`,
      `log\n1e3\n${root}\n`,
      `log\n9999999999999999\n${root}\n`,
      `log\n1\n${root}`,
      `log\n1\n${root}\n\n`,
      `log\n1\n${root.slice(4)}\n`,
      `log\n1\n${root} \n`,
    ])
      expect(() => parseCheckpoint(odd), odd).toThrow(NoteFault)
  })
})
