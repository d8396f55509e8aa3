// Run by `npm test` before vitest: brings the programs that the tests use for real and npm does not have, and builds the desk of the sources as they are.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Debian's package and the program in it, or where there is none a file. */
const NEEDED = [
  { package: 'redis-server', has: 'redis-server' },
  { package: 'chromium', has: 'chromium' },
  { package: 'clamav-daemon', has: 'clamd' },
  { package: 'prometheus', has: 'promtool' },
  { package: 'python3-jsonschema', has: '/usr/lib/python3/dist-packages/jsonschema/__init__.py' },
  // What evidence is verified with besides the SDK: a verifier of its own, and Go's.
  { package: 'python3-cryptography', has: '/usr/lib/python3/dist-packages/cryptography/__init__.py' },
  { package: 'golang-go', has: 'go' },
  { package: 'golang-golang-x-mod-dev', has: '/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog/tlog.go' },
  // The sample clients.
  { package: 'openjdk-17-jdk-headless', has: 'javac' },
  { package: 'curl', has: 'curl' },
  { package: 'openssl', has: 'openssl' },
  // What whoever checks a container has.
  { package: 'unzip', has: 'unzip' },
  { package: 'gnutls-bin', has: 'certtool' },
  // OpenStack Swift, which speaks S3 (`s3-server.py`).
  { package: 'python3-swift', has: '/usr/lib/python3/dist-packages/swift/proxy/server.py' },
]

const missing = NEEDED.filter(({ has }) => !(has.startsWith('/') ? existsSync(has) : isInstalled(has)))
if (missing.length > 0) install(missing.map((needed) => needed.package))
spawnSync(process.execPath, ['scripts/prepare.mjs'], { stdio: 'inherit' })

function install(packages: readonly string[]): void {
  const list = new Intl.ListFormat('en').format(packages)
  if (!isInstalled('apt-get') || process.getuid?.() !== 0) {
    process.stderr.write(`The tests need ${list}. On Debian, as root: apt-get install ${packages.join(' ')}\n`)
    process.exit(1)
  }
  process.stdout.write(`installing ${list} for the tests\n`)
  const allow = forbidServices()
  process.once('exit', allow)
  aptGet(['update', '--quiet', '--quiet'])
  aptGet(['install', '--yes', '--quiet', '--quiet', '--no-install-recommends', ...packages])
}

/** The tests start what they need themselves: none of it becomes a service of this machine (Debian's invoke-rc.d(8) asks this file). */
function forbidServices(): () => void {
  const policy = '/usr/sbin/policy-rc.d'
  if (existsSync(policy)) return () => undefined
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  return () => rmSync(policy)
}

function aptGet(words: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const { status, stdout, stderr } = spawnSync('apt-get', words, { env, encoding: 'utf8' })
  if (status === 0) return
  process.stderr.write(`apt-get ${words.join(' ')} failed:\n${stdout}${stderr}\n`)
  process.exit(1)
}

function isInstalled(program: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
  return folders.some((folder) => isExecutable(join(folder, program)))
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
