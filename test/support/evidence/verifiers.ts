import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { EvidenceTrust } from '../../../sdk/evidence/evidence.ts'
import { readCheckpoint } from '../../../sdk/evidence/note.ts'
import { readProof } from '../../../sdk/evidence/proof.ts'
import type { BundleDocument } from './plan.ts'

const ROOT = join(import.meta.dirname, '../../..')

/** A bundle to be judged, and by whose keys. */
export type Case = { readonly name: string; readonly bundle: unknown; readonly trust: EvidenceTrust }

/** What `samples/verify-python` says of bundles, all in one process: `proven`, or a code. By name. */
export async function pythonVerdicts(cases: readonly Case[]): Promise<ReadonlyMap<string, string>> {
  const lines = await run('python3', [join(ROOT, 'samples/verify-python/verify.py'), '--stream'], cases)
  const told = lines.map((line) => JSON.parse(line) as { name: string; verdict: string })
  return new Map(told.map(({ name, verdict }) => [name, verdict]))
}

/** What Go's sumdb is to check: a checkpoint, leaves of it, and where tiles are given, what follows from these. */
type GoJob = {
  /** The log's Ed25519 key, as a vkey. */
  readonly key: string
  readonly note: string
  readonly earlier?: string
  readonly leaves: readonly {
    readonly data: string
    readonly index: number
    readonly path?: readonly string[] | undefined
  }[]
  readonly tiles?: Readonly<Record<string, string>>
}

/** The jobs that a bundle is: one for each checkpoint in it. */
export function goJobs(
  { receipts, parties, erasure = [] }: BundleDocument,
  { logKeys }: EvidenceTrust,
): readonly GoJob[] {
  const leaves = [
    ...receipts.map(({ receipt, proof }) => ({ jws: receipt, proof })),
    ...parties.map(({ entry, proof }) => ({ jws: entry, proof })),
    ...erasure.map(({ act, proof }) => ({ jws: act, proof })),
  ].map(({ jws, proof }) => ({ jws, proof: readProof(proof) }))
  return [...Map.groupBy(leaves, ({ proof }) => proof.checkpoint.note)].map(([note, own]) => ({
    // Ed25519 keys are short.
    key: logKeys.find((key) => key.startsWith(`${readCheckpoint(note).origin}+`) && key.length < 500) ?? '',
    note,
    leaves: own.map(({ jws, proof }) => ({
      data: Buffer.from(jws).toString('base64'),
      index: proof.index,
      path: proof.path.map((hash) => Buffer.from(hash).toString('base64')),
    })),
  }))
}

/** What Go's own golang.org/x/mod/sumdb says of jobs, all in one process: `ok`, or what is wrong. */
export async function goVerdicts(jobs: readonly GoJob[], folder: string): Promise<readonly string[]> {
  // As Debian lays it out: sources below GOPATH, and no network.
  const env = {
    ...process.env,
    GO111MODULE: 'off',
    GOPATH: '/usr/share/gocode',
    GOFLAGS: '',
    GOCACHE: join(folder, 'cache'),
  }
  const program = join(folder, 'check')
  await run('go', ['build', '-o', program, join(ROOT, 'test/support/go/check.go')], [], env)
  return await run(program, [], jobs)
}

/** Runs a program over JSON lines; gives its lines. @throws what it said on standard error where it fails */
async function run(program: string, args: readonly string[], jobs: readonly object[], env = process.env) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env })
  const ended = once(child, 'close')
  child.stdin.end(jobs.map((job) => `${JSON.stringify(job)}\n`).join(''))
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  if (code !== 0) throw new Error(`${program} ended with ${String(code)}: ${err}`)
  return out.split('\n').filter((line) => line !== '')
}
