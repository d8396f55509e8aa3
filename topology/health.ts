// The container's health check: exits 0 when this process's operations listener says that it is ready.
import { readdirSync, readFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { readConfig } from '../gateway/base/config.ts'

const TIMEOUT_MS = 4000

const { operationsPort, trustFolder } = readConfig(process.env)
const anchors = readdirSync(trustFolder).filter((name) => name.endsWith('.crt'))
const check = request(
  {
    host: '127.0.0.1',
    port: operationsPort,
    path: '/health/ready',
    ca: anchors.map((name) => readFileSync(join(trustFolder, name))),
    // The certificate is made out to the gateway's public name; this asks the process next door by its address.
    checkServerIdentity: () => undefined,
    timeout: TIMEOUT_MS,
  },
  (answer) => process.exit(answer.statusCode === 200 ? 0 : 1),
)
check.on('timeout', () => process.exit(1))
check.on('error', () => process.exit(1))
check.end()
