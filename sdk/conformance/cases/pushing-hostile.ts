/** Section 7: an endpoint that others find as well. */
import { isObject } from '../../shape.ts'
import { newId } from '../../sign.ts'
import type { Case } from '../case.ts'
import type { PushAnswer, Pushed } from '../endpoint.ts'
import { STRANGER } from '../roles.ts'
import { GATEWAY_ID, type Stage } from '../stage.ts'
import { must, Unmet } from '../unmet.ts'
import { base, isTaken, make, montre, mustBeTaken, mustBeTakenTimes, outcomeOf, shown } from './pushed.ts'

/** Not genuine: neither taken nor signed for. */
async function mustNotBeTaken(stage: Stage, pushed: Pushed, answer: PushAnswer): Promise<void> {
  must(
    !isTaken(answer) || outcomeOf(answer) === 'refused',
    `The endpoint took it, and answered ${shown(answer)}.`,
    `Le point d’accès l’a pris, et a répondu ${montre(answer)}.`,
  )
  await mustBeTakenTimes(stage, pushed, 0)
}

const refuses = (
  words: Pick<Case, 'id' | 'title' | 'why'>,
  wanted: (stage: Stage) => Promise<Partial<Pushed> & { made: Pushed }>,
): Case => ({
  ...base,
  ...words,
  async run(stage) {
    const endpoint = await stage.endpoint()
    const { made, ...over } = await wanted(stage)
    await mustNotBeTaken(stage, made, await endpoint.push({ ...made, ...over }))
  },
})

/** Somebody who is not the gateway: the connection is closed without an answer (a refusal would be for good). */
const shutsOut = (words: Pick<Case, 'id' | 'title' | 'why'>, who: (stage: Stage) => Promise<Pushed['as']>): Case => ({
  ...base,
  ...words,
  async run(stage) {
    const endpoint = await stage.endpoint()
    const made = await make(stage)
    const as = (await who(stage)) ?? null
    const answer = await endpoint.push({ ...made, as })
    must(
      answer === 'closed',
      `The endpoint answered with ${shown(answer)}.`,
      `Le point d’accès a répondu par ${montre(answer)}.`,
    )
    await mustBeTakenTimes(stage, made, 0)
  },
})

