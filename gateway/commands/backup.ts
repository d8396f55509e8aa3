import { backUp, type Saved } from '../backup/backup.ts'
import { runCommand, UsageFault } from './command.ts'
import { inUnits } from './units.ts'
import { readWords } from './words.ts'

const USAGE = 'npm run backup -- <folder, or file that ends in .tar> [--keep <number, in a folder>]'
const SHOW_MS = 500

await runCommand(async (config, words) => {
  const { values, path } = readWords(words, { keep: { type: 'string' } }, USAGE)
  const began = performance.now()
  const saved = await backUp(config, path, readKeep(values.keep, path), showProgress())
  return describe(saved, performance.now() - began)
})

function readKeep(text: string | undefined, path: string): number | undefined {
  if (text === undefined) return undefined
  if (!/^[1-9]\d{0,3}$/.test(text) || path.endsWith('.tar')) throw new UsageFault(USAGE)
  return Number(text)
}

/** On a terminal, and nowhere else. */
function showProgress(): (bytes: number, expected: number) => void {
  let shown = -SHOW_MS
  return (bytes, expected) => {
    if (!process.stderr.isTTY || performance.now() - shown < SHOW_MS) return
    shown = performance.now()
    const share = expected > 0 ? ` of about ${inUnits(Math.max(bytes, expected))}` : ''
    process.stderr.write(`\r${inUnits(bytes)}${share} \x1b[K`)
  }
}

function describe({ place, log, files, bytes, removed }: Saved, ms: number): string {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  const gone = removed.map((name) => `removed ${name}\n`).join('')
  const what = `${log.size} leaves of the log ${log.origin}, ${files} files, ${inUnits(bytes)}`
  return `${gone}saved and tried: ${place} (${what}, ${(ms / 1000).toFixed(1)} s)`
}
