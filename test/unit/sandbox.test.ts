import { describe, expect, test } from 'vitest'
import { afterRefusal, whileWaiting } from '../../sandbox/coordinator.ts'
import { answersTo, refusalOf } from '../../sandbox/answering.ts'
import { envelopeOf } from '../../sandbox/compose.ts'
import { findingOf, nameOf, rule } from '../../sandbox/home-office.ts'
import { behaviours, behavioursOf, hasRole, parties } from '../../sandbox/parties.ts'
import { referralOf } from '../../sandbox/referrer.ts'
import type { Known, Reply } from '../../sandbox/reply.ts'
import { type CaseView, type Envelope, examplesOf, untold, validate, warnings } from '../../sdk/index.ts'
import disclosure from '../../schemas/disclosure.json' with { type: 'json' }
import pathway from '../../schemas/pathway.json' with { type: 'json' }

/** The rules of the sandbox's players, played against each other without a gateway. */

const NOW = new Date('2026-11-28T12:00:00Z')
const rules = {
  disclosure,
  pathway,
  directory: { agencies: parties.map((each) => ({ ...each, kind: '', status: 'active', certificates: [] })) },
} as unknown as Parameters<typeof untold>[1]

/** More than any case comes to: what goes on beyond this goes on for ever. */
const MOST = 60

type Sent = CaseView['messages'][number] & { readonly envelope: Envelope }

/** Plays a case from a first message to its end: each message is delivered once, and all that its recipient answers. */
function play(first: Envelope, partners: readonly string[] = ['fr-rys']): readonly Sent[] {
  const sent: Sent[] = []
  const send = (envelope: Envelope, state: Sent['state']): void => {
    const { id: messageId, from, to, type, priority, inReplyTo } = envelope
    const reply = inReplyTo === undefined ? {} : { inReplyTo }
    sent.push({ messageId, from, to, type, priority, ...reply, acceptedAt: NOW.toISOString(), state, envelope })
  }
  const known = (me: string): Known => {
    const messages = sent.filter(({ from, to }) => from === me || to === me)
    return { me, now: NOW, messages, received: messages.filter(({ to }) => to === me).map(({ envelope }) => envelope) }
  }
  const waiting: Envelope[] = []
  const say = (replies: readonly Reply[], me: string, followed: Envelope): void => {
    const envelopes = replies
      .toSorted((a, b) => (a.turns ?? 0) - (b.turns ?? 0))
      .map((reply) => envelopeOf(reply, me, followed, NOW))
    waiting.push(...envelopes.filter(({ id }) => !sent.some(({ messageId }) => messageId === id)))
  }
  waiting.push(first)
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    expect(validate(next), next.type).toEqual([])
    expect(untold(next, rules), next.type).toEqual([])
    const behaviour = parties.find(({ id }) => id === next?.to)?.usually ?? 'normal'
    const refused = refusalOf(behaviour, next.to, next.type) !== undefined
    send(next, refused ? 'refused' : 'handed-over')
    expect(sent.length).toBeLessThan(MOST)
    if (behaviour === 'closed' && next.type !== 'case-closure') say(whileWaiting(known(next.from)), next.from, next)
    else if (refused) say(afterRefusal(next, known(next.from)), next.from, next)
    else if (!partners.includes(next.to)) say(answersTo(next, known(next.to)), next.to, next)
  }
  return sent
}

const refer = (name: string): Envelope =>
  envelopeOf(
    referralOf(name, NOW),
    'fr-rys',
    { id: 'first', from: 'fr-rys', caseId: '01a20ea6-f1d3-79e8-87bb-44eefdb7e69f', priority: 'urgent' },
    NOW,
  )
const outcomesOf = (sent: readonly Sent[]) =>
  sent.filter(({ type }) => type === 'outcome').map(({ envelope }) => envelope.body['outcome'])

describe('what becomes of a child goes by the first letter of its name', () => {
  test.each([
    ['Amina', ['in-local-authority-care'], 'gb-la-e10000016'],
    ['Élodie', ['in-local-authority-care'], 'gb-la-e08000025'],
    ['Farid', ['being-assessed'], 'gb-la-e06000044'],
    ['Hamid', ['in-local-authority-care'], 'gb-la-e08000025'],
    ['Layla', ['not-located'], undefined],
    ['Qasim', ['in-local-authority-care'], 'gb-la-e10000016'],
    ['Tariq', ['not-located', 'in-local-authority-care'], 'gb-la-e08000025'],
    ['Yusuf', ['returned-to-france'], 'fr-dep-62'],
    ['حمید', ['not-located'], undefined],
  ] as const)('%s: %j', (name, outcomes, authority) => {
    const sent = play(refer(name))
    expect(outcomesOf(sent)).toEqual(outcomes)
    const asked = sent.filter(({ to, type }) => hasRole(to, 'children-services') && type !== 'case-closure')
    expect(asked.at(-1)?.to).toBe(authority)
    const isOver = !['being-assessed', 'not-located'].includes(outcomes.at(-1) ?? '')
    const closures = sent.filter(({ type }) => type === 'case-closure').map(({ to }) => to)
    expect(new Set(closures)).toEqual(new Set(isOver ? ['fr-rys', 'gb-home-office', authority] : []))
  })

  test('every letter has one row', () => {
    const letters = rule.map(({ letters }) => letters).join('')
    expect(letters.split('').toSorted().join('')).toBe('ABCDEFGHIJKLMNOPQRSTUVWXYZ')
    expect(findingOf('  çelik')).toBe('known')
    expect(findingOf('42')).toBe('not-found')
  })

  test('the name is the one in Latin script', () => {
    expect(
      nameOf({
        names: [
          { full: 'حمید', script: 'Arab' },
          { full: 'Hamid', script: 'Latn' },
        ],
      }),
    ).toBe('Hamid')
    expect(nameOf({ names: [{ full: 'Hamid' }] })).toBe('Hamid')
    expect(nameOf({})).toBe('')
  })
})