export const pushingHostile: readonly Case[] = [
  shutsOut(
    {
      id: 'push-stranger',
      title: {
        en: 'Shuts out an agency that passes for the gateway',
        fr: 'Écarte un organisme qui se fait passer pour la passerelle',
      },
      why: {
        en: 'Every agency’s certificate comes from the same authority as the gateway’s: the chain alone does not tell who is calling. The connection is closed without an answer.',
        fr: 'Le certificat de chaque organisme vient de la même autorité que celui de la passerelle\u00a0: la chaîne seule ne dit pas qui appelle. La connexion est fermée sans réponse.',
      },
    },
    ({ pki }) => pki.issue({ name: STRANGER, use: 'tls' }),
  ),
  shutsOut(
    {
      id: 'push-untrusted',
      title: { en: 'Shuts out a certificate of another authority', fr: 'Écarte un certificat d’une autre autorité' },
      why: {
        en: 'It bears the gateway’s name, and comes from an authority that nobody trusts.',
        fr: 'Il porte le nom de la passerelle, et vient d’une autorité à laquelle nul ne se fie.',
      },
    },
    ({ pki }) => pki.forge({ name: GATEWAY_ID, use: 'tls' }),
  ),
  shutsOut(
    {
      id: 'push-no-certificate',
      title: { en: 'Shuts out whoever shows no certificate', fr: 'Écarte qui ne présente aucun certificat' },
      why: {
        en: 'Anybody on the network may find the endpoint.',
        fr: 'N’importe qui sur le réseau peut trouver le point d’accès.',
      },
    },
    async () => null,
  ),
  refuses(
    {
      id: 'push-bad-signature',
      title: { en: 'Takes no pushed message that was changed', fr: 'Ne prend pas un message poussé qui a été modifié' },
      why: {
        en: 'The gateway brings it, and its bytes are not those that were signed.',
        fr: 'La passerelle l’apporte, mais ses octets ne sont pas ceux qui ont été signés.',
      },
    },
    async (stage) => {
      const made = await make(stage)
      const [header = '', payload = '', signature = ''] = made.bytes.split('.')
      const text = Buffer.from(payload, 'base64url').toString().replace('"urgent"', '"routine"')
      return { made, bytes: `${header}.${Buffer.from(text).toString('base64url')}.${signature}` }
    },
  ),
  refuses(
    {
      id: 'push-other-signer',
      title: {
        en: 'Takes no pushed message that somebody else has signed',
        fr: 'Ne prend pas un message poussé signé par un autre',
      },
      why: {
        en: 'It says that it is from one agency, and another has signed it.',
        fr: 'Il se dit d’un organisme, et un autre l’a signé.',
      },
    },
    async (stage) => ({ made: await make(stage, { signer: await stage.signs(STRANGER) }) }),
  ),
  refuses(
    {
      id: 'push-other-recipient',
      title: {
        en: 'Takes no pushed message for somebody else',
        fr: 'Ne prend pas un message poussé destiné à un autre',
      },
      why: {
        en: 'Genuine, and addressed to another agency.',
        fr: 'Authentique, mais adressé à un autre organisme.',
      },
    },
    async (stage) => ({ made: await make(stage, { envelope: { to: STRANGER } }) }),
  ),
  refuses(
    {
      id: 'push-header-lies',
      title: {
        en: 'Goes by what was signed, and not by the headers',
        fr: 'S’en tient à ce qui est signé, non aux en-têtes',
      },
      why: {
        en: 'Passerelle-Message-Id names another message than the signed bytes: an acknowledgement of that would be for nobody.',
        fr: 'Passerelle-Message-Id nomme un autre message que les octets signés\u00a0: un accusé de celui-là ne serait pour personne.',
      },
    },
    async (stage) => ({ made: await make(stage), id: newId() }),
  ),
  refuses(
    {
      id: 'push-not-a-message',
      title: { en: 'Takes nothing that is no message', fr: 'Ne prend rien qui ne soit un message' },
      why: {
        en: 'A body that is no JWS at all. The endpoint says that it is not taken, and goes on working.',
        fr: 'Un corps qui n’est pas un JWS. Le point d’accès dit qu’il ne le prend pas, et continue de fonctionner.',
      },
    },
    async (stage) => ({ made: await make(stage), bytes: '{"no": "message"}' }),
  ),
  {
    ...base,
    id: 'push-get',
    rank: 'advisory',
    title: { en: 'Answers other methods with 405', fr: 'Répond 405 aux autres méthodes' },
    why: {
      en: 'Messages come by POST; a GET finds nothing to see.',
      fr: 'Les messages arrivent par POST\u202f; un GET ne trouve rien à voir.',
    },
    async run(stage) {
      const endpoint = await stage.endpoint()
      const answer = await endpoint.push({ ...(await make(stage)), bytes: '', method: 'GET' })
      must(
        answer !== 'closed' && answer.status === 405,
        `The endpoint answered with ${shown(answer)}.`,
        `Le point d’accès a répondu par ${montre(answer)}.`,
      )
    },
  },
  {
    ...base,
    id: 'push-after-a-bad-one',
    title: { en: 'Goes on after a bad message', fr: 'Continue après un mauvais message' },
    why: {
      en: 'A stranger, a changed message and a torn one are followed by a genuine one, which is taken.',
      fr: 'Un inconnu, un message modifié et un message tronqué sont suivis d’un message authentique, qui est pris.',
    },
    async run(stage) {
      const endpoint = await stage.endpoint()
      const made = await make(stage)
      await endpoint.push({ ...made, as: await stage.pki.issue({ name: STRANGER, use: 'tls' }) })
      await endpoint.push({ ...made, bytes: made.bytes.slice(0, -9) })
      await endpoint.push({ ...made, bytes: '' })
      mustBeTaken(await endpoint.persist(made))
      await mustBeTakenTimes(stage, made, 1)
    },
  },
  {
    ...base,
    section: 9,
    id: 'push-hostile-attachment',
    title: {
      en: 'Keeps no false attachment of a pushed message',
      fr: 'Ne garde pas une fausse pièce jointe d’un message poussé',
    },
    why: {
      en: 'The message is genuine; the bytes at its attachment’s address are others than the sender named.',
      fr: 'Le message est authentique\u202f; les octets à l’adresse de sa pièce jointe ne sont pas ceux que l’expéditeur a nommés.',
    },
    async run(stage) {
      const endpoint = await stage.endpoint()
      const digest = `sha-256:${'A'.repeat(43)}`
      const attachment = { digest, mediaType: 'text/plain', size: 4, name: '../x.txt', description: 'false' }
      const waiting = await stage.deliver({
        envelope: { attachments: [attachment] },
        served: new Map([[digest, { bytes: Buffer.from('evil'), mediaType: 'text/plain' }]]),
      })
      const { from, id } = waiting
      await endpoint.persist({ bytes: Buffer.from(waiting.bytes).toString('latin1'), from, id })
      if (!stage.isDriven) return
      const { messages = [] } = await stage.client.done({ do: 'taken' })
      const taken = messages.find(({ envelope }) => isObject(envelope) && envelope['id'] === id)
      if ((taken?.attachments ?? []).length === 0) return
      throw new Unmet({ en: 'The false attachment was kept.', fr: 'La fausse pièce jointe a été gardée.' })
    },
  },
]
