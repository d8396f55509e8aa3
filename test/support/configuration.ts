import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DevelopmentPki } from '../../certs-dev/tree.ts'
import { createDatabase, type TestDatabase } from './database.ts'
import { temporaryFolder } from './folder.ts'
import { type Ended, runProcess } from './process.ts'
import { copyPki } from './pki.ts'

/** A configuration that works, to be broken in one place. */
export type Configuration = AsyncDisposable & {
  readonly folder: string
  readonly pki: DevelopmentPki
  readonly database: TestDatabase
  readonly env: Readonly<Record<string, string>>
  /** A file of a secret, as they must be: mode 0600, unless another is wanted. */
  file(name: string, content: string | Uint8Array, mode?: number): Promise<string>
  /** Runs a gateway that is expected to end by itself. */
  run(change: Record<string, string>): Promise<Ended>
}

export async function openConfiguration(): Promise<Configuration> {
  const stack = new AsyncDisposableStack()
  const { path: folder } = stack.use(await temporaryFolder())
  const database = stack.use(await createDatabase())
  const pki = await copyPki(join(folder, 'pki'))
  const env = {
    PASSERELLE_PORT: '0',
    PASSERELLE_OPERATIONS_PORT: '0',
    PASSERELLE_DATA: join(folder, 'data'),
    PASSERELLE_AGENCIES: join(pki.folder, 'agencies.json'),
    PASSERELLE_TRUST: join(pki.folder, 'trust'),
    PASSERELLE_TLS_CERT: join(pki.folder, 'gateway/tls.crt'),
    PASSERELLE_TLS_KEY: join(pki.folder, 'gateway/tls.key'),
    PASSERELLE_SIGNING_CERT: join(pki.folder, 'gateway/signing.crt'),
    PASSERELLE_SIGNING_KEY: join(pki.folder, 'gateway/signing.key'),
    DATABASE_URL: database.url,
  }
  return {
    folder,
    pki,
    database,
    env,
    async file(name, content, mode = 0o600) {
      const file = join(folder, name)
      await writeFile(file, content)
      await chmod(file, mode)
      return file
    },
    run: (change) => runProcess(['gateway/main.ts'], { ...env, ...change }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** The registry file of a configuration, with one thing changed. */
export async function changedRegistry(
  { env, file }: Configuration,
  name: string,
  change: (text: string) => string,
): Promise<string> {
  return await file(name, change(await readFile(env['PASSERELLE_AGENCIES'] ?? '', 'utf8')))
}
