import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { NoteFault, parseVerifierKey, type VerifierKey } from '../tlog/note.ts'

/** What was asked for is not what the monitor takes. */
export class UsageFault extends Error {
  override readonly name = 'UsageFault'
}

export type WatchedWitness = { readonly name: string; readonly key: VerifierKey; readonly url: string }

export type Options = {
  readonly url: string
  /** The trust anchors of the gateway's certificate, PEM. */
  readonly ca: string
  /** An agency's own certificates: of all that is logged it sees more than a stranger. */
  readonly identity?: { readonly cert: string; readonly key: string; readonly certificates: readonly string[] }
  readonly logKeys: readonly VerifierKey[]
  readonly witnesses: readonly WatchedWitness[]
  readonly quorum: number
  readonly state: string
  readonly kept: readonly string[]
  readonly json: boolean
  readonly language: 'en' | 'fr'
  readonly everySeconds?: number
}

export const USAGE = {
  en: `usage: npm run monitor -- --url <https://…> --ca <file> --state <folder>
    [--identity <folder>]   tls.crt, tls.key and signing.crt of an agency
    [--certificate <file>]  a further certificate of the agency's own (may be repeated)
    [--log-key <vkey>]      a key of the log (may be repeated); without it, those of the well-known document, at the first run
    [--witnesses <file>]    the witnesses, as in a registry file
    [--kept <path>]         file or folder of messages and receipts that the agency has kept (may be repeated)
    [--json] [--language en|fr] [--every <seconds>]`,
  fr: `usage : npm run monitor -- --url <https://…> --ca <fichier> --state <dossier>
    [--identity <dossier>]    tls.crt, tls.key et signing.crt d’un organisme
    [--certificate <fichier>] un autre certificat de l’organisme (répétable)
    [--log-key <vkey>]        une clé du journal (répétable) ; à défaut, celles du document well-known, à la première exécution
    [--witnesses <fichier>]   les témoins, comme dans un fichier de registre
    [--kept <chemin>]         fichier ou dossier des messages et récépissés que l’organisme a conservés (répétable)
    [--json] [--language en|fr] [--every <secondes>]`,
} as const

/** Reads the words behind the command. @throws UsageFault */
export function readOptions(words: readonly string[], env: Readonly<Record<string, string | undefined>>): Options {
  const { values } = attempt('', () =>
    parseArgs({
      args: [...words],
      options: {
        url: { type: 'string' },
        ca: { type: 'string' },
        identity: { type: 'string' },
        certificate: { type: 'string', multiple: true, default: [] },
        'log-key': { type: 'string', multiple: true, default: [] },
        witnesses: { type: 'string' },
        state: { type: 'string' },
        kept: { type: 'string', multiple: true, default: [] },
        json: { type: 'boolean', default: false },
        language: { type: 'string' },
        every: { type: 'string' },
      },
    }),
  )
  const { url, ca, state, identity: folder, certificate, witnesses: file, kept, json, language, every } = values
  if (url === undefined || ca === undefined || state === undefined)
    throw new UsageFault('--url, --ca and --state are needed')
  if (URL.parse(url)?.protocol !== 'https:') throw new UsageFault('--url must be an https address')
  if (kept.length > 0 && folder === undefined) throw new UsageFault('--kept needs --identity')
  const everySeconds = every === undefined ? undefined : Number(every)
  if (everySeconds !== undefined && !(Number.isInteger(everySeconds) && everySeconds >= 1 && everySeconds <= 86_400))
    throw new UsageFault('--every must be a whole number of seconds, a day at most')
  const own = folder === undefined ? undefined : readIdentity(folder, certificate)
  const watched = file === undefined ? { quorum: 0, witnesses: [] } : readWitnesses(file)
  return {
    url: url.replace(/\/$/, ''),
    ca: read('--ca', ca),
    ...(own && { identity: own }),
    logKeys: values['log-key'].map((vkey) => readKey('--log-key', vkey)),
    ...watched,
    state,
    kept,
    json,
    language: readLanguage(language ?? env['LC_ALL'] ?? env['LANG'] ?? 'en'),
    ...(everySeconds !== undefined && { everySeconds }),
  }
}

function readIdentity(folder: string, more: readonly string[]): Required<Options>['identity'] {
  const cert = read('--identity', join(folder, 'tls.crt'))
  const key = read('--identity', join(folder, 'tls.key'))
  const signing = read('--identity', join(folder, 'signing.crt'))
  return { cert, key, certificates: [cert, signing, ...more.map((file) => read('--certificate', file))] }
}

function readWitnesses(file: string): Pick<Options, 'quorum' | 'witnesses'> {
  const fault = (): never => {
    throw new UsageFault('--witnesses: the file is not {"quorum", "witnesses": [{"name", "vkey", "url"}]}')
  }
  const value = attempt('--witnesses', () => JSON.parse(read('--witnesses', file)) as unknown)
  if (!isObject(value) || !Array.isArray(value['witnesses'])) return fault()
  const witnesses = value['witnesses'].map((one: unknown): WatchedWitness => {
    if (!isObject(one)) return fault()
    const { name, vkey, url } = one
    if (typeof name !== 'string' || typeof vkey !== 'string' || typeof url !== 'string') return fault()
    return { name, key: readKey('--witnesses', vkey), url: url.replace(/\/$/, '') }
  })
  const quorum = value['quorum']
  if (typeof quorum !== 'number' || !Number.isInteger(quorum) || quorum < 0 || quorum > witnesses.length) return fault()
  return { quorum, witnesses }
}

function readKey(option: string, vkey: string): VerifierKey {
  try {
    return parseVerifierKey(vkey)
  } catch (error) {
    throw new UsageFault(`${option} ${error instanceof NoteFault ? error.message : 'cannot be read'}`)
  }
}

/** A language by its name, or as an environment has it: `fr_FR.UTF-8`. */
const readLanguage = (text: string): 'en' | 'fr' => (/^fr\b|^fr_/i.test(text) ? 'fr' : 'en')

const read = (option: string, file: string): string => attempt(option, () => readFileSync(file, 'utf8'))

function attempt<Result>(option: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw new UsageFault(`${option} ${error instanceof Error ? error.message : 'cannot be read'}`.trim())
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
