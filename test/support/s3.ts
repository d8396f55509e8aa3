import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { S3 } from '@aws-sdk/client-s3'
import { temporaryFolder } from './folder.ts'
import { freePort } from './port.ts'
import { kill } from './redis.ts'

const ACCESS_KEY_ID = 'test:gateway'
const SECRET_ACCESS_KEY = 'a-secret-of-the-tests'
export const BUCKET = 'attachments'

export type TestS3 = AsyncDisposable & {
  /** As `PASSERELLE_ATTACHMENTS_URL` and `PASSERELLE_ATTACHMENTS_CREDENTIALS` have it. */
  readonly url: string
  readonly credentialsFile: string
  /** Another client's view of it. */
  readonly client: S3
  /** As if its machine went away; `start` brings it back with what it had. */
  stop(): Promise<void>
  start(): Promise<void>
}

/** Nothing that a test has started outlives it, also when it fails half-way. */
const running = new Set<ChildProcess>()
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')))

/**
 * Starts OpenStack Swift with its S3 API, in a temporary folder and on a free port, with one empty bucket.
 * @param tls files of the certificate that it shows, of its key and of the authority's; without them it speaks in the clear
 */
export async function startS3(tls?: Record<'cert' | 'key' | 'ca', string>): Promise<TestS3> {
  const folder = await temporaryFolder()
  const port = await freePort()
  const data = join(folder.path, 'swift')
  const credentialsFile = join(folder.path, 'credentials')
  await mkdir(data)
  await writeFile(credentialsFile, `${ACCESS_KEY_ID}\n${SECRET_ACCESS_KEY}\n`, { mode: 0o600 })
  const endpoint = `${tls === undefined ? 'http' : 'https'}://localhost:${port}`
  const client = new S3({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: ACCESS_KEY_ID, secretAccessKey: SECRET_ACCESS_KEY },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { httpsAgent: tls === undefined ? {} : { ca: await readFile(tls.ca) } },
  })

  let server: ChildProcess | undefined
  const start = async (): Promise<void> => {
    server = await launch([data, `${port}`, ...(tls === undefined ? [] : [tls.cert, tls.key])])
  }
  const stop = async (): Promise<void> => {
    if (server !== undefined) await kill(server)
  }
  await start()
  await client.createBucket({ Bucket: BUCKET })
  return {
    url: `${endpoint}/${BUCKET}/passerelle`,
    credentialsFile,
    client,
    start,
    stop,
    async [Symbol.asyncDispose]() {
      client.destroy()
      await stop()
      await folder.remove()
    },
  }
}

async function launch(args: readonly string[]): Promise<ChildProcess> {
  const server = spawn('/usr/bin/python3', [join(import.meta.dirname, 's3-server.py'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  running.add(server)
  server.once('exit', () => running.delete(server))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.once('exit', (code) => reject(new Error(`the S3 server ended (${code})`)))
    createInterface(server.stdout).once('line', () => resolve())
  })
  return server
}
