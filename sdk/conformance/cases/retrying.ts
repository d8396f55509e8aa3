import type { Case } from '../case.ts'
import { must } from '../unmet.ts'
import { atMost, mustBeDone, mustBeRefused, sameBytes } from '../checks.ts'
import type { Step } from '../http.ts'
import { cut, cutAnswer, hang, loseAnswer, refuse, say, slow } from '../steps.ts'
import type { Stage } from '../stage.ts'

type Named = Pick<Case, 'id' | 'title' | 'why'> & { readonly rank?: Case['rank'] }

/** One submission meets these steps, and is accepted in the end: with the same bytes all the way. */
const survives = (named: Named, nasty: readonly Step[]): Case => ({
  section: 4,
  rank: 'required',
  on: 'client',
  ...named,
  async run(stage) {
    stage.gateway.script('submit', ...nasty)
    mustBeDone(await stage.client.trySend())
    sameBytes(stage.gateway.calls('submit'), nasty.length + 1)
    must(
      stage.gateway.exchange.submitted.size === 1,
      `The gateway has accepted ${stage.gateway.exchange.submitted.size} messages, and one was meant.`,
      `La passerelle a accepté ${stage.gateway.exchange.submitted.size} messages, pour un seul voulu.`,
    )
  },
})

const faults: readonly Case[] = [
  survives(
    {
      id: 'retry-cut',
      title: { en: 'Sends again after a cut connection', fr: 'Renvoie après une coupure' },
      why: {
        en: 'The connection is cut before anything was recorded, twice. The client sends the same signed bytes again.',
        fr: 'La connexion est coupée deux fois avant tout enregistrement. Le client renvoie les mêmes octets signés.',
      },
    },
    [cut, cut],
  ),
  survives(
    {
      id: 'retry-lost-answer',
      title: {
        en: 'Sends the same bytes again where the answer was lost',
        fr: 'Renvoie les mêmes octets quand la réponse s’est perdue',
      },
      why: {
        en: 'The message was recorded and the answer never came. A new id, or a new signature, would make a second message of it; the same bytes are answered 200 and Idempotent-Replayed, which is as good as accepted.',
        fr: 'Le message a été enregistré, la réponse n’est jamais arrivée. Un nouvel identifiant, ou une nouvelle signature, en ferait un second message\u202f; les mêmes octets reçoivent 200 et Idempotent-Replayed, ce qui vaut acceptation.',
      },
    },
    [loseAnswer],
  ),
  survives(
    {
      id: 'retry-cut-answer',
      title: { en: 'Does not believe half an answer', fr: 'Ne se fie pas à une demi-réponse' },
      why: {
        en: 'The answer breaks off in the middle. The client sends the same bytes again.',
        fr: 'La réponse s’interrompt au milieu. Le client renvoie les mêmes octets.',
      },
    },
    [cutAnswer],
  ),
  survives(
    {
      id: 'retry-500',
      title: { en: 'Sends again after 500 internal-error', fr: 'Renvoie après 500 internal-error' },
      why: {
        en: 'Whether the request took effect is not known: every call may be repeated, with the same bytes.',
        fr: 'On ignore si la demande a pris effet\u00a0: tout appel peut être répété, avec les mêmes octets.',
      },
    },
    [refuse(500, 'internal-error')],
  ),
  survives(
    {
      id: 'retry-502-page',
      title: { en: 'Sends again after a 502 that is a web page', fr: 'Renvoie après un 502 qui est une page web' },
      why: {
        en: 'A balancer before the gateway says in HTML that nobody answers: no problem document, and yet a fault that passes.',
        fr: 'Un répartiteur placé devant la passerelle répond en HTML que personne ne répond\u00a0: pas de document problem, et pourtant une panne passagère.',
      },
    },
    [say({ status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>Bad Gateway</h1>' })],
  ),
  survives(
    {
      id: 'no-answer',
      title: {
        en: 'Gives up an answer that never comes, and sends again',
        fr: 'Renonce à une réponse qui ne vient pas, et renvoie',
      },
      why: {
        en: 'A connection that stays open and says nothing must not hold a referral for ever. The time is the client’s own choice, up to the limit of this run.',
        fr: 'Une connexion ouverte et muette ne doit pas retenir une saisine indéfiniment. Le délai est au choix du client, dans la limite de cet essai.',
      },
    },
    [hang],
  ),
]

const SLOW: Case = {
  id: 'slow-answer',
  title: { en: 'Waits for a slow answer', fr: 'Attend une réponse lente' },
  why: {
    en: 'The gateway takes five seconds. A client that gives up sooner never gets through on a bad day.',
    fr: 'La passerelle met cinq secondes. Un client qui renonce plus tôt ne passe jamais les mauvais jours.',
  },
  section: 4,
  rank: 'advisory',
  on: 'client',
  async run({ client, gateway, clock }) {
    gateway.always('submit', slow(clock, 5000))
    mustBeDone(await client.trySend())
    atMost(gateway.calls('submit'), 1)
  },
}

const RETRY_AFTER_S = 3
/** Clocks, and what is under way, take some time. */
const SLACK_MS = 100

const heeds = (status: 429 | 503, code: string): Case => ({
  id: `retry-after-${status}`,
  title: { en: `Heeds Retry-After of a ${status}`, fr: `Respecte le Retry-After d’un ${status}` },
  why: {
    en: `The gateway answers ${status} ${code} and asks to come again after ${RETRY_AFTER_S} s. Whoever comes sooner makes it worse for everybody; whoever gives up loses a message that would have been accepted.`,
    fr: `La passerelle répond ${status} ${code} et demande de revenir après ${RETRY_AFTER_S}\u00a0s. Revenir plus tôt aggrave la situation de tous\u202f; renoncer perd un message qui aurait été accepté.`,
  },
  section: 4,
  rank: 'required',
  on: 'client',
  async run({ client, gateway }) {
    gateway.script('submit', refuse(status, code, { 'retry-after': String(RETRY_AFTER_S) }))
    mustBeDone(await client.trySend())
    const calls = gateway.calls('submit')
    sameBytes(calls, 2)
    const pause = (calls[1]?.at ?? 0) - (calls[0]?.at ?? 0)
    must(
      pause >= RETRY_AFTER_S * 1000 - SLACK_MS,
      `The client came again after ${(pause / 1000).toFixed(1)} s.`,
      `Le client est revenu au bout de ${(pause / 1000).toFixed(1).replace('.', ',')}\u00a0s.`,
    )
  },
})

/** The pauses before each further attempt, in ms, where so many are refused. */
async function pausesOf({ client, gateway }: Stage, refused: number): Promise<readonly number[]> {
  const before = gateway.calls('submit').length
  gateway.script('submit', ...Array.from({ length: refused }, () => refuse(500, 'internal-error')))
  mustBeDone(await client.trySend())
  const times = gateway
    .calls('submit')
    .slice(before)
    .map(({ at }) => at)
  return times.slice(1).map((at, place) => at - (times[place] ?? at))
}

const GROWTH = 2
const back: readonly Case[] = [
  {
    id: 'back-off',
    title: { en: 'Waits longer from one attempt to the next', fr: 'Attend de plus en plus entre les tentatives' },
    why: {
      en: 'Four faults in a row, without Retry-After: the pauses grow, so that a gateway that comes back is not knocked down again.',
      fr: 'Quatre pannes de suite, sans Retry-After\u00a0: les pauses s’allongent, pour ne pas terrasser à nouveau une passerelle qui se relève.',
    },
    section: 4,
    rank: 'advisory',
    on: 'client',
    async run(stage) {
      const pauses = await pausesOf(stage, 4)
      const shown = pauses.map((ms) => String(Math.round(ms))).join(', ')
      must(
        (pauses.at(-1) ?? 0) >= GROWTH * (pauses[0] ?? 0),
        `The pauses were ${shown} ms.`,
        `Les pauses ont été de ${shown}\u00a0ms.`,
      )
    },
  },
  {
    id: 'back-off-jitter',
    title: { en: 'Leaves some of each pause to chance', fr: 'Laisse une part de hasard dans chaque pause' },
    why: {
      en: 'Clients that were cut off together would otherwise all come back in the same moment.',
      fr: 'Sans cela, les clients coupés ensemble reviendraient tous au même instant.',
    },
    section: 4,
    rank: 'advisory',
    on: 'client',
    async run(stage) {
      const [once, again] = [await pausesOf(stage, 3), await pausesOf(stage, 3)]
      const isAlike = once.every((pause, at) => Math.abs(pause - (again[at] ?? 0)) <= Math.max(4, pause * 0.005))
      must(!isAlike, 'Twice the very same pauses.', 'Deux fois exactement les mêmes pauses.')
    },
  },
]

const AFTER_REFUSAL: Case = {
  id: 'retry-not-a-refusal',
  title: { en: 'Does not repeat what was refused for good', fr: 'Ne répète pas ce qui est refusé définitivement' },
  why: {
    en: 'A 422 schema-violation is the same tomorrow: repeating it only wears out the rate.',
    fr: 'Un 422 schema-violation sera le même demain\u00a0: le répéter ne fait qu’épuiser le quota.',
  },
  section: 4,
  rank: 'required',
  on: 'client',
  async run({ client, gateway }) {
    gateway.always('submit', refuse(422, 'schema-violation', {}, { errors: [] }))
    mustBeRefused(await client.trySend())
    const { length } = gateway.calls('submit')
    must(length === 1, `The client sent it ${length} times.`, `Le client l’a envoyé ${length} fois.`)
  },
}

/** Section 4: every call may be repeated, and a message must be, with the same bytes. */
export const retrying: readonly Case[] = [
  ...faults,
  SLOW,
  heeds(429, 'rate-limited'),
  heeds(503, 'unavailable'),
  ...back,
  AFTER_REFUSAL,
]