test('a second check is made once: who finds a possible match again is not asked for ever', () => {
  const sent = play(refer('Qasim'), ['fr-rys', 'gb-home-office'])
  const check = sent.at(-1)?.envelope
  expect(check?.type).toBe('status-check-request')
  const known: Known = { me: 'gb-ctac', now: NOW, messages: [...sent, ...sent], received: [refer('Qasim')] }
  const [answer] = examplesOf('status-check-result')
  const match = { ...answer, from: 'gb-home-office', body: { ...answer?.body, result: 'possible-match' } } as Envelope
  expect(answersTo(match, { ...known, messages: sent }).map(({ type }) => type)).toEqual(['status-check-request'])
  const twice = [...sent, { ...sent.at(-1), messageId: 'second' } as Sent]
  expect(answersTo(match, { ...known, messages: twice }).map(({ type }) => type)).toEqual(['outcome'])
})

test('who refuses is not asked again, and where all have refused nobody is', () => {
  const base: Known = { me: 'gb-ctac', now: NOW, messages: [], received: [refer('Dawit')] }
  const asked = (...ids: string[]): Known => ({
    ...base,
    messages: ids.map((to) => sentTo(to)),
  })
  const type = 'safeguarding-information'
  expect(afterRefusal({ to: 'gb-la-e09000008', type }, asked('gb-la-e09000008')).map(({ to }) => to)).toEqual([
    'gb-la-e08000025',
  ])
  expect(afterRefusal({ to: 'x', type }, asked('gb-la-e08000025')).map(({ to }) => to)).toEqual(['gb-la-e10000016'])
  expect(afterRefusal({ to: 'x', type }, asked('gb-la-e08000025', 'gb-la-e10000016'))).toEqual([])
  expect(afterRefusal({ to: 'x', type: 'case-closure' }, asked())).toEqual([])
})

const sentTo = (to: string): CaseView['messages'][number] => ({
  messageId: to,
  from: 'gb-ctac',
  to,
  type: 'safeguarding-information',
  priority: 'routine',
  acceptedAt: NOW.toISOString(),
  state: 'refused',
})

test('in one case the coordinator says no more than forty messages', () => {
  const messages = Array.from({ length: 40 }, (_, at) => ({ ...sentTo('gb-home-office'), messageId: String(at) }))
  const known: Known = { me: 'gb-ctac', now: NOW, messages, received: [refer('Amina')] }
  expect(answersTo(refer('Amina'), { ...known, messages: messages.slice(1) })).toHaveLength(1)
  expect(answersTo(refer('Amina'), known)).toEqual([])
})

describe('whatever a partner sends', () => {
  const asking = pathway.rows.map(({ type }) => type)
  test.each(asking)(
    'each published example of %s is answered with what the schemas and the disclosure table allow, and comes to an end',
    (type) => {
      for (const example of examplesOf(type as Parameters<typeof examplesOf>[0])) {
        for (const { id, roles } of parties) {
          const row = pathway.rows.find((each) => each.type === type)
          const mayGet = row?.to === 'any' || row?.to === 'participant' || roles.some((role) => row?.to.includes(role))
          if (!mayGet) continue
          const envelope = { ...example, to: id } as unknown as Envelope
          const known: Known = { me: id, now: NOW, messages: [], received: [envelope] }
          for (const reply of answersTo(envelope, known)) {
            const answer = envelopeOf(reply, id, envelope, NOW)
            expect(validate(answer), `${type} to ${id}: ${answer.type}`).toEqual([])
            expect(untold(answer, rules), `${type} to ${id}: ${answer.type}`).toEqual([])
          }
        }
      }
    },
  )

  test('a question is answered by everybody, and an answer by nobody', () => {
    const [question] = examplesOf('information-request')
    const [answer] = examplesOf('information-response')
    for (const { id } of parties) {
      const known: Known = { me: id, now: NOW, messages: [], received: [] }
      expect(answersTo({ ...question, to: id }, known).map(({ type }) => type)).toEqual(['information-response'])
      expect(answersTo({ ...answer, to: id }, known)).toEqual([])
    }
  })
})

test('what is said again has the same id, and what is said besides has another', () => {
  const [reply] = [referralOf('Amina', NOW)]
  const followed = { id: 'a', from: 'fr-rys', caseId: 'c', priority: 'urgent' } as const
  const id = envelopeOf(reply, 'fr-rys', followed, NOW).id
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(envelopeOf(reply, 'fr-rys', followed, new Date(0)).id).toBe(id)
  expect(envelopeOf({ ...reply, as: 'other' }, 'fr-rys', followed, NOW).id).not.toBe(id)
  expect(envelopeOf(reply, 'fr-rys', { ...followed, id: 'b' }, NOW).id).not.toBe(id)
})

test('a referral of the sandbox’s own has no slip in it', () => {
  expect(warnings(refer('Amina'), { today: NOW })).toEqual([])
})

test('every behaviour is some party’s usual one, and no endpoint’s fault takes an authority for granted', () => {
  expect(new Set(parties.map(({ usually }) => usually))).toEqual(new Set(Object.keys(behaviours)))
  expect(behavioursOf('gb-ctac')).toEqual(['normal', 'slow', 'busy', 'forged', 'twice'])
  expect(behavioursOf('fr-dep-62')).toEqual(Object.keys(behaviours))
})
