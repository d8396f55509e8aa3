/** Section 6: what must reach people, and whose word it is. */
import { digestOf } from '../../keys.ts'
import type { ReceiptEvent } from '../../message.ts'
import type { Case } from '../case.ts'
import type { About } from '../exchange.ts'
import type { Issued } from '../pki.ts'
import { STRANGER } from '../roles.ts'
import { headerOf, seal } from '../sealing.ts'
import type { Stage } from '../stage.ts'
import { must } from '../unmet.ts'
import { aboutOf, many, mustBeTold, tell } from './told.ts'

const base = { section: 6, rank: 'required', on: 'client' } as const

/** An acknowledgement of a message, by whoever. */
function acknowledgementOf(
  { clock }: Stage,
  about: About,
  signer: Issued,
  outcome: 'accepted' | 'refused',
  over: object = {},
) {
  const now = new Date(clock.now())
  const reason = outcome === 'refused' ? { reason: { code: 'not-competent' } } : {}
  const { messageId, messageDigest } = about
  const payload = { messageId, messageDigest, at: now.toISOString(), outcome, ...reason, ...over }
  return seal(headerOf('safeguarding-acknowledgement+jws', signer, now), JSON.stringify(payload), signer)
}

/** What must reach people, by its event. */
const tells = (event: ReceiptEvent, over: object, words: Pick<Case, 'title' | 'why'>): Case => ({
  ...base,
  ...words,
  id: `feed-tells-${event}`,
  async run(stage) {
    const ids = tell(stage, many(stage, 1), event, over)
    const told = await stage.client.receipts()
    mustBeTold(told, ids)
    must(told[0]?.event === event, `It was told as ${told[0]?.event}.`, `Il a été rapporté comme ${told[0]?.event}.`)
  },
})

/** A receipt that carries an acknowledgement, which is somebody else’s signature. */
const carries = (
  id: string,
  words: Pick<Case, 'title' | 'why'>,
  outcome: 'accepted' | 'refused',
  isTrue: boolean,
  make: (stage: Stage, about: About) => Promise<string>,
): Case => ({
  ...base,
  ...words,
  id,
  async run(stage) {
    const about = aboutOf(stage)
    const acknowledgement = await make(stage, about)
    const event = outcome === 'accepted' ? 'ContentHandover' : 'ConsignmentRejection'
    tell(stage, [about], event, { acknowledgement })
    mustBeTold(await stage.client.receipts(), isTrue ? [about.messageId] : [])
  },
})

export const feedTells: readonly Case[] = [
  tells(
    'ContentConsignmentFailure',
    { reason: { code: 'timeout' } },
    {
      title: { en: 'Tells that a message could not be delivered', fr: 'Rapporte qu’un message n’a pu être délivré' },
      why: {
        en: 'The gateway has given up. Unless a person learns of it, a child waits for nobody.',
        fr: 'La passerelle a renoncé. Si personne ne l’apprend, un enfant attend en vain.',
      },
    },
  ),
  tells(
    'AcceptanceRejectionExpiry',
    {},
    {
      title: { en: 'Tells that a message lies unread', fr: 'Rapporte qu’un message n’est pas lu' },
      why: {
        en: 'Nobody at the recipient’s has acknowledged it in time: somebody has to ring.',
        fr: 'Personne, chez le destinataire, n’en a accusé réception à temps\u00a0: il faut téléphoner.',
      },
    },
  ),
  tells(
    'ResponseOverdue',
    { attempt: 0 },
    {
      title: { en: 'Tells that an answer is overdue', fr: 'Rapporte qu’une réponse est en retard' },
      why: {
        en: 'respondBy has passed and no reply was accepted.',
        fr: 'respondBy est passé sans qu’aucune réponse ait été acceptée.',
      },
    },
  ),
  tells(
    'MessageDiscarded',
    {},
    {
      title: { en: 'Tells that a message was given up', fr: 'Rapporte qu’un message a été abandonné' },
      why: {
        en: 'Two operators have given a dead letter up: it will never arrive.',
        fr: 'Deux opérateurs ont abandonné un message en souffrance\u00a0: il n’arrivera jamais.',
      },
    },
  ),
  carries(
    'feed-handover',
    {
      title: {
        en: 'Tells that the recipient has signed for a message',
        fr: 'Rapporte que le destinataire a signé la réception',
      },
      why: {
        en: 'The receipt carries the recipient’s own acknowledgement, which verifies by the directory.',
        fr: 'Le récépissé porte l’accusé signé par le destinataire, vérifiable avec l’annuaire.',
      },
    },
    'accepted',
    true,
    async (stage, about) => acknowledgementOf(stage, about, await stage.signs(stage.role.to), 'accepted'),
  ),
  carries(
    'feed-refusal',
    {
      title: {
        en: 'Tells that the recipient has refused a message',
        fr: 'Rapporte que le destinataire a refusé un message',
      },
      why: {
        en: 'ConsignmentRejection carries a signed refusal: the referral must go to somebody else.',
        fr: 'ConsignmentRejection porte un refus signé\u00a0: la saisine doit aller à quelqu’un d’autre.',
      },
    },
    'refused',
    true,
    async (stage, about) => acknowledgementOf(stage, about, await stage.signs(stage.role.to), 'refused'),
  ),
  carries(
    'feed-handover-false-signer',
    {
      title: {
        en: 'Believes no handover that another agency has signed',
        fr: 'Ne croit pas une remise signée par un autre organisme',
      },
      why: {
        en: 'The receipt is the gateway’s, the acknowledgement in it that of an agency that the message was not for.',
        fr: 'Le récépissé est de la passerelle, l’accusé qu’il porte d’un organisme auquel le message n’était pas destiné.',
      },
    },
    'accepted',
    false,
    async (stage, about) => acknowledgementOf(stage, about, await stage.signs(STRANGER), 'accepted'),
  ),
  carries(
    'feed-handover-false-digest',
    {
      title: { en: 'Believes no handover of other bytes', fr: 'Ne croit pas une remise portant sur d’autres octets' },
      why: {
        en: 'The acknowledgement is the recipient’s, but of another message.',
        fr: 'L’accusé est bien du destinataire, mais pour un autre message.',
      },
    },
    'accepted',
    false,
    async (stage, about) =>
      acknowledgementOf(stage, about, await stage.signs(stage.role.to), 'accepted', { messageDigest: digestOf('') }),
  ),
]
