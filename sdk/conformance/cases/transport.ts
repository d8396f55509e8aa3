import { createServer } from 'node:https'
import { once } from 'node:events'
import type { Case } from '../case.ts'
import { must } from '../unmet.ts'
import { mustBeDone, mustBeRefused } from '../checks.ts'
import { flood, say } from '../steps.ts'
import { STRANGER } from '../roles.ts'

const RESET: Case = {
  id: 'tls-reset',
  title: {
    en: 'Connects again after a reset in the handshake',
    fr: 'Se reconnecte après une coupure pendant la négociation',
  },
  why: {
    en: 'A process of the gateway that is just stopping resets connections. A close before any answer is a passing fault once.',
    fr: 'Un processus de la passerelle qui s’arrête coupe les connexions. Une fermeture avant toute réponse est, une fois, une panne passagère.',
  },
  section: 2,
  rank: 'required',
  on: 'client',
  async run({ client, gateway }) {
    gateway.refuseConnections(1)
    mustBeDone(await client.trySend())
  },
}

const REDIRECT: Case = {
  id: 'redirect',
  title: { en: 'Follows no redirect', fr: 'Ne suit aucune redirection' },
  why: {
    en: 'The protocol has none. A client that follows one takes a child’s referral, and its own certificate, wherever it is told.',
    fr: 'Le protocole n’en comporte pas. Un client qui en suit une porte une saisine, et son propre certificat, où on lui dit.',
  },
  section: 2,
  rank: 'required',
  on: 'client',
  async run({ client, gateway, pki }) {
    const { certificate: cert, key } = await pki.issue({ name: 'elsewhere', use: 'server' })
    let calls = 0
    const elsewhere = createServer({ cert, key }, (_, response) => {
      calls++
      response.writeHead(404).end()
    })
    elsewhere.on('secureConnection', () => calls++)
    elsewhere.listen(0, '127.0.0.1')
    await once(elsewhere, 'listening')
    try {
      const address = elsewhere.address()
      const port = typeof address === 'object' ? address?.port : undefined
      const location = `https://localhost:${port}/v1/messages`
      gateway.always('submit', say({ status: 307, headers: { location }, body: '' }))
      mustBeRefused(await client.trySend())
      must(calls === 0, 'The client went there.', 'Le client s’y est rendu.')
    } finally {
      elsewhere.closeAllConnections()
      elsewhere.close()
    }
  },
}

/** The gateway shows a certificate that nobody may believe. */
const disbelieves = (
  id: string,
  words: Pick<Case, 'title' | 'why'>,
  section: number,
  show: (stage: Parameters<Case['run']>[0]) => Promise<void>,
): Case => ({
  id,
  ...words,
  section,
  rank: 'required',
  on: 'client',
  async run(stage) {
    await show(stage)
    mustBeRefused(await stage.client.trySend())
    must(
      stage.gateway.calls('submit').length === 0,
      'The client has told it a message.',
      'Le client lui a confié un message.',
    )
  },
})

const ENDLESS: Case = {
  id: 'huge-answer',
  title: { en: 'Stops reading an answer that does not end', fr: 'Cesse de lire une réponse sans fin' },
  why: {
    en: 'Nothing in the protocol is larger than 25 MiB. A client that reads 40 MiB of an acceptance can be brought down by one answer.',
    fr: 'Rien dans le protocole ne dépasse 25\u00a0Mio. Un client qui lit 40\u00a0Mio d’une acceptation peut être mis à terre par une seule réponse.',
  },
  section: 4,
  rank: 'advisory',
  on: 'client',
  async run({ client, gateway }) {
    let taken = 0
    gateway.always(
      'submit',
      flood((bytes) => (taken = Math.max(taken, bytes))),
    )
    const answer = await client.trySend()
    mustBeRefused(answer)
    const mib = Math.round(taken / 1024 / 1024)
    must(mib < 40, `The client read ${mib} MiB.`, `Le client a lu ${mib}\u00a0Mio.`)
  },
}

const KEEPS: Case = {
  id: 'keep-connections',
  title: { en: 'Keeps its connections open', fr: 'Garde ses connexions ouvertes' },
  why: {
    en: 'A handshake costs more than a message, and an address has 50 of them a second. Five messages, one after the other, take a few connections at most.',
    fr: 'Une négociation coûte plus qu’un message, et une adresse en a 50 par seconde. Cinq messages successifs demandent tout au plus quelques connexions.',
  },
  section: 2,
  rank: 'advisory',
  on: 'client',
  async run({ client, gateway }) {
    for (let count = 0; count < 5; count++) await client.send()
    const made = gateway.connections()
    must(made <= 4, `There were ${made} connections.`, `Il y a eu ${made} connexions.`)
  },
}

const EXPIRY: Case = {
  id: 'certificate-expires',
  title: { en: 'Tells people that a certificate ends soon', fr: 'Avertit qu’un certificat expire bientôt' },
  why: {
    en: 'Within 30 days of its end every answer bears Passerelle-Certificate-Expires. Who overlooks it is cut off on a Sunday.',
    fr: 'Dans les 30 jours avant l’échéance, chaque réponse porte Passerelle-Certificate-Expires. Qui l’ignore est coupé un dimanche.',
  },
  section: 1,
  rank: 'advisory',
  on: 'client',
  async run({ client, gateway, clock }) {
    const notice = `signing ${new Date(clock.now() + 9 * 86_400_000).toISOString()}`
    gateway.always('submit', async (_, proceed) => {
      const reply = await proceed()
      return { ...reply, headers: { ...reply.headers, 'passerelle-certificate-expires': notice } }
    })
    const { notices = [] } = await client.trySend()
    must(
      notices.some((each) => each.includes('signing')),
      'The client tells nobody.',
      'Le client n’avertit personne.',
    )
  },
}

/** Sections 1 and 2: who talks to whom. */
export const transport: readonly Case[] = [
  RESET,
  REDIRECT,
  disbelieves(
    'gateway-untrusted',
    {
      title: {
        en: 'Speaks to no gateway of another authority',
        fr: 'Ne parle à aucune passerelle d’une autre autorité',
      },
      why: {
        en: 'Somebody with a certificate of an authority that the client was not given passes for the gateway.',
        fr: 'Quelqu’un, muni d’un certificat d’une autorité que le client ne connaît pas, se fait passer pour la passerelle.',
      },
    },
    1,
    async ({ gateway, pki }) => gateway.present(await pki.forge({ name: 'a forger', use: 'server' })),
  ),
  disbelieves(
    'gateway-other-name',
    {
      title: { en: 'Speaks to no gateway of another name', fr: 'Ne parle à aucune passerelle d’un autre nom' },
      why: {
        en: 'Every agency’s certificate comes from the same authority. The gateway’s must bear the host name that the client connects to.',
        fr: 'Le certificat de chaque organisme vient de la même autorité. Celui de la passerelle doit porter le nom d’hôte auquel le client se connecte.',
      },
    },
    1,
    async ({ gateway, pki }) =>
      gateway.present(await pki.issue({ name: STRANGER, use: 'server', hosts: [`${STRANGER}.example`] })),
  ),
  ENDLESS,
  KEEPS,
  EXPIRY,
]
