/** Section 7: an endpoint that the gateway pushes to. */
import type { Case } from '../case.ts'
import { mustBeDigestOf, mustBeHeader, mustBeSigned, readParts } from '../checks.ts'
import type { Endpoint, PushAnswer, Pushed } from '../endpoint.ts'
import { bodyOf } from '../roles.ts'
import { type Delivered, GATEWAY_ID, type Stage } from '../stage.ts'
import { must } from '../unmet.ts'
import { base, make, mustBeTaken, mustBeTakenTimes, outcomeOf } from './pushed.ts'

const takes = (
  words: Pick<Case, 'id' | 'title' | 'why'> & { rank?: Case['rank'] },
  wanted: (stage: Stage) => Promise<Delivered>,
): Case => ({
  ...base,
  ...words,
  async run(stage) {
    const endpoint = await stage.endpoint()
    const made = await make(stage, await wanted(stage))
    mustBeTaken(await endpoint.persist(made))
    await mustBeTakenTimes(stage, made, 1)
  },
})

const twice = async (endpoint: Endpoint, made: Pushed, atOnce: boolean): Promise<readonly PushAnswer[]> => {
  if (atOnce) return Promise.all([endpoint.persist(made), endpoint.persist({ ...made, attempt: 2 })])
  return [await endpoint.persist(made), await endpoint.persist({ ...made, attempt: 2 })]
}

const once = (words: Pick<Case, 'id' | 'title' | 'why'>, atOnce: boolean): Case => ({
  ...base,
  ...words,
  async run(stage) {
    const endpoint = await stage.endpoint()
    const made = await make(stage)
    const answers = await twice(endpoint, made, atOnce)
    answers.forEach(mustBeTaken)
    must(
      outcomeOf(answers[0] ?? 'closed') === outcomeOf(answers[1] ?? 'closed'),
      'The second answer says something else than the first.',
      'La seconde réponse dit autre chose que la première.',
    )
    await mustBeTakenTimes(stage, made, 1)
  },
})

export const pushing: readonly Case[] = [
  takes(
    {
      id: 'push-taken',
      title: { en: 'Takes a message that is pushed', fr: 'Prend un message poussé' },
      why: {
        en: 'The gateway brings a genuine message: 2xx, once it is safe.',
        fr: 'La passerelle apporte un message authentique\u00a0: 2xx, une fois qu’il est en sûreté.',
      },
    },
    async () => ({}),
  ),
  {
    ...base,
    id: 'push-acknowledgement',
    title: { en: 'Acknowledges in its answer as it must', fr: 'Acquitte comme il se doit dans sa réponse' },
    why: {
      en: 'A 2xx may carry an acknowledgement. Where it does, that is signed by the agency, over the very bytes; an invalid one is ignored, with an alarm.',
      fr: 'Un 2xx peut porter un accusé. Dans ce cas, il est signé par l’organisme, sur les octets mêmes\u202f; un accusé invalide est ignoré, avec alarme.',
    },
    async run(stage) {
      const endpoint = await stage.endpoint()
      const made = await make(stage)
      const answer = await endpoint.persist(made)
      mustBeTaken(answer)
      if (answer === 'closed' || answer.body === '') return
      const { parts, envelope } = readParts(answer.body.trim())
      mustBeHeader(parts, 'safeguarding-acknowledgement+jws', stage)
      mustBeSigned(answer.body.trim(), stage)
      mustBeDigestOf(envelope['messageDigest'], Buffer.from(made.bytes))
      must(envelope['messageId'] === made.id, 'messageId is another.', 'messageId est différent.')
    },
  },
  once(
    {
      id: 'push-duplicate',
      title: { en: 'Takes once what is pushed twice', fr: 'Prend une seule fois ce qui est poussé deux fois' },
      why: {
        en: 'The gateway did not get the first answer and comes again. Both are 2xx with the same outcome, and one file is opened.',
        fr: 'La passerelle n’a pas reçu la première réponse et revient. Les deux reçoivent 2xx avec la même issue, et un seul dossier est ouvert.',
      },
    },
    false,
  ),
  once(
    {
      id: 'push-duplicate-at-once',
      title: {
        en: 'Takes once what is pushed twice at once',
        fr: 'Prend une seule fois ce qui est poussé deux fois en même temps',
      },
      why: {
        en: 'Two processes of the gateway bring the same message in the same moment.',
        fr: 'Deux processus de la passerelle apportent le même message au même instant.',
      },
    },
    true,
  ),
  ...(['ES384', 'PS256', 'EdDSA'] as const).map((algorithm) =>
    takes(
      {
        id: `push-${algorithm.toLowerCase()}`,
        title: {
          en: `Takes a pushed message signed with ${algorithm}`,
          fr: `Prend un message poussé signé avec ${algorithm}`,
        },
        why: {
          en: 'Senders choose among four algorithms; an endpoint must know them all.',
          fr: 'Les expéditeurs choisissent parmi quatre algorithmes\u202f; un point d’accès doit les connaître tous.',
        },
      },
      async () => ({ algorithm }),
    ),
  ),
  takes(
    {
      id: 'push-unknown-code',
      title: {
        en: 'Takes a pushed message of a later release',
        fr: 'Prend un message poussé d’une version ultérieure',
      },
      why: {
        en: 'With a code and a member that this release does not know.',
        fr: 'Avec un code et un membre que cette version ne connaît pas.',
      },
    },
    async ({ role }) => {
      const body = bodyOf(role.gets)
      return { envelope: { schemaVersion: '1.9', body: { ...body, ofALaterRelease: ['code-of-a-later-release'] } } }
    },
  ),
  {
    ...base,
    section: 1,
    id: 'push-renewed-gateway',
    title: {
      en: 'Lets the gateway in with its next certificate',
      fr: 'Laisse entrer la passerelle avec son nouveau certificat',
    },
    why: {
      en: 'The gateway’s new TLS certificate is in the well-known document before it is first shown: the endpoint reads that again before it shuts anybody out for good.',
      fr: 'Le nouveau certificat TLS de la passerelle figure dans le document well-known avant son premier usage\u00a0: le point d’accès le relit avant d’exclure qui que ce soit.',
    },
    async run(stage) {
      const endpoint = await stage.endpoint()
      mustBeTaken(await endpoint.persist(await make(stage)))
      const next = await stage.pki.issue({ name: GATEWAY_ID, use: 'server', serial: 2 })
      const { publication } = stage.gateway
      publication.tls = [...publication.tls, { issued: next, current: true }]
      mustBeTaken(await endpoint.persist({ ...(await make(stage)), as: next }))
    },
  },
]
