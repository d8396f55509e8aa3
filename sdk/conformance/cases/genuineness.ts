/** Section 7: whose message it is, the recipient verifies itself. */
import type { Algorithm } from '../../jws.ts'
import { newId } from '../../sign.ts'
import type { Case } from '../case.ts'
import { mustBeAcknowledged, mustHaveTaken, mustNotHaveTaken } from '../checks.ts'
import { STRANGER } from '../roles.ts'
import { ALGORITHMS, type Delivered, type Stage } from '../stage.ts'

const base = { section: 7, rank: 'required', on: 'client' } as const
type Words = Pick<Case, 'id' | 'title' | 'why'>

const verifies = (algorithm: Algorithm): Case => ({
  ...base,
  id: `verify-${algorithm.toLowerCase()}`,
  title: { en: `Verifies a message signed with ${algorithm}`, fr: `Vérifie un message signé avec ${algorithm}` },
  why: {
    en: 'Senders choose among four algorithms; whoever receives must know them all, or cannot be written to by everybody.',
    fr: 'Les expéditeurs choisissent parmi quatre algorithmes\u202f; qui reçoit doit les connaître tous, sinon tous ne peuvent lui écrire.',
  },
  async run({ client, deliver }) {
    const waiting = await deliver({ algorithm })
    mustHaveTaken(await client.receive(), [waiting])
    mustBeAcknowledged(waiting)
  },
})

/** It is not genuine; the message behind it is, and must be taken. */
const refuses = (words: Words, wanted: (stage: Stage) => Promise<Delivered>): Case => ({
  ...base,
  ...words,
  async run(stage) {
    const forged = await stage.deliver(await wanted(stage))
    const genuine = await stage.deliver()
    const taken = await stage.client.receive()
    mustNotHaveTaken(taken, forged)
    mustHaveTaken(taken, [genuine])
  },
})

/** It looks odd, and is genuine. */
const takes = (words: Words, wanted: (stage: Stage) => Promise<Delivered>): Case => ({
  ...base,
  ...words,
  async run(stage) {
    const waiting = await stage.deliver(await wanted(stage))
    mustHaveTaken(await stage.client.receive(), [waiting])
    mustBeAcknowledged(waiting)
  },
})

const DAY_MS = 86_400_000

