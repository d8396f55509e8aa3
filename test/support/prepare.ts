// Run by `npm test` before vitest: brings the two programs that the tests use for real and npm does not have.
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Debian's package and the program in it. */
const NEEDED = [
  { package: 'redis-server', program: 'redis-server' },
  { package: 'chromium', program: 'chromium' },
]

const missing = NEEDED.filter(({ program }) => !isInstalled(program)).map((needed) => needed.package)
if (missing.length > 0) install(missing)

function install(packages: readonly string[]): void {
  if (!isInstalled('apt-get') || process.getuid?.() !== 0) {
    process.stderr.write(
      `The tests need ${packages.join(' and ')}. On Debian, as root: apt-get install ${packages.join(' ')}\n`,
    )
    process.exit(1)
  }
  process.stdout.write(`installing ${packages.join(' and ')} for the tests\n`)
  aptGet(['update', '--quiet', '--quiet'])
  aptGet(['install', '--yes', '--quiet', '--quiet', '--no-install-recommends', ...packages])
}

function aptGet(words: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const { status, stdout, stderr } = spawnSync('apt-get', words, { env, encoding: 'utf8' })
  if (status === 0) return
  process.stderr.write(`apt-get ${words.join(' ')} failed:\n${stdout}${stderr}\n`)
  process.exit(1)
}

function isInstalled(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => isExecutable(join(folder, program)))
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
