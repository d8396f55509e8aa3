import { readdirSync, readFileSync } from 'node:fs'

/** Linux counts processor time in hundredths of a second (USER_HZ), whatever the kernel's own tick. */
const MICROS_PER_TICK = 10_000

/**
 * Processor time (µs) of a process, its living descendants and those already ended and waited for.
 * Undefined where there is no /proc.
 */
export function processorMicros(root: number): number | undefined {
  const processes = readProcesses()
  if (!processes.has(root)) return undefined
  let ticks = 0
  for (const pid of familyOf(root, processes)) ticks += processes.get(pid)?.ticks ?? 0
  return ticks * MICROS_PER_TICK
}

/** The most memory (MiB) that a process has held so far; undefined where there is no /proc. */
export function peakMebibytes(pid: number): number | undefined {
  const status = tryRead(`/proc/${pid}/status`)
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status ?? '')?.[1]
  return kibibytes === undefined ? undefined : Number(kibibytes) / 1024
}

/** A process's parent; undefined where there is no /proc. */
export function parentOf(pid: number): number | undefined {
  return readProcesses().get(pid)?.parent
}

type Process = { readonly parent: number; readonly ticks: number }

function readProcesses(): ReadonlyMap<number, Process> {
  const processes = new Map<number, Process>()
  for (const name of tryList('/proc')) {
    const pid = Number(name)
    const stat = Number.isInteger(pid) ? tryRead(`/proc/${pid}/stat`) : undefined
    if (stat === undefined) continue
    // proc(5): the command, second, may hold anything in its brackets; after it come state, ppid … utime, stime, cutime, cstime
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + field, 0)
    processes.set(pid, { parent: fields[1] ?? 0, ticks })
  }
  return processes
}

function familyOf(root: number, processes: ReadonlyMap<number, Process>): ReadonlySet<number> {
  const family = new Set([root])
  for (let before = 0; before !== family.size; ) {
    before = family.size
    for (const [pid, { parent }] of processes) if (family.has(parent)) family.add(pid)
  }
  return family
}

function tryList(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return [] // no /proc: not Linux
  }
}

function tryRead(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return undefined // the process has ended meanwhile
  }
}
