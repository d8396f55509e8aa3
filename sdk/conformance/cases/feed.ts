/** Section 6: the feed of all that became of what was sent. */
import { newId } from '../../sign.ts'
import type { Case } from '../case.ts'
import { headerOf, seal } from '../sealing.ts'
import { GATEWAY_ID } from '../stage.ts'
import { honest, refuse } from '../steps.ts'
import { must } from '../unmet.ts'
import { aboutOf, many, mustBeTold, tell } from './told.ts'

const base = { section: 6, rank: 'required', on: 'client' } as const

export const feed: readonly Case[] = [
  {
    ...base,
    id: 'feed-pages',
    title: { en: 'Reads the feed to its end', fr: 'Lit le fil jusqu’au bout' },
    why: {
      en: 'Twelve receipts on pages of different lengths: a page that is not full is no sign of the end, only an empty one is.',
      fr: 'Douze récépissés sur des pages de longueurs inégales\u00a0: une page incomplète n’est pas la fin, seule une page vide l’est.',
    },
    async run(stage) {
      stage.gateway.world.pageSizes.feed = [5, 2, 1, 3]
      const ids = tell(stage, many(stage, 12), 'ContentConsignment')
      mustBeTold(await stage.client.receipts(), ids)
    },
  },
  {
    ...base,
    id: 'feed-cursor-kept',
    title: { en: 'Keeps its place in the feed over a crash', fr: 'Garde sa place dans le fil malgré un arrêt brutal' },
    why: {
      en: 'Two receipts are read; the process is killed; two more come. Begun again, the client tells exactly the two new ones: nothing lost, nothing twice.',
      fr: 'Deux récépissés sont lus\u202f; le processus est tué\u202f; deux autres arrivent. Relancé, le client rapporte exactement les deux nouveaux\u00a0: rien de perdu, rien en double.',
    },
    async run(stage) {
      const before = tell(stage, many(stage, 2), 'ContentConsignment')
      mustBeTold(await stage.client.receipts(), before)
      await stage.client.crash()
      const ids = tell(stage, many(stage, 2), 'ContentConsignment')
      mustBeTold(await stage.client.receipts(), ids)
    },
  },
  {
    ...base,
    id: 'feed-cursor-forgotten',
    title: {
      en: 'Begins again where the gateway has forgotten its place',
      fr: 'Recommence quand la passerelle a oublié sa place',
    },
    why: {
      en: 'After a restored backup the gateway answers invalid-request to a cursor of before: the client begins at the start, so that nothing is skipped.',
      fr: 'Après une restauration, la passerelle répond invalid-request à un curseur antérieur\u00a0: le client reprend du début, pour ne rien sauter.',
    },
    async run(stage) {
      const old = tell(stage, many(stage, 2), 'ContentConsignment')
      await stage.client.receipts()
      // As if the gateway had never given a place: every cursor of before is strange to it.
      const { feed } = stage.gateway.exchange
      feed.splice(0, feed.length, ...feed.map((entry) => ({ ...entry, cursor: `n${entry.cursor}` })))
      const ids = tell(stage, many(stage, 1), 'ContentConsignment')
      const told = (await stage.client.receipts()).map(({ messageId }) => messageId)
      const missing = ids.filter((id) => !told.includes(id))
      must(
        missing.length === 0,
        `A receipt that came after the restore was lost; ${old.length} were known.`,
        `Un récépissé venu après la restauration a été perdu\u202f; ${old.length} étaient connus.`,
      )
    },
  },
  {
    ...base,
    id: 'feed-survives-faults',
    title: { en: 'Goes on with the feed after faults', fr: 'Reprend le fil après des pannes' },
    why: {
      en: 'A 503 and a 500 in the middle of the feed: nothing is skipped, nothing told twice.',
      fr: 'Un 503 et un 500 au milieu du fil\u00a0: rien n’est sauté, rien n’est rapporté deux fois.',
    },
    async run(stage) {
      stage.gateway.world.pageSizes.feed = [2, 2, 2]
      const ids = tell(stage, many(stage, 5), 'ContentConsignment')
      stage.gateway.script(
        'feed',
        honest,
        refuse(503, 'unavailable', { 'retry-after': '1' }),
        honest,
        refuse(500, 'internal-error'),
      )
      mustBeTold(await stage.client.receipts(), ids)
    },
  },
  {
    ...base,
    id: 'feed-false-receipt',
    title: { en: 'Passes over a false receipt, and goes on', fr: 'Écarte un faux récépissé, et continue' },
    why: {
      en: 'One receipt of three is by an unknown key. It is not told as true, and the others are not lost behind it.',
      fr: 'Un récépissé sur trois est signé d’une clé inconnue. Il n’est pas rapporté comme vrai, et les suivants ne se perdent pas.',
    },
    async run(stage) {
      const { gateway, pki } = stage
      const first = tell(stage, many(stage, 1), 'ContentConsignment')
      const forger = await pki.forge({ name: GATEWAY_ID, use: 'signing' })
      gateway.exchange.tell(gateway.exchange.receipt('ContentConsignment', aboutOf(stage), {}, forger))
      const last = tell(stage, many(stage, 1), 'ContentConsignment')
      mustBeTold(await stage.client.receipts(), [...first, ...last])
    },
  },
  {
    ...base,
    id: 'feed-unknown-event',
    title: { en: 'Goes on after an event that it does not know', fr: 'Continue après un événement inconnu' },
    why: {
      en: 'A later gateway may tell of more. Whatever the client makes of it, the receipts behind it must not be lost.',
      fr: 'Une passerelle plus récente peut en dire davantage. Quoi que le client en fasse, les récépissés suivants ne doivent pas être perdus.',
    },
    async run(stage) {
      const { gateway } = stage
      gateway.exchange.tell(gateway.exchange.receipt('EventOfALaterRelease', aboutOf(stage)))
      const [last] = tell(stage, many(stage, 1), 'ContentConsignment')
      const told = await stage.client.receipts()
      must(
        told.some(({ messageId }) => messageId === last),
        'The receipt behind it was not told.',
        'Le récépissé suivant n’a pas été rapporté.',
      )
    },
  },
  {
    ...base,
    id: 'feed-past-certificate',
    title: {
      en: 'Verifies an old receipt by a past certificate',
      fr: 'Vérifie un ancien récépissé avec un ancien certificat',
    },
    why: {
      en: 'A receipt of last year was signed by a certificate that the gateway no longer uses, and still publishes. It was good then, and is evidence now.',
      fr: 'Un récépissé de l’an dernier a été signé d’un certificat que la passerelle n’utilise plus, mais publie encore. Il était valable alors, et fait preuve aujourd’hui.',
    },
    async run(stage) {
      const { gateway, pki, clock } = stage
      const past = await pki.issue({ name: `${GATEWAY_ID} signing`, use: 'signing', days: [-390, -200] })
      gateway.publication.signing = [...gateway.publication.signing, { issued: past, current: false }]
      const then = new Date(clock.now() - 300 * 86_400_000)
      const about = aboutOf(stage)
      const payload = {
        receiptId: newId(),
        event: 'ContentConsignment',
        ...about,
        at: then.toISOString(),
        gateway: GATEWAY_ID,
        attempt: 1,
      }
      gateway.exchange.tell(seal(headerOf('delivery-receipt+jws', past, then), JSON.stringify(payload), past))
      mustBeTold(await stage.client.receipts(), [about.messageId])
    },
  },
]
