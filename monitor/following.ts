import { type Checkpoint, judge, NoteFault, parseCheckpoint, parseVerifierKey } from '../tlog/note.ts'
import { grow, type Growing, leafHash, NOTHING, rootOf } from '../tlog/tree.ts'
import { alarm, type Finding, news } from './finding.ts'
import type { Gateway, Listed } from './gateway.ts'
import type { LogState } from './state.ts'

/** A tree that somebody else has shown, at whose size the monitor's own must be the same. */
export type Shown = Pick<Checkpoint, 'size' | 'root'> & { readonly by: string }

/** What a look at the log has given. Without `log` nothing of it may be believed. */
export type Followed = {
  readonly findings: readonly Finding[]
  readonly log?: LogState
  /** What has come since the last look, and is in the tree. */
  readonly listed: readonly Listed[]
}

type Asked = {
  readonly gateway: Pick<Gateway, 'leafTile' | 'entries'>
  readonly before: LogState | undefined
  readonly checkpoint: Checkpoint
  readonly note: string
  readonly verifierKeys: readonly string[]
  readonly shown: readonly Shown[]
  /** Only an agency is told of entries. */
  readonly withEntries: boolean
}

/**
 * Follows the log from the checkpoint that was seen last to this one: reads the hash of each leaf between them, and lets the tree of
 * before grow by these. Where it comes to have this checkpoint's root, nothing that was in it has been changed or taken away.
 */
export async function follow(asked: Asked): Promise<Followed> {
  const { checkpoint, before, note, verifierKeys, shown } = asked
  const { origin, size } = checkpoint
  const fault = signatureFault(checkpoint, verifierKeys) ?? wentBack(checkpoint, before)
  if (fault !== undefined) return { findings: [fault], listed: [] }
  const start: Growing = before
    ? { size: before.size, peaks: before.peaks.map((peak) => Buffer.from(peak, 'base64')) }
    : NOTHING
  const walked = await walk(asked, start)
  if (!rootOf(walked.tree).equals(checkpoint.root))
    return {
      findings: [
        alarm(
          'inconsistent',
          {
            en: `The log ${origin} does not continue what was seen before: its ${size} leaves do not have the root that it has signed.`,
            fr: `Le journal ${origin} ne prolonge pas ce qui a été vu auparavant : ses ${size} feuilles n’ont pas la racine qu’il a signée.`,
          },
          { origin, size, before: start.size },
        ),
      ],
      listed: [],
    }
  const log: LogState = {
    verifierKeys,
    size,
    root: checkpoint.root.toString('base64'),
    peaks: walked.tree.peaks.map((peak) => peak.toString('base64')),
    note,
  }
  const grown =
    size > start.size
      ? [
          news(
            'grown',
            {
              en: `The log ${origin} has grown from ${start.size} to ${size} leaves, and is consistent.`,
              fr: `Le journal ${origin} est passé de ${start.size} à ${size} feuilles, et il est cohérent.`,
            },
            { origin, from: start.size, size },
          ),
        ]
      : []
  return { findings: [...grown, ...walked.findings, ...behind(checkpoint, shown)], log, listed: walked.listed }
}

/** Each key of the log must have signed. */
function signatureFault(checkpoint: Checkpoint, verifierKeys: readonly string[]): Finding | undefined {
  const { origin, size } = checkpoint
  if (verifierKeys.length > 0 && verifierKeys.every((vkey) => judge(checkpoint, parseVerifierKey(vkey)).is === 'good'))
    return undefined
  return alarm(
    'checkpoint-not-signed',
    {
      en: `The checkpoint of ${origin} is not signed by all the keys that are known of this log.`,
      fr: `Le point de contrôle de ${origin} n’est pas signé par toutes les clés connues de ce journal.`,
    },
    { origin, size },
  )
}

