import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { makeRoot, toPem } from '../../certs-dev/pki.ts'
import { readPem } from '../../gateway/identity/pem.ts'

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const pem = key.export({ type: 'pkcs8', format: 'pem' })
const day = 86_400_000
const root = await makeRoot('CN=root', { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + day) })

/** What editors and copying through forms and mails do to a PEM text. */
const habits = {
  'as it is': (text: string) => text,
  'line ends of Windows': (text: string) => text.replaceAll('\n', '\r\n'),
  'line ends of old Macs': (text: string) => text.replaceAll('\n', '\r'),
  'one line for all of it': (text: string) => text.replaceAll(/(?<=[A-Za-z0-9+/=])\n(?=[A-Za-z0-9+/=])/g, ''),
  'short lines': (text: string) => text.replaceAll(/([A-Za-z0-9+/]{20})(?=[A-Za-z0-9+/])/g, '$1\n'),
  'blanks at the ends of lines': (text: string) => text.replaceAll('\n', ' \t\n'),
  'an indent': (text: string) => text.replaceAll(/^/gm, '    '),
  'empty lines': (text: string) => text.replaceAll('\n', '\n\n'),
  'words around it': (text: string) => `subject=CN = root\n${text}bag attributes: none\n`,
  'no line end at the end': (text: string) => text.trimEnd(),
} as const

it.each(Object.entries(habits))(
  'reads a key and a certificate with %s as OpenSSL reads the plain ones',
  (_, change) => {
    const [block, ...others] = readPem(change(pem))
    expect(others).toEqual([])
    expect(block).toMatchObject({ label: 'PRIVATE KEY', isEncrypted: false })
    expect(createPrivateKey(block?.pem ?? '').equals(key)).toBe(true)
    const [certificate] = readPem(change(toPem(root.certificate)))
    expect(() => createSecureContext({ cert: certificate?.pem })).not.toThrow()
  },
)

it('gives all blocks in order, whatever is done to them', () => {
  const change = fc.constantFrom(...Object.values(habits).slice(0, -2))
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const text = changes.map((one) => one(pem)).join('\n')
      const blocks = readPem(text)
      expect(blocks).toHaveLength(changes.length)
      for (const block of blocks) expect(createPrivateKey(block.pem).equals(key)).toBe(true)
    }),
  )
})

it('tells what is encrypted, in the old form and in the new', () => {
  const options = { format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' } as const
  for (const type of ['pkcs8', 'sec1'] as const) {
    const [block] = readPem(key.export({ ...options, type }))
    expect(block?.isEncrypted).toBe(true)
  }
})

it('finds nothing in what is none', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(readPem(text)).toEqual([])
    }),
  )
  for (const text of ['', 'secret', pem.replace('END', 'ENDE'), pem.replace('-----END PRIVATE', '-----END PUBLIC')])
    expect(readPem(text)).toEqual([])
})
