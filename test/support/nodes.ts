import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const CACHE = join(import.meta.dirname, '../../node_modules/.cache/passerelle')

/** The Nodes that partners have, besides the one that this repository runs on: the oldest that the SDK runs on, without ML-DSA, and another. */
const VERSIONS = { 22: '22.19.0', 24: '24.22.3' } as const

/** Gives a Node of another major version, from npm; kept until the next `npm ci`. */
export async function nodeOf(major: keyof typeof VERSIONS): Promise<string> {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const folder = join(CACHE, `node-${VERSIONS[major]}`)
  const node = join(folder, 'node_modules', name, 'bin', 'node')
  if (existsSync(node)) return node
  await mkdir(folder, { recursive: true })
  const quiet = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline']
  await run('npm', ['install', ...quiet, '--prefix', folder, `${name}@${VERSIONS[major]}`])
  return node
}
