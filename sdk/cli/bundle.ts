import { readFile, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { readConfigurationFile } from '../configuration.ts'
import { EvidenceFault, type EvidenceTrust, verifyBundle } from '../evidence/evidence.ts'
import { trustFile } from '../evidence/trust.ts'
import { parseJson, ShapeFault } from '../shape.ts'
import type { Call } from './command.ts'
import { CommandFault, type Exit, exits } from './exit.ts'
import type { Published } from './published.ts'

/** Verifies an evidence bundle off line and tells what it proves; with `--html`, as a page of its own too. */
export async function verifyEvidence(call: Call, bytes: string, published: () => Promise<Published>): Promise<Exit> {
  const { terminal } = call
  const file = call.value('trust')
  const trust = file === undefined ? await trustPublished(call, published) : await readTrust(file)
  try {
    const evidence = await verifyBundle(bytes, trust)
    terminal.say(`${terminal.paint.good('✓')} ${terminal.of(evidence.story)}`)
    const page = call.value('html')
    if (page !== undefined) await writeFile(page, terminal.of(evidence.html), { mode: 0o600 })
    const { html: _, ...said } = evidence
    terminal.json({ genuine: true, kind: 'bundle', ...said })
    return exits.done
  } catch (cause) {
    if (!(cause instanceof EvidenceFault)) throw cause
    const where = cause.where === '' ? cause.code : `${cause.code}, ${cause.where}`
    const said = { en: `${cause.text.en} (${where})`, fr: `${cause.text.fr} (${where})` }
    throw new CommandFault(exits.invalid, said, { cause })
  }
}

async function readTrust(path: string): Promise<EvidenceTrust> {
  try {
    return trustFile(parseJson(await readFile(path)), '')
  } catch (cause) {
    if (!(cause instanceof ShapeFault)) throw cause
    const said = { en: `${path}: ${cause.message}`, fr: `${path}\u00a0: ${cause.message}` }
    throw new CommandFault(exits.configuration, said, { cause })
  }
}

/** The configuration's anchor, and the keys of the logs as the gateway published them when that was kept. */
async function trustPublished(call: Call, published: () => Promise<Published>): Promise<EvidenceTrust> {
  const path = call.configurationPath()
  const { anchors } = await readConfigurationFile(path)
  const { wellKnown } = await published()
  return {
    anchors: [await readFile(resolve(dirname(path), anchors), 'utf8')],
    logKeys: (wellKnown.logs ?? []).flatMap(({ verifierKeys }) => verifierKeys),
  }
}
