import type { TestProject } from 'vitest/node'
import { type Embedded, startEmbedded } from '../../gateway/record/embedded/embedded.ts'
import { type TemporaryFolder, temporaryFolder } from './folder.ts'
import { quiet } from './quiet.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The PostgreSQL that the whole run shares; see database.ts. */
    databaseUrl: string
  }
}

type Shared = { readonly folder: TemporaryFolder; readonly server: Embedded }

/** Vitest runs this once for each project, each with modules of its own; the process is what they have in common. */
const holder = process as { [SHARED]?: { users: number; starting: Promise<Shared> } }
const SHARED: unique symbol = Symbol.for('passerelle.test.database')

export async function setup(project: TestProject): Promise<void> {
  holder[SHARED] ??= { users: 0, starting: start() }
  holder[SHARED].users++
  const { server } = await holder[SHARED].starting
  project.provide('databaseUrl', server.url)
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
  return { folder, server: await startEmbedded(folder.path, quiet) }
}
