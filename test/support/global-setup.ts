import type { TestProject } from 'vitest/node'
import { type TemporaryFolder, temporaryFolder } from './folder.ts'
import { makeSharedPki } from './shared-pki.ts'
import { startShared, TEMPLATE } from './shared-postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The PostgreSQL that the whole run shares; see database.ts. */
    databaseUrl: string
    /** A database in it that has this release's schema and nothing else. */
    databaseTemplate: string
    /** Where the development PKI stands that test files copy; see pki.ts. */
    pkiFolder: string
  }
}

type Shared = { readonly folder: TemporaryFolder; readonly server: Awaited<ReturnType<typeof startShared>> }

/** Vitest runs this once for each project, each with modules of its own; the process is what they have in common. */
const holder = process as { [SHARED]?: { users: number; starting: Promise<Shared> } }
const SHARED: unique symbol = Symbol.for('passerelle.test.database')

export async function setup(project: TestProject): Promise<void> {
  holder[SHARED] ??= { users: 0, starting: start() }
  holder[SHARED].users++
  const { folder, server } = await holder[SHARED].starting
  project.provide('databaseUrl', server.url)
  project.provide('databaseTemplate', TEMPLATE)
  project.provide('pkiFolder', folder.path)
}

export async function teardown(): Promise<void> {
  const shared = holder[SHARED]
  if (!shared || --shared.users > 0) return
  const { folder, server } = await shared.starting
  await server.close()
  await folder.remove()
}

async function start(): Promise<Shared> {
  const folder = await temporaryFolder()
  const [server] = await Promise.all([startShared(folder.path), makeSharedPki(folder.path)])
  return { folder, server }
}
