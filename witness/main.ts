// `npm run witness`: a witness of evidence logs (protocol section 10), for an agency or a supervisory authority to run by itself.
import { ConfigurationFault, createLog } from '../gateway/base/base.ts'
import { readWitnessSettings } from './settings.ts'
import { openWitness } from './witness.ts'

/** sysexits.h, as the gateway. */
const EXIT_CONFIGURATION = 78

for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
const log = createLog()

try {
  await run()
} catch (error) {
  if (!(error instanceof ConfigurationFault)) {
    log.error({ err: error }, 'the witness could not start')
    process.exit(1)
  }
  process.stderr.write(`passerelle witness: ${error.message.replaceAll(/\p{Cc}/gu, '?')}\n`)
  process.exit(EXIT_CONFIGURATION)
}

async function run(): Promise<void> {
  const witness = await openWitness(readWitnessSettings(process.env), { log })
  const stop = (): void =>
    void witness.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed')
        process.exit(1)
      },
    )
  process.once('SIGTERM', stop).once('SIGINT', stop)
  process.on('SIGHUP', () => {
    witness.reload().catch((error: unknown) => {
      const reason = error instanceof ConfigurationFault ? error.message : undefined
      log.error({ err: error, reason }, 'the file of logs was refused; what was watched stays watched')
    })
  })
  process.stdout.write(`passerelle witness ready: ${witness.url}\n`)
  for (const key of witness.verifierKeys) process.stdout.write(`${key}\n`)
}
