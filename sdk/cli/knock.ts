import { request } from 'node:https'
import type { Configuration } from '../configuration.ts'
import type { Text } from '../problem.ts'
import { type Exit, exits } from './exit.ts'
import type { Finding } from './finding.ts'

const TIMEOUT_MS = 10_000
const about: Text = { en: 'connection', fr: 'connexion' }

/** What went wrong with a connection, by the system's word for it: what it means, and what to do. */
const meanings: readonly (readonly [RegExp, Text, Text])[] = [
  [
    /^ENOTFOUND|^EAI_/,
    { en: 'nobody has this name', fr: 'ce nom n’existe pas' },
    {
      en: 'Look at gateway in the configuration, and at this machine’s DNS.',
      fr: 'Vérifier gateway dans la configuration, et le DNS de cette machine.',
    },
  ],
  [
    /^ECONNREFUSED/,
    { en: 'nothing listens there', fr: 'rien n’écoute à cette adresse' },
    {
      en: 'Is the port right, and does the gateway run?',
      fr: 'Le port est-il le bon, et la passerelle fonctionne-t-elle\u202f?',
    },
  ],
  [
    /^ETIMEDOUT|^EHOSTUNREACH|^ENETUNREACH|^TIMEOUT/,
    { en: 'no answer', fr: 'pas de réponse' },
    {
      en: 'A firewall may stand in between: TCP to that port must be let out.',
      fr: 'Un pare-feu s’interpose peut-être\u00a0: TCP doit pouvoir sortir vers ce port.',
    },
  ],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID/,
    { en: 'the server’s certificate is for another name', fr: 'le certificat du serveur est au nom d’un autre' },
    {
      en: 'Use the name that the operators gave, not an address.',
      fr: 'Utiliser le nom donné par les opérateurs, et non une adresse.',
    },
  ],
  [
    /CERT|SELF_SIGNED|UNABLE_TO/,
    {
      en: 'the server’s certificate does not come from your anchor',
      fr: 'le certificat du serveur ne vient pas de votre ancre de confiance',
    },
    {
      en: 'Is anchors the file that came with your certificates? If so, somebody else may be answering: ask the operators.',
      fr: 'anchors est-il le fichier reçu avec vos certificats\u202f? Si oui, un autre répond peut-être\u00a0: s’adresser aux opérateurs.',
    },
  ],
  [
    /^ECONNRESET|^EPIPE|ALERT|^ERR_SSL/,
    { en: 'the gateway has refused your TLS certificate', fr: 'la passerelle a refusé votre certificat TLS' },
    {
      en: 'It has expired or was revoked, comes from another authority, or its intermediate is missing from the .crt: ask the operators.',
      fr: 'Il a expiré ou a été révoqué, vient d’une autre autorité, ou le certificat intermédiaire manque dans le .crt\u00a0: s’adresser aux opérateurs.',
    },
  ],
]

/** Connects once, without trying again, and looks at who answers, and at the time there. */
export async function knock(
  { url, ca, tls }: Configuration,
  signal: AbortSignal,
): Promise<{ finding: Finding; dateMs?: number }> {
  const asked = Promise.withResolvers<{ finding: Finding; dateMs?: number }>()
  const call = request(
    new URL('/.well-known/passerelle', url),
    { ...tls, ca, minVersion: 'TLSv1.3', signal, timeout: TIMEOUT_MS, agent: false },
    (response) => {
      const dateMs = Date.parse(response.headers.date ?? '')
      response.resume()
      const found = { en: `TLS 1.3, answered ${response.statusCode}`, fr: `TLS 1.3, réponse ${response.statusCode}` }
      asked.resolve({ finding: { about, state: 'good', found }, ...(Number.isFinite(dateMs) && { dateMs }) })
    },
  )
  call.once('timeout', () => call.destroy(Object.assign(new Error('no answer'), { code: 'TIMEOUT' })))
  call.once('error', (error) => {
    if (signal.aborted) asked.reject(signal.reason)
    else asked.resolve({ finding: failed('code' in error ? String(error.code) : error.name) })
  })
  call.end()
  return asked.promise
}

/** Takes the system's word for a fault; gives what doctor says of it. */
export function failed(code: string): Finding {
  const exit: Exit = exits.unreachable
  const [, found, remedy] = meanings.find(([pattern]) => pattern.test(code)) ?? []
  const plain = { en: code, fr: code }
  if (found === undefined || remedy === undefined) return { about, state: 'bad', found: plain, exit }
  return { about, state: 'bad', found: { en: `${found.en} (${code})`, fr: `${found.fr} (${code})` }, remedy, exit }
}