export const genuineness: readonly Case[] = [
  ...ALGORITHMS.map(verifies),
  refuses(
    {
      id: 'message-other-signer',
      title: { en: 'Refuses a message that somebody else has signed', fr: 'Refuse un message signé par un autre' },
      why: {
        en: 'It says that it is from one agency, and a certificate of another has signed it.',
        fr: 'Il se dit d’un organisme, et le certificat d’un autre l’a signé.',
      },
    },
    async ({ signs }) => ({ signer: await signs(STRANGER) }),
  ),
  refuses(
    {
      id: 'message-changed',
      title: { en: 'Refuses a message that was changed', fr: 'Refuse un message modifié' },
      why: {
        en: 'One letter of the payload is another than what was signed.',
        fr: 'Une lettre du contenu diffère de ce qui a été signé.',
      },
    },
    async () => ({
      spoil: (compact) => {
        const [header = '', payload = '', signature = ''] = compact.split('.')
        const text = Buffer.from(payload, 'base64url').toString().replace('"urgent"', '"routine"')
        return `${header}.${Buffer.from(text).toString('base64url')}.${signature}`
      },
    }),
  ),
  refuses(
    {
      id: 'message-unknown-certificate',
      title: {
        en: 'Refuses a message by a certificate that nobody published',
        fr: 'Refuse un message signé d’un certificat non publié',
      },
      why: {
        en: 'Its certificate bears the sender’s name and comes from the right authority, and the directory has not got it.',
        fr: 'Son certificat porte le nom de l’expéditeur et vient de la bonne autorité, mais ne figure pas dans l’annuaire.',
      },
    },
    async ({ pki, role }) => ({ signer: await pki.issue({ name: `${role.from} signing`, use: 'signing', serial: 9 }) }),
  ),
  refuses(
    {
      id: 'message-revoked',
      title: {
        en: 'Refuses a message signed after its certificate was revoked',
        fr: 'Refuse un message signé après la révocation du certificat',
      },
      why: {
        en: 'The directory says since when the sender’s key is in other hands.',
        fr: 'L’annuaire dit depuis quand la clé de l’expéditeur est en d’autres mains.',
      },
    },
    async ({ pki, role, gateway, clock }) => {
      const signer = await pki.issue({ name: `${role.from} signing`, use: 'signing', serial: 3 })
      const revokedAt = new Date(clock.now() - DAY_MS).toISOString()
      const { agencies } = gateway.publication
      agencies.set(role.from, [...(agencies.get(role.from) ?? []), { issued: signer, current: false, revokedAt }])
      return { signer }
    },
  ),
  refuses(
    {
      id: 'message-other-recipient',
      title: { en: 'Refuses a message that is for somebody else', fr: 'Refuse un message destiné à un autre' },
      why: {
        en: 'Genuine, and addressed to another agency: somebody has put it into the wrong inbox.',
        fr: 'Authentique, mais adressé à un autre organisme\u00a0: quelqu’un l’a placé dans la mauvaise boîte.',
      },
    },
    async () => ({ envelope: { to: STRANGER } }),
  ),
  refuses(
    {
      id: 'message-other-id',
      title: {
        en: 'Refuses a message that is not the one it asked for',
        fr: 'Refuse un message qui n’est pas celui demandé',
      },
      why: {
        en: 'The list named one id; the bytes behind it are a genuine message of another.',
        fr: 'La liste nommait un identifiant\u202f; les octets sont un message authentique d’un autre.',
      },
    },
    async () => ({ listed: { id: newId() } }),
  ),
  refuses(
    {
      id: 'message-duplicate-members',
      title: {
        en: 'Refuses a payload with two members of one name',
        fr: 'Refuse un contenu à deux membres de même nom',
      },
      why: {
        en: 'One reader takes the first, another the last: such a message says two things under one signature.',
        fr: 'Un lecteur prend le premier, un autre le dernier\u00a0: un tel message dit deux choses sous une seule signature.',
      },
    },
    async (stage) => {
      const { envelope } = await stage.compose()
      const text = JSON.stringify(envelope).replace(/^\{/, '{"priority":"immediate",')
      return { envelope, text }
    },
  ),
  takes(
    {
      id: 'message-waited-long',
      title: { en: 'Takes a message that has waited for days', fr: 'Prend un message qui a attendu des jours' },
      why: {
        en: 'Only the gateway asks whether a signature is fresh, when it accepts. A message signed twelve days ago is as good as on the first.',
        fr: 'Seule la passerelle vérifie, à l’acceptation, que la signature est fraîche. Un message signé il y a douze jours reste valable.',
      },
    },
    async ({ clock }) => ({ at: new Date(clock.now() - 12 * DAY_MS) }),
  ),
  {
    ...base,
    id: 'message-renewed-certificate',
    title: {
      en: 'Takes a message by the sender’s next certificate',
      fr: 'Prend un message signé du nouveau certificat de l’expéditeur',
    },
    why: {
      en: 'The sender has renewed its certificate after the client last read the directory. Who meets one that it does not know reads it again before it refuses.',
      fr: 'L’expéditeur a renouvelé son certificat après la dernière lecture de l’annuaire. Qui en rencontre un inconnu le relit avant de refuser.',
    },
    async run({ client, deliver, gateway, pki, role }) {
      const first = await deliver()
      mustHaveTaken(await client.receive(), [first])
      const next = await pki.issue({ name: `${role.from} signing`, use: 'signing', serial: 2 })
      const { agencies } = gateway.publication
      agencies.set(role.from, [...(agencies.get(role.from) ?? []), { issued: next, current: true }])
      const second = await deliver({ signer: next })
      mustHaveTaken(await client.receive(), [second])
      mustBeAcknowledged(second)
    },
  },
  takes(
    {
      id: 'message-past-certificate',
      title: {
        en: 'Takes a message by a certificate that was good then',
        fr: 'Prend un message signé d’un certificat alors valable',
      },
      why: {
        en: 'It was signed ten days ago, by a certificate that ended five days ago and that the directory still has, as no longer current.',
        fr: 'Il a été signé il y a dix jours, avec un certificat échu depuis cinq jours que l’annuaire garde comme passé.',
      },
    },
    async ({ pki, role, gateway, clock }) => {
      const signer = await pki.issue({ name: `${role.from} signing`, use: 'signing', days: [-300, -5] })
      const { agencies } = gateway.publication
      agencies.set(role.from, [...(agencies.get(role.from) ?? []), { issued: signer, current: false }])
      return { signer, at: new Date(clock.now() - 10 * DAY_MS) }
    },
  ),
]
