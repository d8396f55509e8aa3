import { execFileSync } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exits } from '../../sdk/cli/exit.ts'
import { temporaryFolder } from '../support/folder.ts'
import { passerelle } from '../support/passerelle.ts'

/** What the command line makes for other programs: openssl reads its keys and requests, bash its completion. */

let folder: Awaited<ReturnType<typeof temporaryFolder>>
const at = (name: string): string => join(folder.path, name)
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(async () => {
  await folder[Symbol.asyncDispose]()
})

describe('keys', () => {
  test('makes keys that only their owner reads, and requests that openssl takes', async () => {
    for (const algorithm of ['ES256', 'ES384', 'PS256', 'EdDSA']) {
      const out = at(`keys-${algorithm}`)
      const words = ['keys', '--agency', 'fr-rys', '--algorithm', algorithm, '--out', out, '--json']
      const { exit, json } = await passerelle(words)
      expect(exit).toBe(exits.done)
      for (const use of ['tls', 'signing']) {
        expect((await stat(join(out, `${use}.key`))).mode & 0o777).toBe(0o600)
        const request = join(out, `${use}.csr`)
        const shown = execFileSync('openssl', ['req', '-verify', '-noout', '-subject', '-text', '-in', request], {
          encoding: 'utf8',
          stdio: 'pipe',
        })
        expect(shown).toMatch(use === 'tls' ? /CN\s*=\s*fr-rys,/ : /CN\s*=\s*fr-rys signing/)
        expect(shown).toContain(use === 'tls' ? 'TLS Web Client Authentication' : 'Non Repudiation')
      }
      expect(json).toMatchObject({ requests: [{ use: 'tls' }, { use: 'signing' }] })
      expect((await passerelle(words)).exit).toBe(exits.noInput)
    }
  })

  test('takes the certificate that came back, and no other; makes a .p12 that openssl opens', async () => {
    const out = at('keys-ES256')
    for (const use of ['tls', 'signing']) {
      const certificate = at(`${use}.pem`)
      const sign = [
        'req',
        '-x509',
        '-days',
        '30',
        '-in',
        join(out, `${use}.csr`),
        '-key',
        join(out, `${use}.key`),
        '-out',
        certificate,
      ]
      execFileSync('openssl', sign, { stdio: 'pipe' })
    }
    const words = ['keys', '--certificate', at('tls.pem'), '--certificate', at('signing.pem')]
    expect((await passerelle([...words, '--out', out])).exit).toBe(exits.done)
    expect((await passerelle([...words, '--out', at('keys-EdDSA')])).exit).toBe(exits.invalid)
    expect((await passerelle(['keys', '--p12', '--out', out])).exit).toBe(exits.done)
    for (const [file, use] of [
      ['agency.p12', 'tls'],
      ['signing.p12', 'signing'],
    ] as const) {
      const password = `file:${join(out, 'agency.p12.password')}`
      const p12 = ['pkcs12', '-in', join(out, file), '-passin', password, '-nodes']
      const opened = execFileSync('openssl', p12, { encoding: 'utf8', stdio: 'pipe' })
      expect(opened).toContain((await readFile(join(out, `${use}.key`), 'utf8')).trim())
      expect(opened).toContain('friendlyName: passerelle')
    }
  })
})

test('completion: bash takes it, and completes commands, options and types', async () => {
  const { out: completion } = await passerelle(['completion', 'bash'])
  const complete = (line: string): string => {
    const words = line.split(' ')
    const script = `${completion}\n COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _passerelle; echo "\${COMPREPLY[*]}"`
    return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim()
  }
  expect(complete('passerelle acknow')).toBe('acknowledge')
  expect(complete('passerelle send --fol')).toBe('--follow')
  expect(complete('passerelle new referr')).toBe('referral')
})
