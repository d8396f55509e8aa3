import type { X509Certificate } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { HASH_BYTES } from '../tlog/tree.ts'
import { CannotLook } from './finding.ts'
import type { Answer, Http } from './http.ts'
import { leafOf, thumbprintOf } from './jws.ts'

/** What the well-known document says that a monitor needs (protocol section 1). */
export type WellKnown = {
  readonly id: string
  readonly logs: readonly {
    readonly origin: string
    readonly verifierKeys: readonly string[]
    readonly current: boolean
  }[]
  readonly signers: ReadonlyMap<string, X509Certificate>
  readonly tlsThumbprints: readonly string[]
}

/** A leaf that is no receipt, as `GET /v1/log/entries` lists it; its JWS only where the caller may see it. */
export type Listed = { readonly leafIndex: number; readonly typ: string; readonly entry?: string }

/** What a gateway serves to whoever watches its log: over HTTP, as to anybody. */
export type Gateway = {
  /** The text of the newest checkpoint. */
  checkpoint(): Promise<string>
  /** So many hashes of the leaves of a tile, from its beginning. */
  leafTile(index: number, width: number): Promise<readonly Buffer[]>
  wellKnown(): Promise<WellKnown>
  /** The signing certificates of each agency. @param past those that count no more as well */
  directory(past: boolean): Promise<ReadonlyMap<string, readonly string[]>>
  entries(from: number, below: number): AsyncGenerator<Listed>
  /** Nothing where the log has no such leaf in a tree of this size. */
  proof(id: string, size: number): Promise<{ readonly leafIndex: number; readonly path: readonly Buffer[] } | undefined>
  /** Nothing where the gateway knows of no such message of the caller's. */
  receiptsOf(messageId: string): Promise<readonly string[] | undefined>
}

const TILE_WIDTH = 256
const MOST_TRIES = 5
const RETRY_MS = 1_000

/** @param prefix of the log: `/log` on the operations listener, `/v1/log` for an agency */
export function openGateway(http: Http, url: string, prefix: string): Gateway {
  async function read(path: string): Promise<Buffer> {
    const { status, body } = await http.get(`${url}${path}`)
    if (status !== 200) throw new CannotLook(`${path}: status ${status}`)
    return body
  }

  /** Behind a balancer another process may have published less than the one that gave the checkpoint: it has some seconds. */
  async function askPatiently(path: string): Promise<Answer> {
    for (let tries = 1; ; tries += 1) {
      const answer = await http.get(`${url}${path}`)
      const isEarly = answer.status === 400 || answer.body.includes('not-yet-published')
      if (!isEarly || tries === MOST_TRIES) return answer
      await pause(RETRY_MS)
    }
  }

  async function readJson(path: string): Promise<Record<string, unknown>> {
    return asObject(JSON.parse((await read(path)).toString()), path)
  }

  return {
    checkpoint: async () => (await read(`${prefix}/checkpoint`)).toString(),
    async leafTile(index, width) {
      const whole = `${prefix}/tile/0/${tilePath(index)}`
      const partial = width === TILE_WIDTH ? whole : `${whole}.p/${width}`
      const { status, body } = await http.get(`${url}${partial}`)
      // A partial tile may be gone once the full one is there (tlog-tiles).
      const bytes = status === 404 && partial !== whole ? await read(whole) : body
      if ((status !== 200 && status !== 404) || bytes.length < width * HASH_BYTES)
        throw new CannotLook(`${partial}: status ${status}`)
      return Array.from({ length: width }, (_, at) => bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES))
    },
    async wellKnown() {
      const path = '/.well-known/passerelle'
      const document = await readJson(path)
      const signers = list(document['signingCertificates'], path).map((one) => certificateIn(one, path))
      return {
        id: text(document['id'], path),
        logs: list(document['logs'], path).map((one) => ({
          origin: text(one['origin'], path),
          verifierKeys: texts(one['verifierKeys'], path),
          current: one['current'] === true,
        })),
        signers: new Map(signers.map((certificate) => [thumbprintOf(certificate), certificate])),
        tlsThumbprints: list(document['tlsCertificates'], path).map((one) => thumbprintOf(certificateIn(one, path))),
      }
    },
    async directory(past) {
      const path = '/v1/agencies'
      const agencies = list((await readJson(path))['agencies'], path)
      return new Map(
        agencies.map((agency) => [
          text(agency['id'], path),
          list(agency['certificates'], path)
            .filter((one) => past || one['current'] === true)
            .map((one) => thumbprintOf(certificateIn(one, path))),
        ]),
      )
    },
    async *entries(from, below) {
      for (let next = from; next < below; ) {
        const first = next
        const path = `${prefix}/entries?from=${next}`
        const page = await readJson(path)
        for (const one of list(page['entries'], path)) {
          const { leafIndex, typ, entry } = one
          if (typeof leafIndex !== 'number' || typeof typ !== 'string' || leafIndex < next)
            throw new CannotLook(`${path}: not as the protocol has it`)
          if (leafIndex >= below) return
          next = leafIndex + 1
          yield { leafIndex, typ, ...(typeof entry === 'string' && { entry }) }
        }
        const after = page['next']
        if (typeof after !== 'number' || after < next) throw new CannotLook(`${path}: not as the protocol has it`)
        // Behind a balancer another process may have published less than the one that gave the checkpoint: nothing is passed over.
        if (after <= first) throw new CannotLook(`${path}: the gateway has not come so far yet`)
        next = after
      }
    },
    async proof(id, size) {
      const path = `${prefix}/proof/${encodeURIComponent(id)}?size=${size}`
      const { status, body } = await askPatiently(path)
      if (status === 404 || status === 400) return undefined
      if (status !== 200) throw new CannotLook(`${path}: status ${status}`)
      const document = asObject(JSON.parse(body.toString()), path)
      const { leafIndex } = document
      if (typeof leafIndex !== 'number') throw new CannotLook(`${path}: not as the protocol has it`)
      return { leafIndex, path: texts(document['path'], path).map((hash) => Buffer.from(hash, 'base64')) }
    },
    async receiptsOf(messageId) {
      const path = `/v1/messages/${encodeURIComponent(messageId)}/receipts`
      const { status, body } = await http.get(`${url}${path}`)
      if (status === 404) return undefined
      if (status !== 200) throw new CannotLook(`${path}: status ${status}`)
      return texts(asObject(JSON.parse(body.toString()), path)['receipts'], path)
    },
  }
}

/** C2SP tlog-tiles: `x001/x234/067`. */
function tilePath(index: number): string {
  const digits = String(index)
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.{3}/g) ?? []
  return groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/')
}

function certificateIn(one: Record<string, unknown>, path: string): X509Certificate {
  return leafOf(text(one['pem'], path)) ?? strange(path)
}

function asObject(value: unknown, path: string): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : strange(path)
}
const list = (value: unknown, path: string): readonly Record<string, unknown>[] =>
  Array.isArray(value) ? value.map((one) => asObject(one, path)) : strange(path)
const text = (value: unknown, path: string): string => (typeof value === 'string' ? value : strange(path))
const texts = (value: unknown, path: string): readonly string[] =>
  Array.isArray(value) ? value.map((one) => text(one, path)) : strange(path)

function strange(path: string): never {
  throw new CannotLook(`${path}: not as the protocol has it`)
}
