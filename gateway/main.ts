import { type Config, ConfigurationFault, createLog, readConfig } from './base/base.ts'
import { type Gateway, openGateway } from './gateway.ts'

/** sysexits.h: the configuration cannot work (protocol section 13). */
const EXIT_CONFIGURATION = 78
/** SIGTERM: exits within 30 s, whatever hangs. */
const STOP_MS = 28_000
const DEVELOPMENT_PKI = 'certs-dev/out'

const log = createLog()

try {
  const config = readConfig(process.env)
  await prepareDevelopment(config)
  const opening = openGateway(config, log)
  watchSignals(opening)
  const gateway = await opening
  process.stdout.write(`${readyLine(gateway)}\n`)
} catch (error) {
  if (!(error instanceof ConfigurationFault)) {
    log.error({ err: error }, 'the gateway could not start')
    process.exit(1)
  }
  process.stderr.write(`passerelle: ${error.message}\n`)
  process.exit(EXIT_CONFIGURATION)
}

/** A development PKI, made the first time, and only where nobody has said anything about certificates. */
async function prepareDevelopment(config: Config): Promise<void> {
  if (!config.developmentPki) return
  if (config.environment === 'production')
    throw new ConfigurationFault(
      'production needs certificates of its own: set PASSERELLE_TLS_CERT and those beside it',
    )
  // Not part of an image, so it is asked for only where it is wanted.
  const { makeDevelopmentPki, stands } = await import('../certs-dev/tree.ts')
  if (!(await stands(DEVELOPMENT_PKI))) await makeDevelopmentPki(DEVELOPMENT_PKI)
  process.stderr.write(
    `passerelle: the certificates of ${DEVELOPMENT_PKI} are for development only: never exchange real data with them\n`,
  )
}

function readyLine({ urls: { agency, operations } }: Gateway): string {
  const parts = [agency, operations && `operations ${operations}`].filter((part) => part !== undefined)
  return `passerelle ready: ${parts.length > 0 ? parts.join(' ') : 'worker'}`
}

/** From the first moment: a signal that comes while the gateway opens is acted on when it has. */
function watchSignals(opening: Promise<Gateway>): void {
  let stopping = false
  const stop = (): void => {
    if (stopping) return
    stopping = true
    setTimeout(() => {
      log.error({}, 'stopping took too long')
      process.exit(0)
    }, STOP_MS).unref()
    opening
      .then((gateway) => gateway.close())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ err: error }, 'stopping failed')
          process.exit(1)
        },
      )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('SIGHUP', () => {
    const reload = (gateway: Gateway): Promise<unknown> =>
      gateway.reload().catch((error: unknown) => log.error({ err: error }, 'the registry could not be read again'))
    opening.then(reload, () => undefined) // why it did not open is told where it is awaited
  })
}
