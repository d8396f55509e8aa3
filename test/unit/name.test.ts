import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expectAt, tags } from '../../gateway/identity/der.ts'
import { canonicalName } from '../../gateway/identity/name.ts'
import { CertificateFault } from '../../gateway/identity/der-blocks.ts'
import { element } from '../support/large-crl.ts'

const types = { country: '550406', organisation: '55040a', commonName: '550403' } as const

type Attribute = readonly [type: keyof typeof types, tag: number, value: Buffer]

function nameOf(...rdns: readonly (readonly Attribute[])[]): string {
  const der = element(
    0x30,
    ...rdns.map((rdn) =>
      element(
        0x31,
        ...rdn.map(([type, tag, value]) =>
          element(0x30, element(0x06, Buffer.from(types[type], 'hex')), element(tag, value)),
        ),
      ),
    ),
  )
  return canonicalName(der, expectAt(der, tags.SEQUENCE, 0))
}

const utf8 = (text: string): Attribute => ['commonName', 0x0c, Buffer.from(text)]

describe('two names are one (RFC 5280 7.1)', () => {
  test.each<[string, Attribute, Attribute]>([
    ['in another case', utf8('Autorité Racine'), utf8('AUTORITÉ racine')],
    ['with other spaces', utf8('  Autorité   Racine '), utf8('Autorité Racine')],
    ['as PrintableString and as UTF8String', ['commonName', 0x13, Buffer.from('Root CA')], utf8('Root CA')],
    ['as TeletexString', ['commonName', 0x14, Buffer.from('Autorité', 'latin1')], utf8('Autorité')],
    ['as BMPString', ['commonName', 0x1e, Buffer.from('Autorité', 'utf16le').swap16()], utf8('autorité')],
    ['as UniversalString', ['commonName', 0x1c, Buffer.from('0000005200000043', 'hex')], utf8('RC')],
    ['composed and decomposed', utf8('Autorit\u00e9'), utf8('Autorite\u0301')],
    ['with a soft hyphen', utf8('Auto\u00adrité'), utf8('Autorité')],
    ['with a no-break space', utf8('Root\u00a0CA'), utf8('root ca')],
    ['with ß', utf8('Straße'), utf8('STRASSE')],
  ])('%s', (_how, one, other) => {
    expect(nameOf([one])).toBe(nameOf([other]))
  })

  test('whatever the order within an RDN', () => {
    const organisation: Attribute = ['organisation', 0x0c, Buffer.from('X')]
    expect(nameOf([utf8('A'), organisation])).toBe(nameOf([organisation, utf8('A')]))
  })
})

describe('two names are two', () => {
  test('in another order of RDNs, of another type, with another word, in one RDN instead of two', () => {
    const organisation: Attribute = ['organisation', 0x0c, Buffer.from('A')]
    const names = [
      nameOf([utf8('A')], [organisation]),
      nameOf([organisation], [utf8('A')]),
      nameOf([utf8('A'), organisation]),
      nameOf([utf8('A')]),
      nameOf([organisation]),
      nameOf([utf8('A B')]),
      nameOf([utf8('AB')]),
      nameOf([utf8('A=B')]),
      nameOf([['commonName', 0x03, Buffer.from('A')]]),
      nameOf(),
    ]
    expect(new Set(names).size).toBe(names.length)
  })

  test('wherever their letters differ, and never where only case and spaces do', () => {
    const words = fc.array(fc.stringMatching(/^[a-zA-Zéàü]{1,6}$/), { minLength: 1, maxLength: 4 })
    const form = (list: readonly string[]) => list.join(' ').toLowerCase()
    fc.assert(
      fc.property(words, words, fc.boolean(), (one, other, upper) => {
        const change = (list: readonly string[]) => (upper ? list.join('  ').toUpperCase() : ` ${list.join(' ')}`)
        expect(nameOf([utf8(one.join(' '))]) === nameOf([utf8(change(other))])).toBe(form(one) === form(other))
        expect(nameOf([utf8(one.join(' '))])).toBe(nameOf([utf8(change(one))]))
      }),
    )
  })
})

test('what is no name is a fault and nothing else', () => {
  fc.assert(
    fc.property(fc.nat(0x3f), fc.uint8Array({ maxLength: 40 }), fc.boolean(), (tag, bytes, whole) => {
      const value = element(tag, Buffer.from(bytes))
      const attribute = element(0x30, element(0x06, Buffer.from('550403', 'hex')), value)
      const der = element(0x30, whole ? element(0x31, attribute) : Buffer.from(bytes))
      try {
        canonicalName(der, expectAt(der, tags.SEQUENCE, 0))
      } catch (error) {
        expect(error).toBeInstanceOf(CertificateFault)
      }
    }),
  )
})
