import type { X509Certificate } from 'node:crypto'
import { alarm, type Finding, news } from './finding.ts'
import type { Listed, WellKnown } from './gateway.ts'
import { type Jws, parseJws } from './jws.ts'
import type { PartyState, State } from './state.ts'

type Read = Pick<State, 'parties' | 'pinned'> & { readonly findings: readonly Finding[] }

/**
 * Reads the leaves that are no receipts: which keys came into force for whom, and what operators did. They are in the log already;
 * here it is seen who signed them, and what they say.
 * @param own thumbprints of the agency that watches
 */
export function readEntries(
  listed: readonly Listed[],
  { state, signers }: { readonly state: State; readonly signers: ReadonlyMap<string, X509Certificate> },
  own: ReadonlySet<string>,
): Read {
  const findings: Finding[] = []
  const parties = new Map(Object.entries(state.parties))
  const pinned = new Map(Object.entries(state.pinned))
  const withheld: number[] = []
  for (const { leafIndex, typ, entry } of listed) {
    const jws = entry === undefined ? undefined : parseJws(entry)
    if (jws === undefined) {
      if (typ === 'operator-act+jws' && entry === undefined) withheld.push(leafIndex)
      else findings.push(notReadable(leafIndex, typ))
      continue
    }
    if (jws.typ !== typ || !jws.verifiedBy(signers)) findings.push(notSigned(leafIndex, typ))
    if (typ === 'operator-act+jws') findings.push(actNews(leafIndex, jws), ...forgotten(leafIndex, jws, state.logs))
    else {
      const party = partyIn(jws, leafIndex)
      if (party === undefined) {
        findings.push(notReadable(leafIndex, typ))
        continue
      }
      findings.push(...partyNews(party, parties.get(party.id), own))
      parties.set(party.id, party)
      for (const { thumbprint } of party.certificates) pinned.set(thumbprint, party.id)
    }
  }
  if (withheld.length > 0) findings.push(othersActs(withheld))
  return { findings, parties: Object.fromEntries(parties), pinned: Object.fromEntries(pinned) }
}

/** Certificates that the gateway shows or names, and that no entry of the log has pinned. */
export function unlogged(
  pinned: State['pinned'],
  { id, signers, tlsThumbprints }: Pick<WellKnown, 'id' | 'signers' | 'tlsThumbprints'>,
  directory: ReadonlyMap<string, readonly string[]>,
): readonly Finding[] {
  const named = [
    ...[...signers.keys(), ...tlsThumbprints].map((thumbprint) => ({ party: id, thumbprint })),
    ...[...directory].flatMap(([party, thumbprints]) => thumbprints.map((thumbprint) => ({ party, thumbprint }))),
  ]
  return named
    .filter(({ party, thumbprint }) => pinned[thumbprint] !== party)
    .map(({ party, thumbprint }) =>
      alarm(
        'key-without-entry',
        {
          en: `The gateway names a certificate of ${party} (${thumbprint}) for which the log has no entry.`,
          fr: `La passerelle nomme un certificat de ${party} (${thumbprint}) pour lequel le journal n’a aucune inscription.`,
        },
        { party, thumbprint },
      ),
    )
}

type Party = PartyState & { readonly id: string; readonly at: string }

function partyIn({ payload }: Jws, leafIndex: number): Party | undefined {
  const { party, at } = payload as { party?: Partial<Party>; at?: string }
  const { id, certificates, status, roles } = party ?? {}
  const isList =
    Array.isArray(certificates) &&
    certificates.every(({ use, thumbprint }) => typeof use === 'string' && typeof thumbprint === 'string')
  if (typeof id !== 'string' || typeof at !== 'string' || !isList) return undefined
  return { id, at, leafIndex, certificates, ...(status && { status }), ...(roles && { roles }) }
}