function wentBack({ origin, size, root }: Checkpoint, before: LogState | undefined): Finding | undefined {
  if (before === undefined) return undefined
  if (size < before.size)
    return alarm(
      'rolled-back',
      {
        en: `The log ${origin} has gone back: it had ${before.size} leaves, and now has ${size}.`,
        fr: `Le journal ${origin} est revenu en arrière : il avait ${before.size} feuilles, il en a maintenant ${size}.`,
      },
      { origin, size, before: before.size },
    )
  if (size === before.size && root.toString('base64') !== before.root)
    return alarm(
      'forked',
      {
        en: `The log ${origin} has signed two different trees of ${size} leaves.`,
        fr: `Le journal ${origin} a signé deux arbres différents de ${size} feuilles.`,
      },
      { origin, size },
    )
  return undefined
}

/** What a witness has cosigned was published: the gateway must show as much. */
function behind({ origin, size }: Checkpoint, shown: readonly Shown[]): readonly Finding[] {
  return shown
    .filter((one) => one.size > size)
    .map((one) =>
      alarm(
        'behind-witness',
        {
          en: `The gateway shows ${size} leaves of ${origin}, and had shown ${one.size} to the witness ${one.by}.`,
          fr: `La passerelle montre ${size} feuilles de ${origin}, et en avait montré ${one.size} au témoin ${one.by}.`,
        },
        { origin, size, witness: one.by, shown: one.size },
      ),
    )
}

const TILE_WIDTH = 256

type Walked = { readonly tree: Growing; readonly findings: readonly Finding[]; readonly listed: readonly Listed[] }

/** Goes through the tiles of leaves that are new, compares what is listed with them, and the tree with what others were shown. */
async function walk({ gateway, checkpoint, shown, withEntries }: Asked, start: Growing): Promise<Walked> {
  const { origin, size } = checkpoint
  const findings: Finding[] = []
  const listed: Listed[] = []
  const entries = withEntries ? gateway.entries(start.size, size) : nothing()
  let entry = await entries.next()
  let tree = start
  compare(tree)
  while (tree.size < size) {
    const tile = Math.floor(tree.size / TILE_WIDTH)
    const width = Math.min(TILE_WIDTH, size - tile * TILE_WIDTH)
    const hashes = await gateway.leafTile(tile, width)
    const end = tile * TILE_WIDTH + width
    for (; entry.done !== true && entry.value.leafIndex < end; entry = await entries.next()) {
      const { leafIndex, entry: jws } = entry.value
      if (jws !== undefined && !leafHash(Buffer.from(jws)).equals(hashes[leafIndex % TILE_WIDTH] ?? Buffer.alloc(0)))
        findings.push(notInLog(origin, leafIndex))
      else listed.push(entry.value)
    }
    const stops = [...new Set([...shown.map((one) => one.size), end])]
    for (const stop of stops.filter((one) => one > tree.size && one <= end).toSorted((a, b) => a - b)) {
      tree = grow(tree, hashes.slice(tree.size - tile * TILE_WIDTH, stop - tile * TILE_WIDTH))
      compare(tree)
    }
  }
  return { tree, findings, listed }

  function compare(grown: Growing): void {
    for (const { by, root } of shown.filter((one) => one.size === grown.size)) {
      if (root.equals(rootOf(grown))) continue
      findings.push(
        alarm(
          'split-view',
          {
            en: `Of ${origin} the witness ${by} was shown another tree of ${grown.size} leaves than this monitor.`,
            fr: `De ${origin}, le témoin ${by} s’est vu montrer un autre arbre de ${grown.size} feuilles que ce moniteur.`,
          },
          { origin, witness: by, size: grown.size },
        ),
      )
    }
  }
}

const notInLog = (origin: string, leafIndex: number): Finding =>
  alarm(
    'entry-not-in-log',
    {
      en: `What the gateway lists as leaf ${leafIndex} of ${origin} is not what the log has there.`,
      fr: `Ce que la passerelle donne pour la feuille ${leafIndex} de ${origin} n’est pas ce que le journal y contient.`,
    },
    { origin, leafIndex },
  )

async function* nothing(): AsyncGenerator<Listed> {}

/** @returns nothing for what is no checkpoint */
export function readCheckpoint(note: string): Checkpoint | undefined {
  try {
    return parseCheckpoint(note)
  } catch (error) {
    if (error instanceof NoteFault) return undefined
    throw error
  }
}
