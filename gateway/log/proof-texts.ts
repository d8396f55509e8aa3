import { inclusionPath, nodesFromTiles, type Tile, tilePath, type TileReader } from '../protocol/protocol.ts'
import { type Database, firstStamps, logInForce, pastLogs, readTiles, recentCheckpoints } from '../record/record.ts'

/** Proofs as a bundle has them: C2SP tlog-proof text, with the checkpoint and its cosignatures in it. */
export type ProofTexts = {
  /**
   * By the leaves' indices in the record, and who has cosigned the checkpoint of the log in force; undefined where one of the leaves is in no
   * checkpoint yet.
   */
  prove(
    indices: readonly number[],
  ): Promise<{ readonly texts: ReadonlyMap<number, string>; readonly witnesses: readonly string[] } | undefined>
  /**
   * The time-stamped checkpoints that are the first to have these leaves, in the order of these, each with the proofs of those in it. Leaves
   * that no such checkpoint has yet are left out.
   */
  stamped(indices: readonly number[]): Promise<readonly StampedCheckpoint[]>
  /** The verifier keys of each log in the record, by its origin. */
  keys(): Promise<ReadonlyMap<string, readonly string[]>>
}

/** A checkpoint with what a time-stamping authority has said of it, and proofs that end in it. */
export type StampedCheckpoint = {
  readonly origin: string
  readonly size: number
  /** As it was stamped. */
  readonly note: string
  /** TimeStampToken (RFC 3161), DER. */
  readonly token: Buffer
  /** By the leaf's place among those that were asked for. */
  readonly proofs: readonly { readonly place: number; readonly text: string }[]
}

/** A log as far as a note says it. */
type Signed = { readonly base: number; readonly size: number; readonly note: string }

/** Of so many checkpoints the one that most witnesses have cosigned: the newest may be some seconds old, and these are slower. */
const LOOKED_AT = 20

/** @param published how many leaves of the log in force may be shown: no checkpoint is before it is durable */
export function openProofTexts(database: Database, published: () => number): ProofTexts {
  return {
    async prove(indices) {
      const log = await logInForce(database)
      const past = log.base === 0 ? [] : await pastLogs(database)
      const current = indices.filter((index) => index >= log.base)
      const signed = await cosigned(database, Math.max(-1, ...current) - log.base + 1, published())
      const logs: readonly Signed[] = [
        ...past.map(({ base, size, note, cosignatures }) => ({ base, size, note: withLines(note, cosignatures) })),
        ...(signed ? [{ base: log.base, ...signed }] : []),
      ]
      const reader = remember((base) => readTiles(database, base))
      const proven = new Map<number, string>()
      for (const index of indices) {
        const own = logs.findLast(({ base }) => base <= index)
        if (own === undefined || index - own.base >= own.size) return undefined
        const path = await inclusionPath(index - own.base, own.size, nodesFromTiles(reader(own.base)))
        proven.set(index, proofText(index - own.base, path, own.note))
      }
      return { texts: proven, witnesses: signed?.witnesses ?? [] }
    },
    async stamped(indices) {
      const found = await firstStamps(database, indices)
      const reader = remember((base) => readTiles(database, base))
      const stamped = new Map<string, StampedCheckpoint>()
      for (const { index, base, size, note, token } of found) {
        const path = await inclusionPath(index - base, size, nodesFromTiles(reader(base)))
        const proof = { place: indices.indexOf(index), text: proofText(index - base, path, note) }
        const [origin = ''] = note.split('\n', 1)
        const { proofs } = stamped.get(note) ?? { proofs: [] }
        stamped.set(note, { origin, size, note, token, proofs: [...proofs, proof] })
      }
      return [...stamped.values()]
    },
    async keys() {
      const logs = await Promise.all([pastLogs(database), logInForce(database)])
      return new Map(logs.flat().map(({ origin, verifierKeys }) => [origin, verifierKeys]))
    },
  }
}

/** C2SP tlog-proof, v1. */
function proofText(index: number, path: readonly Buffer[], note: string): string {
  return ['c2sp.org/tlog-proof@v1', `index ${index}`, ...path.map((hash) => hash.toString('base64')), '', note].join(
    '\n',
  )
}

/** Of the newest checkpoints with so many leaves the one that most witnesses have cosigned, and of those the newest. */
async function cosigned(
  database: Database,
  least: number,
  most: number,
): Promise<(Omit<Signed, 'base'> & { readonly witnesses: readonly string[] }) | undefined> {
  const checkpoints = await recentCheckpoints(database, { least, most, limit: LOOKED_AT })
  const [best] = checkpoints.toSorted((a, b) => b.cosignatures.length - a.cosignatures.length || b.size - a.size)
  return best && { ...best, note: withLines(best.note, best.cosignatures) }
}

const withLines = (note: string, lines: readonly string[]): string => note + lines.map((line) => `${line}\n`).join('')

/** The proofs of one bundle go through the same tiles. */
function remember(read: (base: number) => TileReader): (base: number) => TileReader {
  const known = new Map<string, Promise<Buffer>>()
  return (base) => (tiles) => Promise.all(tiles.map((tile) => one(base, tile)))
  async function one(base: number, tile: Tile): Promise<Buffer> {
    const key = `${base} ${tilePath(tile)}`
    const hashes = known.get(key) ?? read(base)([tile]).then(([found]) => found ?? Buffer.alloc(0))
    known.set(key, hashes)
    return await hashes
  }
}
