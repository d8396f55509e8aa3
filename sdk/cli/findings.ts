/** What `doctor` looks at, one after the other: each says what was found and, where something is wrong, what to do. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Directory, WellKnown } from '../answers.ts'
import { type ConfigurationFile, readConfiguration, readConfigurationFile } from '../configuration.ts'
import { thumbprintOf } from '../keys.ts'
import { PasserelleProblem, SdkFault, type Text } from '../problem.ts'
import type { Call } from './command.ts'
import { exits, faultOf } from './exit.ts'
import type { Finding } from './finding.ts'
import { knock } from './knock.ts'

const DAY_MS = 24 * 3_600_000
const SOON_DAYS = 30
/** The gateway takes signatures that are up to 300 s off (section 3). */
const CLOCK_BAD_S = 290
const CLOCK_DOUBTFUL_S = 30

const about = {
  configuration: { en: 'configuration', fr: 'configuration' },
  tls: { en: 'TLS certificate', fr: 'certificat TLS' },
  signing: { en: 'signing certificate', fr: 'certificat de signature' },
  connection: { en: 'connection', fr: 'connexion' },
  clock: { en: 'clock', fr: 'horloge' },
  registry: { en: 'registry', fr: 'registre' },
  schemas: { en: 'schemas', fr: 'schémas' },
} as const satisfies Record<string, Text>

const askOperators: Text = {
  en: 'Ask the operators of the gateway.',
  fr: 'S’adresser aux opérateurs de la passerelle.',
}

/** Looks until something makes the rest pointless. */
export async function* look(call: Call, known: readonly string[]): AsyncGenerator<Finding> {
  const path = call.configurationPath()
  let file: ConfigurationFile
  try {
    file = await readConfigurationFile(path)
    await readConfiguration(path)
  } catch (error) {
    const remedy = { en: 'passerelle configure writes it.', fr: 'passerelle configure l’écrit.' }
    yield { about: about.configuration, state: 'bad', found: faultOf(error).text, remedy, exit: exits.configuration }
    return
  }
  const said = `${path}, ${file.agency}, ${file.gateway}`
  yield { about: about.configuration, state: 'good', found: { en: said, fr: said } }
  const certificates = { tls: await certificateOf(path, file.tls), signing: await certificateOf(path, file.signing) }
  const now = call.surroundings.now()
  for (const use of ['tls', 'signing'] as const) yield validity(use, certificates[use], now)
  if (!(await belongs(path, file.tls, certificates.tls)))
    yield {
      about: about.tls,
      state: 'bad',
      found: { en: 'the key is not this certificate’s', fr: 'la clé n’est pas celle de ce certificat' },
      exit: exits.configuration,
    }
  const connection = await knock(await call.configuration(), call.signal)
  yield connection.finding
  if (connection.dateMs !== undefined) yield clock(connection.dateMs, now)
  if (connection.finding.state === 'bad') return
  const client = await call.client()
  try {
    const [wellKnown, directory] = await Promise.all([client.wellKnown(), client.directory()])
    yield registered(file.agency, thumbprintOf(certificates.signing), directory)
    yield schemas(wellKnown, known)
  } catch (error) {
    if (!(error instanceof PasserelleProblem || error instanceof SdkFault)) throw error
    const fault = faultOf(error)
    yield { about: about.registry, state: 'bad', found: fault.text, remedy: remedyOf(error), exit: fault.exit }
  }
}

function remedyOf(error: PasserelleProblem | SdkFault): Text {
  return error.code === 'unknown-agency'
    ? {
        en: 'The chain is good, but no active agency has this TLS certificate: ask the operators to pin it, or whether you are suspended.',
        fr: 'La chaîne est bonne, mais aucun organisme actif n’a ce certificat TLS\u00a0: demander aux opérateurs de l’inscrire, ou si vous êtes suspendu.',
      }
    : askOperators
}

async function certificateOf(path: string, { certificate }: { certificate: string }): Promise<X509Certificate> {
  return new X509Certificate(await readFile(resolve(dirname(path), certificate)))
}

async function belongs(path: string, { key }: { key: string }, certificate: X509Certificate): Promise<boolean> {
  return certificate.checkPrivateKey(createPrivateKey(await readFile(resolve(dirname(path), key))))
}

