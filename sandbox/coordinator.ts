/** The advice centre's rule: what it does next with what it is told, along protocol section 5's way of a case. */

import { assessment, closure, information, outcome, statusCheck } from '../demo/bodies.ts'
import { en, separated, unknownTo } from '../demo/parts.ts'
import type { Envelope, Json, JsonObject } from '../sdk/index.ts'
import { nameOf } from './home-office.ts'
import { fallback, hasRole, homeOffice, kent } from './parties.ts'
import { dayFrom, type Known, listAt, member, objectAt, type Reply, textAt } from './reply.ts'

/** In one case it says no more than this, whatever it is told. */
const MOST_IN_A_CASE = 40
/** After so many pieces of information an authority is not written to again about needs that are not met. */
const MOST_SHARED = 3
const RESPOND_HOURS = 24

type Rule = (message: Envelope, known: Known) => readonly Reply[]

/** What the coordinator says to a message that it has received. */
export const coordinate: Rule = (message, known) => {
  if (sentIn(known).length >= MOST_IN_A_CASE) return []
  return rules[message.type]?.(message, known) ?? []
}

const rules: Readonly<Record<string, Rule>> = {
  referral: (message, known) => [check(message, known)],
  'status-check-result': (message, known) => {
    const { body } = message
    switch (textAt(body, 'result')) {
      case 'located':
        return whereFound(message, known)
      case 'possible-match':
        return sentIn(known, 'status-check-request').length < 2
          ? [{ ...check(message, known), as: 'second check' }]
          : tell(known, 'not-located', { ...open, notLocatedReasons: ['insufficient-identity-data'] })
      case 'child-died':
        return tell(known, 'child-died', { safe: undefined })
      default:
        return tell(known, 'not-located', {
          ...open,
          flagged: member(body, 'flagged') === true,
          notLocatedReasons: someOr(listAt(body, 'notLocatedReasons'), 'unknown'),
        })
    }
  },
  'child-found': (message, known) => whereFound(message, known),
  'safeguarding-confirmation': confirmed,
  'safeguarding-information': (message, known) => {
    const authority = known.messages.findLast(
      ({ from, to }) => from === known.me && to !== message.from && hasRole(to, 'children-services'),
    )?.to
    const summary = objectAt(message.body, 'summary')
    if (authority === undefined || summary === undefined) return []
    return [{ as: 'passed on', to: authority, ...information(referenceTo(message, known), 'update', summary) }]
  },
  'missing-notification': (message, known) => [
    check(message, known),
    ...(hasRole(message.from, 'children-services')
      ? tell(known, 'missing-again', { ...open, flagged: 'unknown' })
      : []),
  ],
}

/** What it does where an authority has refused what it was asked: another is asked to assess. */
export function afterRefusal(refused: { readonly to: string; readonly type: string }, known: Known): readonly Reply[] {
  if (refused.type !== 'assessment-referral' && refused.type !== 'safeguarding-information') return []
  const next = ([fallback, kent] as const).find(
    (id) => !known.messages.some(({ from, to }) => from === known.me && to === id),
  )
  if (next === undefined || sentIn(known).length >= MOST_IN_A_CASE) return []
  return [assess(next, unknownTo(next), known)]
}

/** What it tells the referrer where a closed desk keeps an authority from being told: once in a case. */
export const whileWaiting = (known: Known): readonly Reply[] =>
  sentIn(known, 'outcome').length > 0 ? [] : tell(known, 'being-assessed', open)

const open = { final: false, safe: 'unknown' } as const

function whereFound(message: Envelope, known: Known): readonly Reply[] {
  const location = objectAt(message.body, 'location') ?? {}
  const authority = authorityOf(location)
  return textAt(location, 'knownToChildrensServices') === 'yes'
    ? [share(authority, message, known)]
    : [assess(authority, location, known)]
}

function confirmed(message: Envelope, known: Known): readonly Reply[] {
  const { from: authority, body } = message
  const status = textAt(body, 'status') ?? 'unknown'
  const code = authority.startsWith('fr-') ? 'returned-to-france' : (outcomes[status] ?? 'being-assessed')
  if (status === 'not-our-area') return afterRefusal({ to: authority, type: 'assessment-referral' }, known)
  if (status === 'child-died') return tell(known, 'child-died', { safe: undefined })
  if (textAt(body, 'needsMet') === 'met') return [...tell(known, code, {}), ...close(code, known)]
  const shared = sentIn(known, 'safeguarding-information').filter(({ to }) => to === authority).length
  if (shared >= MOST_SHARED) return tell(known, code, open)
  return [shared === 0 ? share(authority, message, known) : guide(authority, message, known)]
}

/** What the referrer is told, by what an authority has confirmed. */
const outcomes: Readonly<Record<string, string>> = {
  'in-local-authority-care': 'in-local-authority-care',
  'police-protection': 'in-local-authority-care',
  'care-proceedings-begun': 'in-local-authority-care',
  'special-guardian': 'with-family',
  'with-family': 'with-family',
  'with-family-under-assessment': 'being-assessed',
  'returned-to-france': 'returned-to-france',
  'missing-again': 'missing-again',
  'in-custody': 'in-custody',
  'assessed-adult': 'no-longer-a-child',
}

