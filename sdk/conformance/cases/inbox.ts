/** Section 7: taking what waits, all of it, once. */
import type { Case } from '../case.ts'
import { must } from '../unmet.ts'
import { mustBeAcknowledged, mustHaveTaken } from '../checks.ts'
import { bodyOf } from '../roles.ts'
import { cut, cutAnswer, hang, honest, loseAnswer, refuse } from '../steps.ts'

const question = () => ({ type: 'information-request', body: bodyOf('information-request') })

const base = { section: 7, rank: 'required', on: 'client' } as const

export const inbox: readonly Case[] = [
  {
    ...base,
    id: 'inbox-all',
    title: { en: 'Takes what waits, and signs for it', fr: 'Prend ce qui attend, et signe' },
    why: {
      en: 'Two messages wait. Both are read, verified, handed over and acknowledged.',
      fr: 'Deux messages attendent. Tous deux sont lus, vérifiés, remis, et font l’objet d’un accusé.',
    },
    async run({ client, deliver }) {
      const waiting = [await deliver(), await deliver({ envelope: question() })]
      mustHaveTaken(await client.receive(), waiting)
      waiting.forEach(mustBeAcknowledged)
    },
  },
  {
    ...base,
    id: 'inbox-empty',
    title: { en: 'Is content with an empty inbox', fr: 'Se satisfait d’une boîte vide' },
    why: {
      en: 'Nothing waits: nothing is handed over, and nothing goes wrong.',
      fr: 'Rien n’attend\u00a0: rien n’est remis, et rien n’échoue.',
    },
    async run({ client }) {
      mustHaveTaken(await client.receive(), [])
    },
  },
  {
    ...base,
    id: 'inbox-priority',
    title: { en: 'Takes what is immediate first', fr: 'Prend d’abord ce qui est à traiter immédiatement' },
    why: {
      en: 'A routine, an urgent and an immediate message have come in this order. A child is in danger now: the last one goes first.',
      fr: 'Un message sans urgence, un autre à traiter dans la journée, puis un troisième à traiter immédiatement sont arrivés. Un enfant est en danger\u00a0: le dernier passe en premier.',
    },
    async run({ client, deliver }) {
      const routine = await deliver({ envelope: { priority: 'routine' } })
      const urgent = await deliver({ envelope: { priority: 'urgent' } })
      const immediate = await deliver({ envelope: { priority: 'immediate' } })
      mustHaveTaken(await client.receive(), [immediate, urgent, routine])
    },
  },
  {
    ...base,
    id: 'inbox-pages',
    title: { en: 'Follows the pages of a full inbox', fr: 'Suit les pages d’une boîte pleine' },
    why: {
      en: 'Five messages come on pages of two: none is left behind, none taken twice.',
      fr: 'Cinq messages arrivent par pages de deux\u00a0: aucun n’est oublié, aucun n’est pris deux fois.',
    },
    async run({ client, deliver, gateway }) {
      gateway.world.pageSizes.inbox = 2
      const waiting = [await deliver(), await deliver(), await deliver(), await deliver(), await deliver()]
      mustHaveTaken(await client.receive(), waiting)
      waiting.forEach(mustBeAcknowledged)
    },
  },
  {
    ...base,
    id: 'inbox-faults',
    title: { en: 'Survives faults while it receives', fr: 'Surmonte les pannes pendant la réception' },
    why: {
      en: 'A 503 for the list, a cut connection and half an answer for the message: each is asked for again, and the message is taken once.',
      fr: 'Un 503 pour la liste, une coupure et une demi-réponse pour le message\u00a0: chacun est redemandé, et le message est pris une fois.',
    },
    async run({ client, deliver, gateway }) {
      const waiting = await deliver()
      gateway.script('inbox', refuse(503, 'unavailable', { 'retry-after': '1' }))
      gateway.script('read', cut, cutAnswer)
      mustHaveTaken(await client.receive(), [waiting])
      mustBeAcknowledged(waiting)
    },
  },
  {
    ...base,
    id: 'inbox-rate-limited',
    title: { en: 'Heeds Retry-After of the inbox', fr: 'Respecte le Retry-After de la boîte' },
    why: {
      en: 'A client that asks too often is told 429 and when to come again, and comes then.',
      fr: 'Un client qui demande trop souvent reçoit 429 et le délai à respecter, et revient alors.',
    },
    async run({ client, deliver, gateway }) {
      const waiting = await deliver()
      gateway.script('inbox', refuse(429, 'rate-limited', { 'retry-after': '2' }))
      mustHaveTaken(await client.receive(), [waiting])
      const [first, second] = gateway.calls('inbox')
      const pause = (second?.at ?? 0) - (first?.at ?? 0)
      must(pause >= 1900, `It came again after ${pause} ms.`, `Il est revenu au bout de ${pause}\u00a0ms.`)
    },
  },
  {
    ...base,
    id: 'inbox-erased',
    title: { en: 'Passes over a message that was erased', fr: 'Passe sur un message effacé' },
    why: {
      en: 'Between list and reading the case was erased: 410. The other message is taken all the same.',
      fr: 'Entre la liste et la lecture, le dossier a été effacé\u00a0: 410. L’autre message est pris malgré tout.',
    },
    async run({ client, deliver, gateway }) {
      await deliver()
      const other = await deliver()
      gateway.script('read', refuse(410, 'erased'))
      mustHaveTaken(await client.receive(), [other])
      mustBeAcknowledged(other)
    },
  },
  {
    ...base,
    id: 'inbox-discarded',
    title: { en: 'Passes over a message that is gone', fr: 'Passe sur un message disparu' },
    why: {
      en: 'Between list and reading operators have discarded it: 404. The other message is taken all the same.',
      fr: 'Entre la liste et la lecture, des opérateurs l’ont abandonné\u00a0: 404. L’autre message est pris malgré tout.',
    },
    async run({ client, deliver, gateway }) {
      await deliver()
      const other = await deliver()
      gateway.script('read', refuse(404, 'not-found'))
      mustHaveTaken(await client.receive(), [other])
    },
  },
  {
    ...base,
    id: 'inbox-unknown-members',
    title: { en: 'Passes over unknown members of the list', fr: 'Passe sur les membres inconnus de la liste' },
    why: {
      en: 'A later gateway may say more of a message than this release does.',
      fr: 'Une passerelle plus récente peut en dire davantage sur un message.',
    },
    async run({ client, deliver, gateway }) {
      const waiting = await deliver()
      gateway.always('inbox', async (_, proceed) => {
        const reply = await proceed()
        const text = Buffer.from(reply.body).toString()
        return { ...reply, body: text.replaceAll('"messageId"', '"ofALaterRelease":{"deep":[1]},"messageId"') }
      })
      mustHaveTaken(await client.receive(), [waiting])
    },
  },
  {
    ...base,
    id: 'duplicate-once',
    title: { en: 'Hands over once what is delivered twice', fr: 'Remet une seule fois ce qui est livré deux fois' },
    why: {
      en: 'Delivery is at least once. A message that was taken and acknowledged stands in the list again: a second file about one child must not be opened.',
      fr: 'La livraison a lieu au moins une fois. Un message déjà pris et acquitté figure à nouveau dans la liste\u00a0: un second dossier ne doit pas être ouvert pour le même enfant.',
    },
    async run({ client, deliver }) {
      const waiting = await deliver()
      mustHaveTaken(await client.receive(), [waiting])
      waiting.isListedAgain = true
      mustHaveTaken(await client.receive(), [])
    },
  },
  {
    ...base,
    id: 'duplicate-after-crash',
    title: { en: 'Knows after a crash what it has taken', fr: 'Sait, après un arrêt brutal, ce qu’il a déjà pris' },
    why: {
      en: 'A message was taken; the process is killed; the message is listed again, and another has come. Only the other one is new.',
      fr: 'Un message a été pris\u202f; le processus est tué\u202f; le message est à nouveau listé, et un autre est arrivé. Seul ce dernier est nouveau.',
    },
    async run({ client, deliver }) {
      const first = await deliver()
      mustHaveTaken(await client.receive(), [first])
      await client.crash()
      first.isListedAgain = true
      const second = await deliver()
      mustHaveTaken(await client.receive(), [second])
      mustBeAcknowledged(second)
    },
  },
  {
    ...base,
    id: 'crash-while-acknowledging',
    title: {
      en: 'Signs after a crash for what it had not signed for',
      fr: 'Signe, après un arrêt brutal, ce qu’il n’avait pas signé',
    },
    why: {
      en: 'The process is killed while its acknowledgement is on the way, which never arrives. Begun again, the client acknowledges the message: it must not lie unread for ever.',
      fr: 'Le processus est tué pendant l’envoi de son accusé, qui n’arrive jamais. Relancé, le client accuse réception du message\u00a0: il ne doit pas rester non lu à jamais.',
    },
    async run({ client, deliver, gateway }) {
      const waiting = await deliver()
      const arrived = Promise.withResolvers<void>()
      gateway.script('acknowledge', async (asked, proceed, response) => {
        arrived.resolve()
        return hang(asked, proceed, response)
      })
      const cutOff = client.receive().catch(() => undefined)
      await Promise.race([arrived.promise, cutOff])
      await client.crash()
      await client.receive()
      mustBeAcknowledged(waiting)
    },
  },
  {
    ...base,
    id: 'acknowledge-lost-answer',
    title: {
      en: 'Acknowledges again where the answer was lost',
      fr: 'Acquitte à nouveau quand la réponse s’est perdue',
    },
    why: {
      en: 'The acknowledgement was recorded and the answer lost. The same outcome again is answered with the first receipt.',
      fr: 'L’accusé a été enregistré et la réponse perdue. La même issue, répétée, reçoit le premier récépissé.',
    },
    async run({ client, deliver, gateway }) {
      const waiting = await deliver()
      gateway.script('acknowledge', loseAnswer, honest)
      mustHaveTaken(await client.receive(), [waiting])
      const calls = gateway.calls('acknowledge').length
      must(calls >= 2, 'The client did not acknowledge again.', 'Le client n’a pas acquitté à nouveau.')
    },
  },
]
