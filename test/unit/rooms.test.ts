import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'

const ROOT = join(import.meta.dirname, '..', '..')

/** Lines that must not stand in these files, and others that may; see docs/architecture.md. */
const forbidden: readonly (readonly [file: string, line: string])[] = [
  ['gateway/core/a.ts', "import { readFileSync } from 'node:fs'"],
  ['gateway/core/b.ts', "import { Client } from 'pg'"],
  ['gateway/core/c.ts', "import { X509Certificate } from '@peculiar/x509'"],
  ['gateway/core/d.ts', "import { compactVerify } from 'jose'"],
  ['gateway/core/e.ts', "import { inTransaction } from '../store/database.ts'"],
  ['gateway/core/f.ts', "import { readConfig } from '../config.ts'"],
  ['gateway/core/g.ts', 'export const now = Date.now()'],
  ['gateway/core/h.ts', 'export const environment = process.env'],
  ['gateway/core/certificate.ts', "import { compactVerify } from 'jose'"],
  ['adapters/a.ts', "import { submit } from '../gateway/flow/submit.ts'"],
  ['adapters/b.ts', "import { Queue } from 'bullmq'"],
  ['gateway/store/a.ts', "import { submit } from '../flow/submit.ts'"],
  ['gateway/store/b.ts', "import { Queue } from 'bullmq'"],
  ['gateway/identity/a.ts', "import { submit } from '../flow/submit.ts'"],
  ['gateway/delivery/a.ts', "import { createTransport } from 'nodemailer'"],
  ['gateway/evidence/a.ts', "import { openQueue } from '../queue/queue.ts'"],
  ['gateway/flow/a.ts', "import { Pool } from 'pg'"],
  ['gateway/flow/b.ts', "import { openServer } from '../http/server.ts'"],
  ['gateway/flow/c.ts', "import { request } from 'undici'"],
  ['gateway/flow/d.ts', "import { openGateway } from '../gateway.ts'"],
  ['gateway/queue/worker.ts', "import { Worker } from 'bullmq'"],
  ['gateway/http/a.ts', "import { temporaryFolder } from '../../test/support/folder.ts'"],
  ['gateway/gateway.ts', "import { makePki } from '../certs-dev/pki.ts'"],
  ['console/pages/a.ts', "import { Pool } from 'pg'"],
  ['sdk/a.ts', "import { parseJson } from '../gateway/core/json.ts'"],
]

const allowed: readonly (readonly [file: string, line: string])[] = [
  ['gateway/core/certificate.ts', "import { X509Certificate } from '@peculiar/x509'"],
  ['gateway/core/signature.ts', "import { compactVerify } from 'jose'"],
  ['gateway/core/schemas.ts', "import { Ajv2020 } from 'ajv/dist/2020.js'"],
  ['gateway/store/database.ts', "import { Pool } from 'pg'"],
  ['gateway/queue/queue.ts', "import { Queue } from 'bullmq'"],
  ['gateway/delivery/push.ts', "import { request } from 'undici'"],
  ['gateway/delivery/notify.ts', "import { createTransport } from 'nodemailer'"],
  ['gateway/http/server.ts', "import { fastify } from 'fastify'"],
  ['gateway/main.ts', "import { makePki } from '../certs-dev/main.ts'"],
  ['gateway/flow/submit.ts', "import { parseJws } from '../core/jws.ts'"],
  ['test/unit/a.test.ts', "import { Client } from 'pg'"],
]

let house: TemporaryFolder

beforeAll(async () => {
  house = await temporaryFolder()
})
afterAll(() => house.remove())

it('lets nobody into a room where they have no business', () => {
  const found = lint('forbidden', forbidden)
  expect(forbidden.filter(([file]) => !found.includes(file))).toEqual([])
})

it('lets those in who have', () => {
  expect(lint('allowed', allowed)).toBe('')
})

it('lets no file import itself through others', () => {
  const circle = [
    ['gateway/flow/a.ts', "import { b } from './b.ts'\nexport const a = () => b"],
    ['gateway/flow/b.ts', "import { a } from './a.ts'\nexport const b = () => a"],
  ] as const
  expect(lint('circle', circle)).toContain('no-cycle')
})

/** Gives what the project's own configuration says about imports in files that are these lines. */
function lint(name: string, files: readonly (readonly [file: string, line: string])[]): string {
  const folder = join(house.path, name)
  for (const [file, line] of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), `${line}\n`)
  }
  copyFileSync(join(ROOT, '.oxlintrc.json'), join(folder, '.oxlintrc.json'))
  const words = ['--format', 'unix', '--allow', 'no-unused-vars']
  const { stdout } = spawnSync(join(ROOT, 'node_modules', '.bin', 'oxlint'), words, { cwd: folder, encoding: 'utf8' })
  return stdout
    .split('\n')
    .filter((line) => /no-restricted|no-cycle/.test(line))
    .join('\n')
}
