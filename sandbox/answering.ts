/** What each automatic player answers, by the roles of its agency: one table, and no answer to an answer, so that two players never go on for ever. */

import { checkAnswers } from './home-office.ts'
import { confirmation, response } from '../demo/bodies.ts'
import { contacts, en } from '../demo/parts.ts'
import type { Envelope, JsonObject } from '../sdk/index.ts'
import { coordinate } from './coordinator.ts'
import { type Behaviour, birmingham, hasRole, parties, type Role } from './parties.ts'
import { dayFrom, type Known, listAt, member, objectAt, type Reply, textAt } from './reply.ts'

type Rule = (message: Envelope, known: Known) => readonly Reply[]

/** Gives what an agency says to a message that it has received. */
export function answersTo(message: Envelope, known: Known): readonly Reply[] {
  const byRole = (Object.keys(byRoleOf) as Role[]).filter((role) => hasRole(known.me, role))
  return [...inform(message), ...byRole.flatMap((role) => byRoleOf[role](message, known))]
}

const byRoleOf: Readonly<Record<Role, Rule>> = {
  referrer: () => [],
  coordinator: coordinate,
  'status-checker': ({ type, body }, { now }) => {
    if (type !== 'status-check-request') return []
    return checkAnswers(objectAt(body, 'child') ?? {}, member(body, 'previousCheck') !== undefined, now)
  },
  'children-services': (message, known) => {
    if (!hasRole(message.from, 'coordinator')) return []
    if (message.type === 'assessment-referral')
      return [confirm(message, known, { needsMet: 'not-yet', unmetNeeds: ['health-care', 'education'] })]
    if (message.type !== 'safeguarding-information' || member(message.body, 'confirmationWanted') !== true) return []
    const isGuided = textAt(message.body, 'purpose') === 'case-guidance'
    return [confirm(message, known, isGuided ? {} : { needsMet: 'partly', unmetNeeds: ['education'] })]
  },
}

/** What an agency that refuses refuses: what it is asked to do about a child. */
export function refusalOf(behaviour: Behaviour, me: string, type: string): string | undefined {
  if (behaviour !== 'refuses' || !isAsking(type)) return undefined
  return me.startsWith('fr-') ? 'not-competent' : 'wrong-area'
}
export const isAsking = (type: string): boolean => ASKING.has(type)
const ASKING = new Set(['assessment-referral', 'safeguarding-information', 'family-link'])

/** Whom to ask, as every body says it. */
export function contactOf(id: string): JsonObject {
  const known: Readonly<Record<string, JsonObject>> = contacts
  const name = parties.find((party) => party.id === id)?.name.en ?? id
  return (
    known[id] ?? { role: 'duty-desk', organisation: `${name} (synthetic)`, agency: id, email: `desk@${id}.example.org` }
  )
}

/** A question is answered, whoever asks; an answer is not. */
function inform({ type, body }: Envelope): readonly Reply[] {
  const child = objectAt(body, 'child')
  if (type !== 'information-request' || child === undefined) return []
  const text = en('The sandbox does not know more: this is a synthetic answer.')
  const answers = listAt(body, 'questions').map((question) => ({
    key: textAt(question, 'key') ?? '',
    status: 'answered',
    text,
  }))
  return [{ as: 'answer', ...response(child, text, { answers }), answers: true }]
}

function confirm(message: Envelope, { me, now }: Known, more: JsonObject): Reply {
  const child = objectAt(message.body, 'child')
  const years = member(child, 'age', 'years') ?? member(child, 'ageYears')
  const name = textAt(child, 'name') ?? textAt(listAt(child, 'names')[0], 'full')
  const reference = {
    ...(name === undefined ? { description: 'The child of this case' } : { name }),
    ...(typeof years === 'number' && { ageYears: years }),
  }
  const today = dayFrom(now, 0)
  const seen = { seen: true, on: today, alone: 'yes', interpreterUsed: 'yes' }
  const french = me.startsWith('fr-') && {
    accommodation: { kind: 'fr-ase-home', safe: 'yes', legalStatus: 'fr-accueil-provisoire' },
  }
  const content = confirmation(reference, birmingham, 0, { since: today, childSeen: seen, ...french, ...more })
  return { as: 'confirm', ...content, body: { ...content.body, allocatedSocialWorker: contactOf(me) }, answers: true }
}
