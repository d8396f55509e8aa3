import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openBytes, SealFault, sealBytes } from '../../gateway/record/sealing.ts'

const key = Buffer.alloc(32, 7)
const place = Buffer.from('message/fr-rys/0190a000-0000-7000-8000-000000000001')

test('what is sealed opens again, byte for byte', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 40 }), (plain, associated) => {
      const sealed = sealBytes(key, plain, Buffer.from(associated))
      expect(sealed.length).toBe(12 + plain.length + 16)
      expect(openBytes(key, sealed, Buffer.from(associated))).toEqual(Buffer.from(plain))
    }),
    { seed: 1, numRuns: 200 },
  )
})

test('the same bytes are never sealed alike', () => {
  const sealed = Array.from({ length: 100 }, () => sealBytes(key, Buffer.from('Amina'), place).toString('hex'))
  expect(new Set(sealed.map((hex) => hex.slice(0, 24))).size).toBe(100)
})

test('no changed byte opens, nor anything cut short or added to', () => {
  const sealed = sealBytes(key, Buffer.from('a child’s name'), place)
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed)
    changed.writeUInt8(changed.readUInt8(at) ^ 0x80, at)
    expect(() => openBytes(key, changed, place)).toThrow(SealFault)
    expect(() => openBytes(key, sealed.subarray(0, at), place)).toThrow(SealFault)
  }
  expect(() => openBytes(key, Buffer.concat([sealed, Buffer.of(0)]), place)).toThrow(SealFault)
})

test('another key, a key of another length or another place opens nothing', () => {
  const sealed = sealBytes(key, Buffer.from('x'), place)
  expect(() => openBytes(randomBytes(32), sealed, place)).toThrow(SealFault)
  expect(() => openBytes(key.subarray(16), sealed, place)).toThrow(SealFault)
  expect(() => openBytes(key, sealed, Buffer.from('message/gb-ctac/x'))).toThrow(SealFault)
  expect(() => openBytes(key, sealed, Buffer.alloc(0))).toThrow(SealFault)
  expect(() => sealBytes(key.subarray(16), Buffer.from('x'), place)).toThrow(RangeError)
})

test('a case’s key is wrapped by the data key with the same call', () => {
  const caseKey = randomBytes(32)
  const wrapped = sealBytes(key, caseKey, Buffer.from('case/1'))
  const sealed = sealBytes(caseKey, Buffer.from('x'), place)
  expect(openBytes(openBytes(key, wrapped, Buffer.from('case/1')), sealed, place).toString()).toBe('x')
})

test('AES-256-GCM as others write it: test case 16 of the GCM specification opens', () => {
  const hex = (text: string): Buffer => Buffer.from(text, 'hex')
  const nonce = hex('cafebabefacedbaddecaf888')
  const ciphertext = hex(
    '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662',
  )
  const tag = hex('76fc6ece0f4e1768cddf8853bb2d551b')
  const specKey = hex('feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308')
  const associated = hex('feedfacedeadbeeffeedfacedeadbeefabaddad2')
  expect(openBytes(specKey, Buffer.concat([nonce, ciphertext, tag]), associated).toString('hex')).toBe(
    'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
  )
})
