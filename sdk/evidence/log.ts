/** What the log and its witnesses say of a leaf (protocol section 10). */
import type { Leaf } from './bundle.ts'
import { type Bytes, isEqual } from './bytes.ts'
import { type EvidenceCode, EvidenceFault, demand } from './faults.ts'
import { type Checkpoint, judge, type VerifierKey } from './note.ts'
import { isIncluded } from './proof.ts'
import type { Verify } from './public-key.ts'

/** A witness whom the verifier knows; `country` where it stands for one. */
export type Witness = { readonly name: string; readonly key: VerifierKey; readonly country: string | undefined }

/** Of whom the verifier believes what. */
export type LogPolicy = {
  readonly keys: readonly VerifierKey[]
  readonly witnesses: readonly Witness[]
  readonly quorum: number
}

export type Cosigned = { readonly witness: string; readonly country: string | undefined; readonly at: Date | undefined }
export type Seen = {
  readonly checkpoint: Checkpoint
  /** The kinds of the log's own keys that signed it. */
  readonly keys: readonly number[]
  readonly cosigned: readonly Cosigned[]
}

export type Log = {
  /** Verifies the proof of a leaf, and gives who has seen its checkpoint. Throws EvidenceFault. */
  prove(leaf: Leaf<unknown>, kind: 'receipt' | 'entry' | 'act', gateway: string): Promise<Seen>
}

/** Clocks of gateway and witnesses may differ by as much as those of senders (section 3). */
const CLOCK_MS = 300_000

export function openLog(policy: LogPolicy, verify: Verify): Log {
  const seen = new Map<string, Seen>()
  const roots = new Map<string, Bytes>()
  return {
    async prove({ where, at, jws, proof }, kind, gateway) {
      const place = `${where}/proof`
      const { checkpoint } = proof
      const known = seen.get(checkpoint.note) ?? (await look(policy, checkpoint, gateway, place, verify))
      seen.set(checkpoint.note, known)
      const name = `${checkpoint.size} ${checkpoint.origin}`
      demand(isEqual(roots.get(name) ?? checkpoint.root, checkpoint.root), 'log-forked', place)
      roots.set(name, checkpoint.root)
      const code: EvidenceCode = `${kind}-not-in-log`
      demand(await isIncluded(jws.bytes, proof), code, place)
      const isEarly = known.cosigned.some((one) => one.at !== undefined && at.getTime() - one.at.getTime() > CLOCK_MS)
      demand(!isEarly, 'witnessed-too-early', place)
      return known
    },
  }
}

async function look(
  { keys, witnesses, quorum }: LogPolicy,
  checkpoint: Checkpoint,
  gateway: string,
  where: string,
  verify: Verify,
): Promise<Seen> {
  const own = keys.filter(({ name }) => name === checkpoint.origin)
  demand(own.length > 0, 'log-unknown', where)
  demand(checkpoint.origin.startsWith(`${gateway}/`), 'log-of-another-gateway', where)
  for (const key of own) {
    const verdict = await judge(checkpoint, key, verify)
    demand(verdict !== 'missing', 'log-signature-missing', where)
    demand(verdict !== 'bad', 'log-signature', where)
  }
  const cosigned: Cosigned[] = []
  for (const { name, key, country } of witnesses) {
    const verdict = await judge(checkpoint, key, verify)
    if (verdict === 'bad') throw new EvidenceFault('witness-signature', where)
    if (verdict !== 'missing') cosigned.push({ witness: name, country, at: verdict.at })
  }
  // One witness may have several keys, and is one.
  demand(new Set(cosigned.map(({ witness }) => witness)).size >= quorum, 'witnesses-too-few', where)
  const countries = new Set(witnesses.flatMap(({ country }) => country ?? []))
  const isOfAll = [...countries].every((country) => cosigned.some((one) => one.country === country))
  demand(quorum === 0 || isOfAll, 'witnesses-of-one-country', where)
  return { checkpoint, keys: own.map((key) => key.kind), cosigned }
}
