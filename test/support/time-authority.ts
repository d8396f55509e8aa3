import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { type Issued, type Issuer, issue, makeIntermediate, makeRoot, toPem } from '../../certs-dev/pki.ts'

const run = promisify(execFile)

/** A time-stamping authority: OpenSSL's own, behind a small HTTP server, with keys of its own. */
export type TimeAuthority = AsyncDisposable & {
  readonly url: string
  readonly folder: string
  /** PEM file of the root that its stamps lead to. */
  readonly anchors: string
  readonly root: Issuer
  readonly authority: Issuer
  /** What it was asked, in order. */
  readonly queries: readonly Buffer[]
  /** Answers otherwise, until `undefined` is given. */
  answer(otherwise: Answering | undefined): void
  /** TimeStampResp to a query, by its own signer or another. */
  reply(query: Buffer, signer?: Issued): Promise<Buffer>
}

export type Answer = { readonly status?: number; readonly body: Buffer }
type Answering = (query: Buffer) => Promise<Answer>

const DAY = 86_400_000
const years = { notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + 365 * DAY) }

const CONFIG = `[tsa]
default_tsa = one
[one]
serial = serial
default_policy = 1.2.3.4.1
digests = sha256
signer_digest = sha256
ess_cert_id_alg = sha256
accuracy = secs:1
`

/** @param folder its own, for its files */
export async function startTimeAuthority(folder: string): Promise<TimeAuthority> {
  await mkdir(folder, { recursive: true })
  const root = await makeRoot('C=FR, O=Horodatage, CN=Root', years)
  const authority = await makeIntermediate(root, 'C=FR, O=Horodatage, CN=Authority', years)
  const own = await issue(authority, { subject: 'C=FR, O=Horodatage, CN=TSA 1', validity: years, use: 'time-stamping' })
  const anchors = join(folder, 'anchors.pem')
  await writeFile(anchors, toPem(root.certificate))
  await writeFile(join(folder, 'tsa.cnf'), CONFIG)
  let turn = 0

  async function reply(query: Buffer, { pem, crt, key }: Issued = own): Promise<Buffer> {
    const place = join(folder, String(turn++))
    await mkdir(place)
    const write = (name: string, content: string | Buffer) => writeFile(join(place, name), content)
    await Promise.all([
      write('query', query),
      write('signer.pem', pem),
      write('chain.pem', crt.slice(pem.length)),
      write('key.pem', key),
    ])
    const args = ['-config', '../tsa.cnf', '-queryfile', 'query', '-signer', 'signer.pem', '-inkey', 'key.pem']
    await run('openssl', ['ts', '-reply', ...args, '-chain', 'chain.pem', '-out', 'reply'], { cwd: place })
    return await readFile(join(place, 'reply'))
  }

  const honest: Answering = async (query) => ({ body: await reply(query) })
  let answering = honest
  const queries: Buffer[] = []
  const server = createServer((request, response) => {
    void (async () => {
      const query = await buffer(request)
      queries.push(query)
      const { status = 200, body } = await answering(query)
      response.writeHead(status, { 'content-type': 'application/timestamp-reply' }).end(body)
    })().catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tsr`,
    folder,
    anchors,
    root,
    authority,
    queries,
    answer: (otherwise) => void (answering = otherwise ?? honest),
    reply,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
