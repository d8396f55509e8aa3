import { NoteFault, parseVerifierKey, type VerifierKey, type Witnesses } from '../protocol/protocol.ts'

/** A witness as the registry file names it (protocol section 10), its key read. */
export type RegisteredWitness = {
  /** As operators see it. */
  readonly name: string
  readonly key: VerifierKey
  readonly url: string
  readonly country?: 'FR' | 'GB'
}

export type WitnessEntry = Omit<RegisteredWitness, 'key'> & { readonly vkey: string }

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])$/

/**
 * Reads what the registry file says of witnesses. One witness counts once: none of them has another's name, key or address.
 * @param refuse throws, of what is wrong and where
 */
export function readWitnesses(
  { quorum, witnesses: entries }: Witnesses<WitnessEntry>,
  refuse: (fault: string) => never,
): Witnesses<RegisteredWitness> {
  if (quorum > entries.length) refuse('/witnesses/quorum is more than there are witnesses')
  const taken = new Set<string>()
  const claim = (what: string, at: string): void => {
    if (taken.has(what)) refuse(`${at} is taken by an earlier one`)
    taken.add(what)
  }
  const witnesses = entries.map(({ vkey, ...entry }, place) => {
    const at = `/witnesses/witnesses/${place}`
    const key = readKey(vkey, (fault) => refuse(`${at}/vkey ${fault}`))
    const url = URL.parse(entry.url)
    if (!url || url.username || url.password || url.hash || url.search)
      return refuse(`${at}/url is no address without credentials, query and fragment`)
    if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname))
      return refuse(`${at}/url is http, and not on this machine`)
    claim(`name ${entry.name}`, `${at}/name`)
    claim(`key ${key.name}`, `${at}/vkey`)
    claim(`key ${key.key.export({ type: 'spki', format: 'der' }).toString('base64')}`, `${at}/vkey`)
    claim(`url ${url.href.replace(/\/$/, '')}`, `${at}/url`)
    return { ...entry, key }
  })
  return { quorum, witnesses }
}

/** A key that cosigns: one that signs notes without a time says nothing of when. */
function readKey(vkey: string, refuse: (fault: string) => never): VerifierKey {
  try {
    const key = parseVerifierKey(vkey)
    return key.kind === 'ed25519' ? refuse('is no key of cosignatures') : key
  } catch (error) {
    if (error instanceof NoteFault) return refuse('is no verifier key')
    throw error
  }
}
