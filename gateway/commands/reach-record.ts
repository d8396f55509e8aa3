import { blame, type Config, type Log, settingName } from '../base/base.ts'

/**
 * Where the record is: the PostgreSQL that is configured, or the embedded one, also while a gateway runs on it.
 * @throws ConfigurationFault where there is none
 */
export async function reachRecord(config: Config, log: Log): Promise<AsyncDisposable & { readonly url: string }> {
  if (config.databaseUrl !== undefined) return { url: config.databaseUrl, [Symbol.asyncDispose]: async () => undefined }
  const { reachEmbedded } = await import('../record/embedded/embedded.ts')
  const reached = await blame(settingName('dataFolder'), () => reachEmbedded(config.dataFolder, log))
  return { url: reached.url, [Symbol.asyncDispose]: () => reached.close() }
}
