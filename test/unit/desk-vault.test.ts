import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { randomBytes } from '../../desk/vault/bytes.ts'
import {
  lockByDevice,
  lockByPassphrase,
  newSalt,
  newSecret,
  openByDevice,
  openByPassphrase,
  ROUNDS,
} from '../../desk/vault/locks.ts'
import { pack, unpack } from '../../desk/vault/packing.ts'
import { faultOf, waitAfter } from '../../desk/vault/passphrase.ts'
import { namingKey, seal, sealingKey, unseal } from '../../desk/vault/seal.ts'

/** Of what the desk keeps on a device: what is sealed, and by what it is opened. */

const FEW_ROUNDS = 10

describe('what is sealed', () => {
  test('opens under its key and in its place alone, and never after a bit was changed', async () => {
    const key = await sealingKey(newSecret(), 'rows')
    const plain = new TextEncoder().encode('a girl of fourteen')
    const sealed = await seal(key, plain, 'here')
    expect(new TextDecoder().decode(await unseal(key, sealed, 'here'))).toBe('a girl of fourteen')
    await expect(unseal(key, sealed, 'there')).rejects.toThrow()
    await expect(unseal(await sealingKey(newSecret(), 'rows'), sealed, 'here')).rejects.toThrow()
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.length * 8 - 1), async (bit) => {
        const changed = sealed.slice()
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        await expect(unseal(key, changed, 'here')).rejects.toThrow()
      }),
      { numRuns: 50 },
    )
  })

  test('is another each time: 96 random bits, the same text, and a tag of 128', async () => {
    const key = await sealingKey(newSecret(), 'rows')
    const sealed = await Promise.all(Array.from({ length: 50 }, () => seal(key, randomBytes(5), 'here')))
    expect(new Set(sealed.map((one) => one.slice(0, 12).toHex())).size).toBe(50)
    expect(sealed.every(({ length }) => length === 12 + 5 + 16)).toBe(true)
  })

  test('has a key that cannot be taken out, another for each purpose', async () => {
    const secret = newSecret()
    const [rows, names] = [await sealingKey(secret, 'rows'), await namingKey(secret, 'names')]
    for (const key of [rows, names]) await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow()
    expect([rows.algorithm, names.algorithm]).toMatchObject([{ name: 'AES-GCM', length: 256 }, { name: 'HMAC' }])
    await expect(unseal(await sealingKey(secret, 'else'), await seal(rows, randomBytes(4), 'x'), 'x')).rejects.toThrow()
  })
})

describe('a lock', () => {
  test('by passphrase derives with PBKDF2-HMAC-SHA-256 of 600,000 rounds or more and 256 bits of salt', async () => {
    expect(ROUNDS).toBeGreaterThanOrEqual(600_000)
    const secret = newSecret()
    const lock = await lockByPassphrase(secret, 'four words nobody guesses')
    expect(lock).toMatchObject({ kind: 'passphrase', rounds: ROUNDS })
    expect([lock.salt.length, secret.length]).toEqual([32, 32])
    // Derived by hand: what opens it is that key, and nothing of the passphrase stands in it.
    const typed = await crypto.subtle.importKey('raw', Buffer.from('four words nobody guesses'), 'PBKDF2', false, [
      'deriveBits',
    ])
    const derivation = { name: 'PBKDF2', hash: 'SHA-256', salt: lock.salt, iterations: ROUNDS }
    const bits = await crypto.subtle.deriveBits(derivation, typed, 256)
    const key = await crypto.subtle.importKey('raw', bits, 'AES-GCM', false, ['decrypt'])
    expect(await unseal(key, lock.sealed, 'passphrase')).toEqual(secret)
  })

  test('opens by its own passphrase alone, however it was typed', async () => {
    const secret = newSecret()
    const lock = await lockByPassphrase(secret, 'pâté ﬁn et café', FEW_ROUNDS)
    expect(await openByPassphrase(lock, 'pâté ﬁn et café'.normalize('NFD'))).toEqual(secret)
    expect(await openByPassphrase(lock, 'Pâté fin et café')).toBeUndefined()
    expect(await openByPassphrase({ ...lock, salt: newSalt() }, 'pâté ﬁn et café')).toBeUndefined()
  })

  test('by the device opens by what that device gave, and by no passphrase’s', async () => {
    const secret = newSecret()
    const output = randomBytes(32)
    const lock = await lockByDevice(secret, { credential: randomBytes(16), salt: newSalt(), output })
    expect(await openByDevice(lock, output)).toEqual(secret)
    expect(await openByDevice(lock, randomBytes(32))).toBeUndefined()
    expect(JSON.stringify(Object.values(lock).map((one) => Buffer.from(one).toString('hex')))).not.toContain(
      Buffer.from(output).toString('hex'),
    )
  })

  test.each([
    ['', 'short'],
    ['only eleven', 'short'],
    ['aaaaaaaaaaaaaa', 'simple'],
    ['121212121212', 'simple'],
    ['four words nobody guesses', undefined],
    ['четыре слова подряд', undefined],
  ])('of «%s» is %s', (passphrase, fault) => {
    expect(faultOf(passphrase)).toBe(fault)
  })

  test('takes longer and longer after wrong passphrases, and never longer than five minutes', () => {
    const waits = Array.from({ length: 60 }, (_, wrong) => waitAfter(wrong))
    expect(waits.slice(0, 6)).toEqual([0, 0, 0, 2_000, 4_000, 8_000])
    expect(waits).toEqual(waits.toSorted((a, b) => a - b))
    expect(waits.at(-1)).toBe(300_000)
  })
})

describe('a value', () => {
  test('comes back as it was kept: what JSON has, times, bytes; a member that is undefined is left out', async () => {
    await fc.assert(
      fc.asyncProperty(fc.object({ withDate: true, withUint8Array: true } as fc.ObjectConstraints), async (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as unknown
        expect(unpack(await pack(plain))).toEqual(plain)
      }),
      { numRuns: 50 },
    )
    const value = {
      at: new Date('2026-11-28T02:03:04.567Z'),
      bytes: randomBytes(7),
      list: [null, -0.5, 'é'],
      gone: undefined,
    }
    const { gone: _, ...kept } = value
    expect(unpack(await pack(value))).toEqual(kept)
  })

  test('may hold pictures, wherever they stand in it', async () => {
    const bytes = randomBytes(3000)
    const back = unpack(await pack({ pictures: [{ small: new Blob([bytes], { type: 'image/jpeg' }) }] })) as {
      pictures: [{ small: Blob }]
    }
    expect(back.pictures[0].small.type).toBe('image/jpeg')
    expect(new Uint8Array(await back.pictures[0].small.arrayBuffer())).toEqual(bytes)
  })
})
