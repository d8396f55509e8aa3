/** Section 5: the pathway, as each role walks it. */
import type { Case } from '../case.ts'
import { must } from '../unmet.ts'
import { lastSubmitted, mustHaveTaken } from '../checks.ts'
import { bodyOf, type RoleName, roleNames } from '../roles.ts'
import { textOf } from '../shown.ts'
import type { Stage } from '../stage.ts'
import { validate } from '../../validate/validate.ts'

const base = { section: 5, rank: 'required', on: 'client' } as const

/** Takes a message and answers it; gives both. */
async function answered(stage: Stage, crash = false) {
  const { client, deliver, role } = stage
  const waiting = await deliver()
  mustHaveTaken(await client.receive(), [waiting])
  if (crash) await client.crash()
  const draft = { type: role.replies, priority: 'urgent', body: bodyOf(role.replies) } as const
  await client.done({ do: 'reply', from: waiting.from, id: waiting.id, draft })
  return { waiting, reply: lastSubmitted(stage).envelope }
}

const sendsOwn: Readonly<Record<RoleName, Pick<Case, 'title' | 'why'>>> = {
  referrer: {
    title: { en: 'Refers a child to the advice centre', fr: 'Saisit le centre de conseil pour un enfant' },
    why: {
      en: 'A referral opens the case: with a caseId of its own, and no inReplyTo.',
      fr: 'Une saisine ouvre le dossier\u00a0: avec un caseId propre, et sans inReplyTo.',
    },
  },
  coordinator: {
    title: { en: 'Asks for a status check', fr: 'Demande une vérification de situation' },
    why: {
      en: 'A status-check-request says who the child is, and no more of what happened.',
      fr: 'Un status-check-request dit qui est l’enfant, et rien de plus sur ce qui s’est passé.',
    },
  },
  'status-checker': {
    title: { en: 'Tells that a flagged child was found', fr: 'Annonce qu’un enfant recherché a été retrouvé' },
    why: {
      en: 'child-found may stand by itself: the answer came long ago.',
      fr: 'child-found peut être envoyé seul\u00a0: la réponse est venue il y a longtemps.',
    },
  },
  'children-services': {
    title: {
      en: 'Tells that a child has gone missing from care',
      fr: 'Annonce qu’un enfant a disparu de son lieu d’accueil',
    },
    why: {
      en: 'A missing-notification goes to the coordinator at once.',
      fr: 'Un missing-notification part aussitôt vers le coordonnateur.',
    },
  },
}

const opens = (role: RoleName): Case => ({
  ...base,
  ...sendsOwn[role],
  id: `pathway-${role}`,
  roles: [role],
  async run(stage) {
    const draft = stage.client.draftOf({ priority: 'immediate' })
    await stage.client.send(draft)
    const { envelope } = lastSubmitted(stage)
    const [fault] = validate(envelope)
    must(
      fault === undefined,
      `${fault?.pointer ?? ''}: ${fault?.message ?? ''}`,
      `${fault?.pointer ?? ''}\u00a0: ${fault?.messageFr ?? ''}`,
    )
    for (const member of ['type', 'to', 'caseId', 'priority'] as const)
      must(
        envelope[member] === draft[member],
        `${member} is not what the client was asked to send.`,
        `${member} n’est pas ce que le client devait envoyer.`,
      )
    must(!('inReplyTo' in envelope), 'It answers something.', 'Il répond à quelque chose.')
  },
})

export const replies: readonly Case[] = [
  ...roleNames.map(opens),
  {
    ...base,
    id: 'reply-in-reply-to',
    title: { en: 'Says which message it answers', fr: 'Indique à quel message il répond' },
    why: {
      en: 'inReplyTo is the id of the message that is answered; without it, or with another, the reply is a pathway-violation and nobody learns what was found.',
      fr: 'inReplyTo est l’identifiant du message auquel on répond\u202f; sans lui, ou avec un autre, la réponse est une pathway-violation et nul n’apprend ce qui a été trouvé.',
    },
    async run(stage) {
      const { waiting, reply } = await answered(stage)
      must(
        reply['inReplyTo'] === waiting.id,
        `inReplyTo is ${textOf(reply['inReplyTo'])} instead of ${waiting.id}.`,
        `inReplyTo vaut ${textOf(reply['inReplyTo'])} au lieu de ${waiting.id}.`,
      )
    },
  },
  {
    ...base,
    id: 'reply-case',
    title: { en: 'Answers in the same case, to the sender', fr: 'Répond dans le même dossier, à l’expéditeur' },
    why: {
      en: 'A reply carries the case of what it answers and goes to whoever asked: all messages about one child bear one caseId.',
      fr: 'Une réponse porte le dossier de ce à quoi elle répond et va à qui a demandé\u00a0: tous les messages sur un enfant portent un même caseId.',
    },
    async run(stage) {
      const { waiting, reply } = await answered(stage)
      must(
        reply['caseId'] === waiting.caseId && reply['to'] === waiting.from,
        'caseId or to is another.',
        'caseId ou to est différent.',
      )
    },
  },
  {
    ...base,
    id: 'reply-after-crash',
    title: { en: 'Can answer after a crash', fr: 'Peut répondre après un arrêt brutal' },
    why: {
      en: 'Between question and answer lie days, and restarts. The client still knows the case of what it answers.',
      fr: 'Entre question et réponse passent des jours, et des redémarrages. Le client connaît encore le dossier de ce à quoi il répond.',
    },
    async run(stage) {
      const { waiting, reply } = await answered(stage, true)
      must(reply['caseId'] === waiting.caseId, 'caseId is another.', 'caseId est différent.')
    },
  },
  {
    ...base,
    id: 'reply-lost-answer',
    title: { en: 'Does not answer twice where a connection broke', fr: 'Ne répond pas deux fois après une coupure' },
    why: {
      en: 'The reply was recorded and the gateway’s answer lost: the same bytes again, one reply.',
      fr: 'La réponse a été enregistrée, celle de la passerelle s’est perdue\u00a0: les mêmes octets à nouveau, une seule réponse.',
    },
    async run(stage) {
      stage.gateway.script('submit', async (_, proceed, response) => {
        await proceed()
        response.destroy()
        return undefined
      })
      await answered(stage)
      const { size } = stage.gateway.exchange.submitted
      must(size === 1, `There were ${size} replies.`, `Il y a eu ${size} réponses.`)
    },
  },
]
