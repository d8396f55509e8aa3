import type { Case } from '../case.ts'
import { must } from '../unmet.ts'
import { atMost, mustBeDone, mustBeRefused, readParts, sameBytes } from '../checks.ts'
import { change, loseAnswer, refuse, say } from '../steps.ts'

/** The client tells whoever runs it what the gateway said. */
const tells = (status: number, code: string, why: Case['why'], rank: Case['rank'] = 'required'): Case => ({
  id: `refusal-${code}`,
  title: { en: `Reports ${code}`, fr: `Rapporte ${code}` },
  why,
  section: 4,
  rank,
  on: 'client',
  async run({ client, gateway }) {
    gateway.always('submit', refuse(status, code))
    const answer = await client.trySend()
    mustBeRefused(answer)
    must(
      answer.refused === code,
      `The client reports “${answer.refused ?? ''}”.`,
      `Le client rapporte «\u00a0${answer.refused ?? ''}\u00a0».`,
    )
    atMost(gateway.calls('submit'), 1)
  },
})

const ID_CONFLICT: Case = {
  id: 'id-conflict',
  title: { en: 'Makes no second message of an id-conflict', fr: 'Ne tire pas un second message d’un id-conflict' },
  why: {
    en: 'The gateway says that this id was used for other bytes. Something has gone wrong with what the client keeps: a person must look, for a new id might bring a child’s referral in twice, or hide that it never arrived.',
    fr: 'La passerelle indique que cet identifiant a servi pour d’autres octets. La mémoire du client est en défaut\u00a0: une personne doit vérifier, car un nouvel identifiant pourrait doubler une saisine, ou masquer qu’elle n’est jamais arrivée.',
  },
  section: 4,
  rank: 'required',
  on: 'client',
  async run({ client, gateway }) {
    gateway.always('submit', refuse(409, 'id-conflict'))
    mustBeRefused(await client.trySend())
    atMost(gateway.calls('submit'), 1)
  },
}

const ids = (calls: ReturnType<Parameters<Case['run']>[0]['gateway']['calls']>): ReadonlySet<unknown> =>
  new Set(calls.map(({ body }) => readParts(body.toString('latin1')).envelope['id']))

const STALE: Case = {
  id: 'stale-same-id',
  title: {
    en: 'Signs anew, but under the same id, what has become stale',
    fr: 'Signe à nouveau, mais sous le même identifiant, ce qui est périmé',
  },
  why: {
    en: 'After five minutes of faults the bytes are stale and were never accepted. The client may say so, or sign the same envelope again; a new id would make a second message if the first was recorded after all.',
    fr: 'Après cinq minutes de pannes, les octets sont périmés et n’ont jamais été acceptés. Le client peut le dire, ou signer à nouveau la même enveloppe\u202f; un nouvel identifiant créerait un second message si le premier avait tout de même été enregistré.',
  },
  section: 4,
  rank: 'required',
  on: 'client',
  async run({ client, gateway }) {
    gateway.script('submit', refuse(503, 'unavailable', { 'retry-after': '1' }), refuse(422, 'stale-message'))
    await client.trySend()
    must(
      ids(gateway.calls('submit')).size === 1,
      'The client made a new id.',
      'Le client a créé un nouvel identifiant.',
    )
  },
}

const CLOCK: Case = {
  id: 'clock-skew',
  title: {
    en: 'Says that its clock is wrong, and does not go round in circles',
    fr: 'Signale que son horloge est fausse, sans tourner en rond',
  },
  why: {
    en: 'Whatever it signs is stale-message: its clock is off. After at most one new signature the client must say so to a person.',
    fr: 'Tout ce qu’il signe est refusé (stale-message)\u00a0: son horloge est décalée. Après une nouvelle signature au plus, le client doit en avertir une personne.',
  },
  section: 4,
  rank: 'required',
  on: 'client',
  async run({ client, gateway }) {
    gateway.always('submit', refuse(422, 'stale-message'))
    const answer = await client.trySend()
    mustBeRefused(answer)
    must(
      answer.refused === 'stale-message',
      `The client reports “${answer.refused ?? ''}”.`,
      `Le client rapporte «\u00a0${answer.refused ?? ''}\u00a0».`,
    )
    atMost(gateway.calls('submit'), 2)
  },
}

const UNKNOWN_CODE: Case = {
  id: 'refusal-unknown-code',
  title: { en: 'Takes an unknown refusal for a refusal', fr: 'Tient un refus inconnu pour un refus' },
  why: {
    en: 'A later gateway may refuse with a code that the client has never heard of. By its status, 422, it is final.',
    fr: 'Une passerelle plus récente peut refuser avec un code inconnu du client. D’après son statut, 422, le refus est définitif.',
  },
  section: 4,
  rank: 'required',
  on: 'client',
  async run({ client, gateway }) {
    gateway.always('submit', refuse(422, 'code-of-a-later-release'))
    mustBeRefused(await client.trySend())
    atMost(gateway.calls('submit'), 1)
  },
}

