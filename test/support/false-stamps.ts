import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { issue, makeIntermediate, makeRoot } from '../../certs-dev/pki.ts'
import { makeElement, tags } from '../../gateway/identity/der.ts'
import type { Answer, TimeAuthority } from './time-authority.ts'

type Falsifying = (query: Buffer, authority: TimeAuthority) => Promise<Answer>

const run = promisify(execFile)

const flipped = (query: Buffer, at: number): Buffer => {
  const copy = Buffer.from(query)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}
const YEAR = 365 * 86_400_000
const years = { notBefore: new Date(Date.now() - YEAR), notAfter: new Date(Date.now() + YEAR) }
const past = { notBefore: new Date(Date.now() - 2 * YEAR), notAfter: new Date(Date.now() - YEAR) }
const stamper = (validity = years) => ({
  subject: 'C=FR, O=Horodatage, CN=TSA',
  validity,
  use: 'time-stamping' as const,
})
/** A TimeStampResp that grants a token. */
const granting = (token: Buffer): Buffer =>
  makeElement(tags.SEQUENCE, makeElement(tags.SEQUENCE, makeElement(tags.INTEGER, Buffer.of(0))), token)

/** The same statement, signed by somebody whose certificate is not for time stamps: OpenSSL's authority will not. */
async function signedBySigner(query: Buffer, authority: TimeAuthority): Promise<Buffer> {
  const { folder } = authority
  const signer = await issue(authority.authority, {
    subject: 'C=FR, O=Horodatage, CN=Signer',
    validity: years,
    use: 'signing',
  })
  const write = (name: string, content: string | Buffer) => writeFile(join(folder, name), content)
  await Promise.all([
    write('honest', await authority.reply(query)),
    write('signer.pem', signer.pem),
    write('signer.key', signer.key),
  ])
  const openssl = (...args: string[]) => run('openssl', args, { cwd: folder })
  await openssl('ts', '-reply', '-in', 'honest', '-token_out', '-out', 'token')
  await openssl('cms', '-verify', '-noverify', '-inform', 'DER', '-in', 'token', '-out', 'info')
  const args = ['-in', 'info', '-signer', 'signer.pem', '-inkey', 'signer.key', '-outform', 'DER']
  const type = ['-econtent_type', '1.2.840.113549.1.9.16.1.4', '-nodetach', '-binary', '-cades']
  await openssl('cms', '-sign', ...args, ...type, '-out', 'forged')
  return granting(await readFile(join(folder, 'forged')))
}

/** Answers that are no time stamps that count, by what is wrong with them and the word for it. */
export const falseStamps: readonly (readonly [what: string, reason: string, answering: Falsifying])[] = [
  [
    'of other bytes',
    'wrong-imprint',
    async (query, authority) => ({
      body: await authority.reply(flipped(query, query.indexOf(Buffer.from('0420', 'hex')) + 2)),
    }),
  ],
  [
    'to another question',
    'wrong-nonce',
    async (query, authority) => ({ body: await authority.reply(flipped(query, query.length - 4)) }),
  ],
  [
    'by a certificate that is not for time stamps',
    'signer-not-for-time-stamps',
    async (query, authority) => ({ body: await signedBySigner(query, authority) }),
  ],
  [
    'by an authority that nobody has named, under the same names',
    'signer-not-trusted',
    async (query, authority) => {
      const root = await makeRoot('C=FR, O=Horodatage, CN=Root', years)
      const other = await makeIntermediate(root, 'C=FR, O=Horodatage, CN=Authority', years)
      return { body: await authority.reply(query, await issue(other, stamper())) }
    },
  ],
  [
    'by a certificate that has expired',
    'signer-not-in-validity',
    async (query, authority) => ({
      body: await authority.reply(query, await issue(authority.authority, stamper(past))),
    }),
  ],
  [
    'whose signature was changed',
    'wrong-signature',
    async (query, authority) => {
      const reply = await authority.reply(query)
      return { body: flipped(reply, reply.length - 1) }
    },
  ],
  [
    'that is a refusal',
    'not-granted',
    async (query, authority) => ({
      body: await authority.reply(
        Buffer.from(query.toString('hex').replace('608648016503040201', '608648016503040202'), 'hex'),
      ),
    }),
  ],
  ['of 64 KiB and more', 'answer-too-large', async () => ({ body: Buffer.alloc(64 * 1024 + 1) })],
  ['that never comes', 'timeout', () => new Promise(() => undefined)],
  ['with status 500', 'status-500', async () => ({ status: 500, body: Buffer.from('no') })],
  ['with status 302', 'status-302', async (query, authority) => ({ status: 302, body: await authority.reply(query) })],
  ['that is garbage', 'malformed', async () => ({ body: randomBytes(4_000) })],
  ['that is empty', 'malformed', async () => ({ body: Buffer.alloc(0) })],
]
