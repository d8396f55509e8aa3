import type { Config } from './base/base.ts'
import type { Gateway } from './gateway.ts'
import { signals } from './signals.mjs'

/** sysexits.h: the configuration cannot work (protocol section 13). */
const EXIT_CONFIGURATION = 78
/** SIGTERM: exits within 30 s, whatever hangs. */
const STOP_MS = 28_000
const DEVELOPMENT_PKI = 'certs-dev/out'

// A reader that has gone, or a disk that is full, must not end the process: the log counts what it could not write.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)

// Loaded only now, which takes half a second: signals are listened for already.
const [{ ConfigurationFault, createLog, readConfig }, { openGateway }] = await Promise.all([
  import('./base/base.ts'),
  import('./gateway.ts'),
])
const log = createLog()

try {
  const config = readConfig(process.env)
  await prepareDevelopment(config)
  if (signals.stop) process.exit(0)
  const opening = openGateway(config, log)
  followSignals(opening)
  const gateway = await opening
  process.stdout.write(`${readyLine(gateway)}\n`)
} catch (error) {
  if (!(error instanceof ConfigurationFault)) {
    log.error({ err: error }, 'the gateway could not start')
    process.exit(1)
  }
  process.stderr.write(`passerelle: ${onOneLine(error.message)}\n`)
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

/** Names of files and words of PostgreSQL may have line ends in them, or worse: what moves a terminal's cursor. */
function onOneLine(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

/** What came until now and whatever comes is acted on when the gateway has opened. */
function followSignals(opening: Promise<Gateway>): void {
  let isStopping = false
  signals.act = () => {
    if (signals.reload) {
      signals.reload = false
      const reload = (gateway: Gateway): Promise<unknown> =>
        gateway.reload().catch((error: unknown) => log.error({ err: error }, 'not everything could be read again'))
      opening.then(reload, () => undefined) // why it did not open is told where it is awaited
    }
    if (!signals.stop || isStopping) return
    isStopping = true
    stop(opening)
  }
  signals.act()
}

function stop(opening: Promise<Gateway>): void {
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
