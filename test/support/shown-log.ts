import { createHash, createPrivateKey, randomUUID, sign, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { parseTilePath } from '../../gateway/protocol/tiles.ts'
import { type HonestLog, honestLog } from './honest-log.ts'

/** A leaf of it, and whether it is listed, and with its JWS. */
export type ShownLeaf = {
  readonly id: string
  readonly typ: string
  readonly jws: string
  listed?: boolean
  withheld?: boolean
}

/** A gateway that shows a log to monitors, honestly until a test makes it lie. */
export type ShownLog = AsyncDisposable & {
  readonly url: string
  log: HonestLog
  readonly leaves: ShownLeaf[]
  /** Signs a leaf, as the gateway does, and appends it. */
  add(typ: string, payload: object, at?: Date): ShownLeaf
  append(leaf: ShownLeaf): void
  /** An entry of a party with these certificates. */
  addEntry(id: string, thumbprints: readonly string[]): ShownLeaf
  /** Answers that are given in the place of its own. */
  readonly lies: Map<string, { readonly status: number; readonly body: string }>
  /** By message id. */
  readonly receipts: Map<string, string[]>
  /** Signing certificates by agency, PEM. */
  readonly directory: Map<string, string[]>
  readonly asked: string[]
}

/** @param pki a development PKI's folder */
export async function showLog(pki: string): Promise<ShownLog> {
  const read = (file: string) => readFile(join(pki, file), 'utf8')
  const [cert, key, ca, signing, signingKey] = await Promise.all(
    ['gateway/tls.crt', 'gateway/tls.key', 'trust/ca.crt', 'gateway/signing.crt', 'gateway/signing.key'].map(read),
  )
  if (signing === undefined || signingKey === undefined || cert === undefined) throw new Error('no development PKI')
  const leaves: ShownLeaf[] = []
  const lies: ShownLog['lies'] = new Map()
  const receipts: ShownLog['receipts'] = new Map()
  const directory: ShownLog['directory'] = new Map()
  const asked: string[] = []
  const signer = createPrivateKey(signingKey)
  const own = [cert, signing].map((pem) => thumbprint(pem))

  const server = createServer({ cert, key, ca, requestCert: true, rejectUnauthorized: false }, (request, response) => {
    const url = new URL(request.url ?? '', 'https://gateway')
    asked.push(url.pathname)
    const { status, body } = lies.get(url.pathname) ?? answer(url)
    response.writeHead(status).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port')

  const shown: ShownLog = {
    url: `https://localhost:${address.port}`,
    log: honestLog(),
    leaves,
    lies,
    receipts,
    directory,
    asked,
    add(typ, payload, at = new Date()) {
      const head = { alg: 'ES256', typ, cty: 'json', iat: Math.floor(at.getTime() / 1000), 'x5t#S256': own[1] }
      const data = [head, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
      const signature = sign('sha256', Buffer.from(data), { key: signer, dsaEncoding: 'ieee-p1363' })
      const jws = `${data}.${signature.toString('base64url')}`
      const leaf = { id: (payload as { receiptId?: string }).receiptId ?? randomUUID(), typ, jws }
      shown.append(leaf)
      return leaf
    },
    append(leaf) {
      leaves.push(leaf)
      shown.log.append(leaf.jws)
    },
    addEntry(id, thumbprints) {
      const certificates = thumbprints.map((one) => ({ use: 'signing', thumbprint: one }))
      const party = { id, certificates }
      return shown.add('registry-entry+jws', {
        entryId: randomUUID(),
        at: new Date().toISOString(),
        gateway: 'g',
        party,
      })
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  shown.addEntry('passerelle-development', own)
  return shown

  function answer({ pathname, searchParams }: URL): { status: number; body: string | Buffer } {
    const path = pathname.replace(/^(?:\/v1)?\/log\//, '')
    const json = (value: unknown) => ({ status: 200, body: JSON.stringify(value) })
    const notFound = { status: 404, body: '' }
    if (pathname === '/.well-known/passerelle') {
      const { origin, verifierKeys } = shown.log
      const logs = [{ origin, verifierKeys, current: true }]
      return json({
        id: 'passerelle-development',
        logs,
        signingCertificates: [{ pem: signing }],
        tlsCertificates: [{ pem: cert }],
      })
    }
    if (pathname === '/v1/agencies') {
      const agencies = [...directory].map(([id, pems]) => ({
        id,
        certificates: pems.map((pem) => ({ pem, current: true })),
      }))
      return json({ agencies })
    }
    if (path === 'checkpoint') return { status: 200, body: shown.log.note() }
    if (path === 'entries') {
      const from = Number(searchParams.get('from'))
      const all = leaves.map((leaf, leafIndex) => ({ ...leaf, leafIndex }))
      // Three a page, so that there are pages.
      const page = all
        .filter(({ leafIndex, typ, listed }) => leafIndex >= from && typ !== 'delivery-receipt+jws' && listed !== false)
        .slice(0, 3)
      const entries = page.map(({ leafIndex, typ, jws, withheld }) => ({
        leafIndex,
        typ,
        ...(!withheld && { entry: jws }),
      }))
      return json({ entries, next: (page.at(-1)?.leafIndex ?? shown.log.leaves().length - 1) + 1 })
    }
    const tile = path.startsWith('tile/') ? parseTilePath(path.slice('tile/'.length)) : undefined
    if (tile?.level === 0) {
      const hashes = shown.log.leaves().slice(tile.index * 256, tile.index * 256 + tile.width)
      return hashes.length === tile.width ? { status: 200, body: Buffer.concat(hashes) } : notFound
    }
    if (path.startsWith('proof/')) {
      const leafIndex = leaves.findIndex(({ id }) => `proof/${id}` === path)
      const size = Number(searchParams.get('size'))
      if (leafIndex < 0 || leafIndex >= size) return notFound
      return json({ leafIndex, path: shown.log.inclusion(leafIndex, size).map((hash) => hash.toString('base64')) })
    }
    const [, messageId = ''] = /^\/v1\/messages\/([^/]+)\/receipts$/.exec(pathname) ?? []
    const found = receipts.get(messageId)
    return found ? json({ receipts: found }) : notFound
  }
}

export const thumbprint = (pem: string): string =>
  createHash('sha256').update(new X509Certificate(pem).raw).digest('base64url')
