import { ConfigurationFault } from '../base/base.ts'

/**
 * The SHA-256 of each file of a backup, by its path in it, as `sha256sum` writes and checks them (GNU coreutils, text mode): whoever
 * has a backup can check it without Passerelle.
 */
export type Sums = ReadonlyMap<string, string>

const LINE = /^([0-9a-f]{64}) {2}(\S+)$/
/** Segments of letters, digits, `.`, `_` and `-`: what PostgreSQL names its files, and nothing that leads out of a folder. */
const SAFE = /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/
const LONGEST_PATH = 200

/** Whether a path can be of a backup's file. */
export const isSafePath = (path: string): boolean => path.length <= LONGEST_PATH && SAFE.test(path)

/** The text of `SHA256SUMS`, in the order of paths. */
export function formatSums(sums: Sums): string {
  return [...sums]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([path, sum]) => `${sum}  ${path}\n`)
    .join('')
}

/** Reads `SHA256SUMS`. @throws ConfigurationFault where it is not what `formatSums` writes */
export function parseSums(text: string): Sums {
  const lines = text.split('\n')
  if (lines.pop() !== '' || lines.length === 0) throw new ConfigurationFault('SHA256SUMS is cut off')
  const sums = new Map<string, string>()
  for (const [at, line] of lines.entries()) {
    const [, sum, path] = LINE.exec(line) ?? []
    if (sum === undefined || path === undefined || !isSafePath(path) || sums.has(path))
      throw new ConfigurationFault(`SHA256SUMS is not one of a backup (line ${at + 1})`)
    sums.set(path, sum)
  }
  return sums
}

/** @throws ConfigurationFault that names the first file that is missing, changed or too many */
export function compareSums(found: Sums, wanted: Sums): void {
  for (const [path, sum] of wanted) {
    const is = found.get(path)
    if (is === undefined) throw new ConfigurationFault(`${path} is missing from the backup`)
    if (is !== sum) throw new ConfigurationFault(`${path} of the backup is not as it was written`)
  }
  for (const path of found.keys())
    if (!wanted.has(path)) throw new ConfigurationFault(`${path} does not belong to the backup`)
}
