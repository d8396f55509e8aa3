import { setTimeout as pause } from 'node:timers/promises'
import { alarm, CannotLook, type Finding, news } from './finding.ts'
import { follow, readCheckpoint } from './following.ts'
import { type Gateway, openGateway, type WellKnown } from './gateway.ts'
import type { Http } from './http.ts'
import { leafOf, thumbprintOf } from './jws.ts'
import { checkKept, readKept } from './kept.ts'
import type { Options } from './options.ts'
import { readEntries, unlogged } from './parties.ts'
import type { State } from './state.ts'
import { askWitnesses, quorumFault } from './witnesses.ts'

/** One look: what was found, and what is to be remembered once that was told. */
export type Round = {
  readonly findings: readonly Finding[]
  readonly state: State
  readonly size: number
  readonly origin: string
}

/** Behind a balancer another process may have published less than the one that was asked before: it has some seconds. */
const MOST_TRIES = 4
const RETRY_MS = 1_000

/**
 * Looks once at all that may be seen. @throws CannotLook where it could not
 * @param retryMs until the gateway is asked again that has shown less than was seen
 */
export async function lookOnce(
  options: Options,
  http: Http,
  state: State,
  now: Date,
  retryMs = RETRY_MS,
): Promise<Round> {
  const { identity, witnesses, quorum } = options
  const gateway = openGateway(http, options.url, identity ? '/v1/log' : '/log')
  const wellKnown = identity ? await gateway.wellKnown() : undefined
  // The witnesses first: what they have seen was published before.
  const origin = readCheckpoint(await gateway.checkpoint())?.origin ?? state.origin ?? ''
  const keys = keysOf(origin, options, state, wellKnown)
  const said = await askWitnesses(http, witnesses, origin, keys.verifierKeys)
  const least = Math.max(state.logs[origin]?.size ?? 0, ...said.shown.map(({ size }) => size))
  const { note, checkpoint } = await askFor(gateway, least, retryMs)
  if (checkpoint?.origin !== origin || origin === '')
    throw new CannotLook('the gateway serves no checkpoint, or begins a log just now')

  const succession = succeeded(origin, state)
  const { verifierKeys } = keys
  const asked = { gateway, checkpoint, note, verifierKeys, shown: said.shown, withEntries: identity !== undefined }
  const followed = await follow({ ...asked, before: state.logs[origin] })
  const findings = [...succession, ...keys.findings, ...followed.findings]
  const { log, listed } = followed
  // Whatever is asked for by such a log would be measured by what cannot be believed.
  if (log === undefined) return { findings, state, size: checkpoint.size, origin }
  findings.push(...quorumFault(checkpoint, witnesses, { quorum, cosigned: said.cosigned, now }))
  let next: State = { ...state, origin, logs: { ...state.logs, [origin]: log } }
  if (identity && wellKnown) {
    const own = new Set(identity.certificates.flatMap((pem) => leafOf(pem) ?? []).map(thumbprintOf))
    const { findings: told, ...known } = readEntries(listed, { state, signers: wellKnown.signers }, own)
    // Of a log that had a predecessor this monitor may not have seen all that was pinned.
    const directory = await gateway.directory(wellKnown.logs.length === 1)
    const kept = await checkKept(await readKept(options.kept), new Set(state.settled), {
      gateway,
      signers: wellKnown.signers,
      tree: checkpoint,
      now,
    })
    findings.push(...told, ...unlogged(known.pinned, wellKnown, directory), ...kept.findings)
    next = { ...next, ...known, settled: kept.settled }
  }
  return { findings, state: next, size: checkpoint.size, origin }
}

/** The newest checkpoint; asked for again where it has fewer leaves than what was seen of the log. */
async function askFor({ checkpoint: ask }: Pick<Gateway, 'checkpoint'>, least: number, retryMs: number) {
  for (let tries = 1; ; tries += 1) {
    const note = await ask()
    const checkpoint = readCheckpoint(note)
    if (tries === MOST_TRIES || checkpoint === undefined || checkpoint.size >= least) return { note, checkpoint }
    await pause(retryMs)
  }
}

/**
 * The keys of a log: those that were known before, those that were given, or, where nothing is known yet, those that the gateway names.
 * What it names later never takes their place.
 */
function keysOf(
  origin: string,
  { logKeys }: Options,
  { logs }: State,
  wellKnown: WellKnown | undefined,
): { readonly verifierKeys: readonly string[]; readonly findings: readonly Finding[] } {
  const given = logKeys.filter(({ name }) => name === origin).map(({ text }) => text)
  const named = wellKnown?.logs.find((log) => log.origin === origin)?.verifierKeys
  const known = logs[origin]?.verifierKeys ?? (given.length > 0 ? given : undefined)
  if (known === undefined) {
    if (named === undefined)
      throw new CannotLook(`no key of ${origin} is known: give --log-key, or --identity at the first run`)
    const found = news(
      'keys-taken',
      {
        en: `The keys of ${origin} are those that the gateway names; compare them with what another agency has: ${named.join(' ')}`,
        fr: `Les clés de ${origin} sont celles que la passerelle nomme ; comparez-les à celles qu’un autre organisme connaît : ${named.join(' ')}`,
      },
      { origin, verifierKeys: named },
    )
    return { verifierKeys: named, findings: [found] }
  }
  const isOther = named !== undefined && known.some((vkey) => !named.includes(vkey))
  const changed = alarm(
    'log-keys-changed',
    {
      en: `The gateway names other keys for ${origin} than those that are known.`,
      fr: `La passerelle nomme pour ${origin} d’autres clés que celles qui sont connues.`,
    },
    { origin },
  )
  return { verifierKeys: known, findings: isOther ? [changed] : [] }
}

/** Another log than before is something that two operators have started, and that they have to explain. */
function succeeded(origin: string, state: State): readonly Finding[] {
  if (state.origin === undefined || state.origin === origin) return []
  const before = state.logs[state.origin]?.size ?? 0
  return [
    alarm(
      'another-log',
      {
        en: `The gateway has ended the log ${state.origin}, of which ${before} leaves were seen, and goes on with ${origin}. Ask why, and what became of the leaves since.`,
        fr: `La passerelle a terminé le journal ${state.origin}, dont ${before} feuilles avaient été vues, et continue avec ${origin}. Demandez pourquoi, et ce que sont devenues les feuilles suivantes.`,
      },
      { origin, before: state.origin, size: before },
    ),
  ]
}
