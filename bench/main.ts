import { mkdir, writeFile } from 'node:fs/promises'
import { arch, cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { makeDevelopmentPki } from '../certs-dev/tree.ts'
import { temporaryFolder } from '../test/support/folder.ts'
import { startRedis } from '../test/support/redis.ts'
import { planRuns } from './plan.ts'
import { repeatPlan } from './repeat.ts'
import { figureHeads, figureRow, isMet, summarize, table, targetHeads, targetRow } from './report.ts'
import { startServer } from './server.ts'
import type { Place } from './systems.ts'
import { targetsOf } from './targets.ts'

/** `npm run bench`: see README.md beside this file. */
const ROOT = join(import.meta.dirname, '..')
const OUT = join(import.meta.dirname, 'out')

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    repetitions: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    redis: { type: 'boolean', default: true },
    million: { type: 'boolean', default: true },
    profile: { type: 'boolean', default: false },
  },
  allowNegative: true,
})

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

async function main(): Promise<void> {
  const startedAt = new Date()
  await using folder = await temporaryFolder()
  await using server = await startServer(join(folder.path, 'postgresql'))
  await using redis = options.redis ? await startRedis('always') : undefined
  const place: Place = {
    pki: join(folder.path, 'pki'),
    schemas: join(ROOT, 'schemas'),
    postmaster: server.postmaster,
    ...(options.profile && { profiles: OUT }),
  }
  await makeDevelopmentPki(place.pki)
  await mkdir(OUT, { recursive: true })

  const { million, only } = options
  const scenes = planRuns(place, { seconds: Number(options.seconds), redisUrl: redis?.url, million, only })
  const results = await Promise.race([repeatPlan(scenes, Number(options.repetitions), server, say), interruption()])
  const figures = new Map([...results].map(([name, runs]) => [name, summarize(runs)]))
  const targets = targetsOf(results)
  const figureRows = [...figures].map(([name, figure]) => figureRow(name, figure))
  say(`\n${table(figureHeads, figureRows)}`)
  if (targets.length > 0) say(`\n${table(targetHeads, targets.map(targetRow))}`)

  const machine = {
    processors: cpus().map(({ model }) => model),
    arch: arch(),
    memory: totalmem(),
    node: process.version,
  }
  const report = { startedAt, options, machine, targets, figures: Object.fromEntries(figures), results: [...results] }
  const file = join(OUT, `${startedAt.toISOString().replaceAll(':', '-')}.json`)
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`)
  say(`\n${file}`)
  const isRefused = [...figures.values()].some(({ refused }) => refused > 0)
  if (isRefused || !targets.every(isMet)) process.exitCode = 1
}

/** Rejects at Ctrl-C or a closed terminal, so that what was started is stopped and what was made removed. */
function interruption(): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => reject(new Error(`stopped by ${signal}`)))
  }
  return promise
}

await main().catch((fault: unknown) => {
  process.stderr.write(`${fault instanceof Error ? fault.stack : String(fault)}\n`)
  process.exit(1)
})
