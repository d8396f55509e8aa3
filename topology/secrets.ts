// `node topology/secrets.ts [folder]`: makes the secrets that docker-compose.yml mounts; leaves alone those that are there.
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const [folder = 'secrets'] = process.argv.slice(2)

// The folder keeps others on the machine out. Their passwords are read by PostgreSQL's and Redis's own users inside containers.
mkdirSync(folder, { recursive: true, mode: 0o700 })
write('postgres-password', randomBytes(32).toString('base64url'), 0o444)
write('pgpass', `*:*:*:*:${readFileSync(join(folder, 'postgres-password'), 'utf8')}\n`, 0o400)
write('redis-password', randomBytes(32).toString('base64url'), 0o400)
write('redis-conf', `requirepass ${readFileSync(join(folder, 'redis-password'), 'utf8')}\n`, 0o444)
write('data-key', `${randomBytes(32).toString('base64')}\n`, 0o400)
write('log-key', [pem('ed25519'), pem('ml-dsa-44')].join(''), 0o400)

function write(name: string, secret: string, mode: number): void {
  const file = join(folder, name)
  if (!existsSync(file)) writeFileSync(file, secret, { mode, flag: 'wx' })
}

function pem(kind: 'ed25519' | 'ml-dsa-44'): string {
  const options = {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  } as const
  return kind === 'ed25519'
    ? generateKeyPairSync(kind, options).privateKey
    : generateKeyPairSync(kind, options).privateKey
}