function validity(use: 'tls' | 'signing', certificate: X509Certificate, now: Date): Finding {
  const [from, to] = [new Date(certificate.validFrom), new Date(certificate.validTo)]
  const days = Math.floor((to.getTime() - now.getTime()) / DAY_MS)
  const until = to.toISOString().slice(0, 10)
  const found = { en: `good until ${until}, ${days} days`, fr: `valable jusqu’au ${until}, ${days} jours` }
  const remedy = {
    en: 'passerelle keys makes new keys and requests; send the requests to whoever issued this one.',
    fr: 'passerelle keys crée de nouvelles clés et demandes\u202f; envoyer les demandes à qui a délivré celui-ci.',
  }
  if (now < from || now > to) {
    const past = {
      en: `not good now: ${from.toISOString()} to ${to.toISOString()}`,
      fr: `pas valable à présent\u00a0: du ${from.toISOString()} au ${to.toISOString()}`,
    }
    return { about: about[use], state: 'bad', found: past, remedy, exit: exits.configuration }
  }
  return days > SOON_DAYS
    ? { about: about[use], state: 'good', found }
    : { about: about[use], state: 'doubtful', found, remedy }
}

function clock(dateMs: number, now: Date): Finding {
  const seconds = Math.round((now.getTime() - dateMs) / 1000)
  const off = Math.abs(seconds)
  const found = { en: `${off} s off the gateway’s`, fr: `${off} s d’écart avec celle de la passerelle` }
  if (off <= CLOCK_DOUBTFUL_S) return { about: about.clock, state: 'good', found }
  const remedy = {
    en: 'Set this machine’s clock (NTP): a signature more than 300 s off is refused as stale-message.',
    fr: 'Régler l’horloge de cette machine (NTP)\u00a0: une signature décalée de plus de 300 s est refusée (stale-message).',
  }
  return { about: about.clock, state: off > CLOCK_BAD_S ? 'bad' : 'doubtful', found, remedy, exit: exits.configuration }
}

/** Whether the agency is in the directory, active, and its signing certificate pinned and not revoked. */
function registered(agency: string, thumbprint: string, { agencies }: Directory): Finding {
  const bad = (found: Text, remedy = askOperators): Finding => ({
    about: about.registry,
    state: 'bad',
    found,
    remedy,
    exit: exits.configuration,
  })
  const entry = agencies.find(({ id }) => id === agency)
  if (entry === undefined)
    return bad({ en: `${agency} is not in the directory`, fr: `${agency} n’est pas dans l’annuaire` })
  const pinned = entry.certificates.find((each) => each.thumbprint === thumbprint)
  const owner = agencies.find(({ certificates }) => certificates.some((each) => each.thumbprint === thumbprint))
  if (pinned === undefined && owner !== undefined)
    return bad(
      {
        en: `the signing certificate is that of ${owner.id}`,
        fr: `le certificat de signature est celui de ${owner.id}`,
      },
      { en: 'Say the right agency in the configuration.', fr: 'Indiquer le bon organisme dans la configuration.' },
    )
  if (pinned === undefined)
    return bad({
      en: 'the signing certificate is not in the registry',
      fr: 'le certificat de signature n’est pas dans le registre',
    })
  if (pinned.revokedAt !== undefined)
    return bad(
      {
        en: `the signing certificate was revoked: ${pinned.revokedAt}`,
        fr: `le certificat de signature a été révoqué\u00a0: ${pinned.revokedAt}`,
      },
      {
        en: 'passerelle keys makes new keys: the old one must not sign again.',
        fr: 'passerelle keys crée de nouvelles clés\u00a0: l’ancienne ne doit plus signer.',
      },
    )
  if (!pinned.current)
    return bad({ en: 'the signing certificate counts no more', fr: 'le certificat de signature ne compte plus' })
  const roles = entry.roles.join(', ')
  return {
    about: about.registry,
    state: 'good',
    found: { en: `${agency}, active: ${roles}`, fr: `${agency}, actif\u00a0: ${roles}` },
  }
}

function schemas({ schemaVersions }: WellKnown, known: readonly string[]): Finding {
  const shared = schemaVersions.filter((version) => known.includes(version))
  const list = shared.join(', ')
  if (shared.length > 0)
    return { about: about.schemas, state: 'good', found: { en: `releases ${list}`, fr: `versions ${list}` } }
  const found = {
    en: `the gateway has ${schemaVersions.join(', ')}, this program ${known.join(', ')}`,
    fr: `la passerelle a ${schemaVersions.join(', ')}, ce programme ${known.join(', ')}`,
  }
  const remedy = { en: 'Install the newest @passerelle/sdk.', fr: 'Installer le plus récent @passerelle/sdk.' }
  return { about: about.schemas, state: 'bad', found, remedy, exit: exits.configuration }
}