function check(message: Envelope, known: Known): Reply {
  const previous = sentIn(known, 'status-check-request').at(-1)?.messageId
  const body = {
    searchPeriod: { from: dayFrom(known.now, -365) },
    flagUntil: dayFrom(known.now, 730),
    ...(previous !== undefined && { previousCheck: previous }),
  }
  return { as: 'check', to: homeOffice, ...statusCheck(childOf(message, known), body), respondWithin: RESPOND_HOURS }
}

function share(authority: string, message: Envelope, known: Known): Reply {
  const summary = en('What the charity knew of this child. (Synthetic: the sandbox wrote it.)')
  const more = { confirmationWanted: true, concerns: concernsOf(known) }
  const content = information(referenceTo(message, known), 'initial-sharing', summary, more)
  return { as: 'share', to: authority, ...content, respondWithin: RESPOND_HOURS }
}

function guide(authority: string, message: Envelope, known: Known): Reply {
  const summary = en('Advice from other cases: sleep, school, a doctor. (Synthetic: the sandbox wrote it.)')
  const content = information(referenceTo(message, known), 'case-guidance', summary, { confirmationWanted: true })
  return { as: 'guidance', to: authority, ...content, respondWithin: RESPOND_HOURS }
}

function assess(authority: string, location: JsonObject, known: Known): Reply {
  const child = childOf(undefined, known)
  const history = en('What the charity knew of this child. (Synthetic: the sandbox wrote it.)')
  const content = assessment(child, 'in-uk-unknown-to-services', location, concernsOf(known), history)
  return { as: `assess ${authority}`, to: authority, ...content, respondWithin: RESPOND_HOURS }
}

/** Whoever referred the child is told what became of it, and never where; each outcome replaces the one before. */
function tell(known: Known, code: string, more: { readonly [name: string]: Json | undefined }): readonly Reply[] {
  const referral = referralOf(known)
  if (referral === undefined) return []
  const before = sentIn(known, 'outcome').at(-1)?.messageId
  const { body, type } = outcome(code, 0)
  const whole = {
    ...body,
    asOf: dayFrom(known.now, 0),
    ...more,
    ...(before !== undefined && { supersedes: before }),
  }
  const said = Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined)) as JsonObject
  return [{ as: `outcome ${code}`, to: referral.from, answers: referral.id, priority: 'routine', type, body: said }]
}

/** All who took part, and have not only refused, learn that the work is done. */
function close(code: string, known: Known): readonly Reply[] {
  const others = known.messages
    .filter(({ state }) => state !== 'refused')
    .flatMap(({ from, to }) => [from, to])
    .filter((id) => id !== known.me)
  const reason = code === 'returned-to-france' ? code : 'safeguarded-needs-met'
  return [...new Set(others)].map((id): Reply => {
    const flagInstruction = hasRole(id, 'status-checker') ? 'remove' : 'none'
    const content = closure(reason, 0, { closedOn: dayFrom(known.now, 0), flagInstruction })
    return { as: `close ${id}`, to: id, ...content, priority: 'routine', turns: 1 }
  })
}

const sentIn = ({ me, messages }: Known, type?: string): Known['messages'] =>
  messages.filter((each) => each.from === me && (type === undefined || each.type === type))

const referralOf = ({ received }: Known): Envelope | undefined => received.findLast(({ type }) => type === 'referral')

/** Who the child is, for who must find it: as it was referred, else as it was found; never how to call it. */
function childOf(message: Envelope | undefined, known: Known): JsonObject {
  const from = [referralOf(known), message, ...known.received.toReversed()]
  const child = from.flatMap((each) => {
    const found = objectAt(each?.body, 'child') ?? objectAt(each?.body, 'recordedIdentity')
    return found !== undefined && 'names' in found ? [found] : []
  })[0]
  const { contactPoints: _, ...rest } = child ?? UNKNOWN
  return rest
}
const UNKNOWN: JsonObject = {
  names: [{ full: 'Unknown', script: 'Latn', use: 'reported' }],
  sex: 'unknown',
  nationalities: [],
  separation: 'unknown',
  absences: [{ field: 'age', reason: 'not-known' }],
}

function referenceTo(message: Envelope, known: Known): JsonObject {
  const child = childOf(message, known)
  const years = member(child, 'age', 'years')
  return { name: nameOf(child), ...(typeof years === 'number' && { ageYears: years }) }
}

/** What worried the referrer, without who it was. */
function concernsOf(known: Known): readonly JsonObject[] {
  const concerns = listAt(referralOf(known)?.body, 'concerns').flatMap((each) => {
    const { persons: _, ...rest } = objectAt(each) ?? {}
    return 'code' in rest ? [rest] : []
  })
  return concerns.length > 0 ? concerns : [separated]
}

/** Which authority of the sandbox a place is in. */
function authorityOf(location: JsonObject): string {
  const named = textAt(location, 'responsibleAuthority') ?? ''
  const { scheme, code } = {
    scheme: textAt(location, 'authorityCode', 'scheme'),
    code: textAt(location, 'authorityCode', 'code'),
  }
  const byArea = scheme === 'gss' ? `gb-la-${code?.toLowerCase()}` : `fr-dep-${code}`
  return [named, byArea].find((id) => hasRole(id, 'children-services')) ?? fallback
}

const someOr = (list: readonly Json[], otherwise: string): readonly Json[] => (list.length > 0 ? list : [otherwise])
