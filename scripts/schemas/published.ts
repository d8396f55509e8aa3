import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SchemaFiles } from '../../gateway/protocol/catalogue.ts'

/** One line for each release: the digest of its own SHA256SUMS. Whoever changes a published release must change this too, where it is seen. */
export const SUMS = 'SHA256SUMS'

/** A line of SHA256SUMS, as `sha256sum` writes and checks it. */
export function sumOf(bytes: Uint8Array, name: string): string {
  return `${createHash('sha256').update(bytes).digest('hex')}  ${name}`
}

/** What has changed of releases that were published: files with other bytes, that have come or gone, and sums with another digest. */
export async function changesOf(
  folder: string,
  files: SchemaFiles,
  versions: readonly string[],
): Promise<readonly string[]> {
  const releases = await linesOf(join(folder, SUMS))
  const changes: string[] = []
  for (const version of versions) {
    const path = `${version}/${SUMS}`
    const frozen = await readFile(join(folder, path))
    if (!releases.includes(sumOf(frozen, path))) changes.push(path)
    const sums = new Set(frozen.toString('utf8').trimEnd().split('\n'))
    const now = [...files.published].filter(([file]) => file.startsWith(`${version}/`))
    for (const [file, bytes] of now) if (!sums.delete(sumOf(bytes, file.slice(version.length + 1)))) changes.push(file)
    for (const line of sums) changes.push(`${version}/${line.split('  ')[1] ?? ''}`)
  }
  const known = versions.map((version) => `${version}/${SUMS}`)
  for (const line of releases) if (!known.includes(line.split('  ')[1] ?? '')) changes.push(`${SUMS}: ${line}`)
  return [...new Set(changes)]
}

async function linesOf(file: string): Promise<readonly string[]> {
  return (await readFile(file, 'utf8')).trimEnd().split('\n')
}