const REQUEST_ID: Case = {
  id: 'request-id',
  title: { en: 'Keeps the request id of a refusal', fr: 'Conserve l’identifiant de requête d’un refus' },
  why: {
    en: 'Passerelle-Request-Id is what to quote to an operator; without it nobody finds the call.',
    fr: 'Passerelle-Request-Id est la référence à donner à un opérateur\u202f; sans elle, nul ne retrouve l’appel.',
  },
  section: 4,
  rank: 'advisory',
  on: 'client',
  async run({ client, gateway }) {
    const id = '0190a000-0000-4000-8000-00000000c0de'
    gateway.always('submit', refuse(403, 'not-permitted', { 'passerelle-request-id': id }))
    const { requestId } = await client.trySend()
    must(requestId === id, 'The client does not give it.', 'Le client ne la donne pas.')
  },
}

const UNKNOWN_MEMBERS: Case = {
  id: 'answer-unknown-members',
  title: { en: 'Passes over unknown members of an answer', fr: 'Passe sur les membres inconnus d’une réponse' },
  why: {
    en: 'A later gateway may say more than this release does. An accepted message stays accepted.',
    fr: 'Une passerelle plus récente peut en dire davantage. Un message accepté reste accepté.',
  },
  section: 4,
  rank: 'required',
  on: 'client',
  async run({ client, gateway }) {
    gateway.publication.extra = { ofALaterRelease: { members: [1] } }
    gateway.always(
      'submit',
      change((body) => ({ ...body, ofALaterRelease: { members: [1] } })),
    )
    mustBeDone(await client.trySend())
    atMost(gateway.calls('submit'), 1)
  },
}

const NOT_JSON: Case = {
  id: 'answer-not-json',
  title: { en: 'Does not take a web page for an acceptance', fr: 'Ne prend pas une page web pour une acceptation' },
  why: {
    en: 'A box between the two answers 200 with a page of its own. Without a receipt nothing has been accepted.',
    fr: 'Un équipement intermédiaire répond 200 avec une page à lui. Sans récépissé, rien n’a été accepté.',
  },
  section: 4,
  rank: 'required',
  on: 'client',
  async run({ client, gateway }) {
    gateway.always('submit', say({ status: 200, headers: { 'content-type': 'text/html' }, body: '<h1>Welcome</h1>' }))
    mustBeRefused(await client.trySend())
  },
}

const LOST_THEN_REFUSED: Case = {
  id: 'lost-then-rate-limited',
  title: { en: 'Does not lose track between two different faults', fr: 'Garde le fil entre deux pannes différentes' },
  why: {
    en: 'The answer is lost, the repetition meets a 429, the next one succeeds: still one message, with the same bytes.',
    fr: 'La réponse se perd, la répétition reçoit 429, la suivante aboutit\u00a0: toujours un seul message, avec les mêmes octets.',
  },
  section: 4,
  rank: 'required',
  on: 'client',
  async run({ client, gateway }) {
    gateway.script('submit', loseAnswer, refuse(429, 'rate-limited', { 'retry-after': '1' }))
    mustBeDone(await client.trySend())
    sameBytes(gateway.calls('submit'), 3)
  },
}

/** Section 4: what the gateway says, and what a client makes of it. */
export const refusals: readonly Case[] = [
  tells(409, 'pathway-violation', {
    en: 'The message answers nothing that it may answer. A person must see which rule it was, and not just that it failed.',
    fr: 'Le message ne répond à rien à quoi il puisse répondre. Une personne doit voir de quelle règle il s’agit, et pas seulement l’échec.',
  }),
  tells(403, 'unknown-agency', {
    en: 'The registry does not know the certificate, or the agency is suspended: the client says so, and does not hammer.',
    fr: 'Le registre ne connaît pas le certificat, ou l’organisme est suspendu\u00a0: le client le dit, et n’insiste pas.',
  }),
  tells(413, 'message-too-large', {
    en: 'A message over the limit is refused whole; nothing of it was kept.',
    fr: 'Un message au-delà de la limite est refusé en entier\u202f; rien n’en est conservé.',
  }),
  ID_CONFLICT,
  STALE,
  CLOCK,
  UNKNOWN_CODE,
  REQUEST_ID,
  UNKNOWN_MEMBERS,
  NOT_JSON,
  LOST_THEN_REFUSED,
]