/** What an entry changes, and whether it pins a key in the name of who watches that they do not know. */
function partyNews(party: Party, before: PartyState | undefined, own: ReadonlySet<string>): readonly Finding[] {
  const { id, at, leafIndex, certificates, status } = party
  const names = (list: PartyState['certificates']) => list.map(({ use, thumbprint }) => `${use} ${thumbprint}`)
  const [now, then] = [names(certificates), names(before?.certificates ?? [])]
  const added = now.filter((name) => !then.includes(name))
  const removed = then.filter((name) => !now.includes(name))
  const facts = { leafIndex, party: id, at, added, removed, ...(status && { status }) }
  const isOwn = [...certificates, ...(before?.certificates ?? [])].some(({ thumbprint }) => own.has(thumbprint))
  const foreign = isOwn
    ? certificates.filter(({ thumbprint }) => !own.has(thumbprint)).map(({ thumbprint }) => thumbprint)
    : []
  const list = (items: readonly string[]): string => (items.length === 0 ? '–' : items.join(', '))
  const state = {
    en: status === undefined ? '' : `; status ${status}`,
    fr: status === undefined ? '' : ` ; statut ${status}`,
  }
  return [
    news(
      'entry',
      {
        en: `Entry of ${id} at ${at} (leaf ${leafIndex}): keys added: ${list(added)}; removed: ${list(removed)}${state.en}.`,
        fr: `Inscription de ${id} le ${at} (feuille ${leafIndex}) : clés ajoutées : ${list(added)} ; retirées : ${list(removed)}${state.fr}.`,
      },
      facts,
    ),
    ...(foreign.length === 0
      ? []
      : [
          alarm(
            'own-key-unknown',
            {
              en: `In the name of your own agency, ${id}, keys were pinned that you have not given: ${foreign.join(', ')} (leaf ${leafIndex}, ${at}).`,
              fr: `Au nom de votre propre organisme, ${id}, des clés que vous n’avez pas données ont été épinglées : ${foreign.join(', ')} (feuille ${leafIndex}, ${at}).`,
            },
            { leafIndex, party: id, at, thumbprints: foreign },
          ),
        ]),
  ]
}

function actNews(leafIndex: number, { payload }: Jws): Finding {
  const say = (name: string): string => {
    const value = payload[name]
    return typeof value === 'string' ? value : ''
  }
  const [act, at, operator] = [say('act'), say('at'), say('operator')]
  const subjects = ['agency', 'from', 'messageId', 'caseId'].map(say).filter((part) => part !== '')
  const about = subjects.join(' ')
  const who = operator
    ? { en: `of the operator ${operator}`, fr: `de l’opérateur ${operator}` }
    : { en: 'of the gateway itself', fr: 'de la passerelle elle-même' }
  const what = about === '' ? { en: '', fr: '' } : { en: `, about ${about}`, fr: `, au sujet de ${about}` }
  return news(
    'act',
    {
      en: `Act «${act}» ${who.en} at ${at}${what.en} (leaf ${leafIndex}).`,
      fr: `Acte « ${act} » ${who.fr} le ${at}${what.fr} (feuille ${leafIndex}).`,
    },
    { leafIndex, act, at, ...(operator && { operator }), ...(about && { about: subjects }) },
  )
}

/** Whoever starts a successor says how far its predecessor had come: no less than was seen of it. */
function forgotten(leafIndex: number, { payload }: Jws, logs: State['logs']): readonly Finding[] {
  const { origin, size, rootHash } = (payload['predecessor'] ?? {}) as Record<string, unknown>
  const seen = typeof origin === 'string' && Object.hasOwn(logs, origin) ? logs[origin] : undefined
  if (seen === undefined || typeof origin !== 'string' || typeof size !== 'number') return []
  const isOther = size === seen.size && rootHash !== undefined && rootHash !== seen.root
  if (size >= seen.size && !isOther) return []
  return [
    alarm(
      'successor-forgets',
      {
        en: `The new log says that ${origin} had ${size} leaves; ${seen.size} were seen (leaf ${leafIndex}).`,
        fr: `Le nouveau journal dit que ${origin} avait ${size} feuilles ; ${seen.size} ont été vues (feuille ${leafIndex}).`,
      },
      { leafIndex, origin, size, seen: seen.size },
    ),
  ]
}

const othersActs = (leaves: readonly number[]): Finding =>
  news(
    'acts-elsewhere',
    {
      en: `Acts of operators on cases in which you take no part: ${leaves.length} (leaves ${leaves.join(', ')}).`,
      fr: `Actes d’opérateurs sur des dossiers auxquels vous ne participez pas : ${leaves.length} (feuilles ${leaves.join(', ')}).`,
    },
    { count: leaves.length, leaves: leaves.map(String) },
  )

const notSigned = (leafIndex: number, typ: string): Finding =>
  alarm(
    'entry-not-signed',
    {
      en: `Leaf ${leafIndex} (${typ}) is not signed by a certificate of the gateway.`,
      fr: `La feuille ${leafIndex} (${typ}) n’est pas signée par un certificat de la passerelle.`,
    },
    { leafIndex, typ },
  )

const notReadable = (leafIndex: number, typ: string): Finding =>
  alarm(
    'entry-not-readable',
    {
      en: `Leaf ${leafIndex} (${typ}) is withheld, or is not as the protocol has it.`,
      fr: `La feuille ${leafIndex} (${typ}) n’est pas montrée, ou n’est pas telle que le protocole la décrit.`,
    },
    { leafIndex, typ },
  )
