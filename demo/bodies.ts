/** One maker for each message type: what its sender would fill in, with the rest at its most usual. Figures and rules: domain, section 2. */

import type { JsonObject } from '../sdk/index.ts'
import type { AgencyId } from './agencies.ts'
import { contacts, goodMatch, jungle, notPresent, unitedKingdom } from './parts.ts'
import { ctac } from './agencies.ts'
import { dateOf } from './scenario.ts'

export type Content = { readonly type: string; readonly body: JsonObject }

export function referral(
  child: JsonObject,
  why: JsonObject,
  concerns: readonly JsonObject[],
  more: JsonObject = {},
): Content {
  const body = {
    child,
    reason: why,
    lastSeen: { place: jungle, when: { to: '2016-10-14' }, source: 'practitioner-observed', certainty: 'certain' },
    believedDestination: unitedKingdom,
    destinationSource: 'rumour',
    travel: [{ mode: 'lorry', concealed: true, facilitatedByAgent: 'unknown' }],
    concerns,
    reportsMade: [{ to: 'fr-police', on: dateOf(0), response: 'refused', classification: 'not-classified' }],
    childViews: notPresent,
    ...more,
  }
  return { type: 'referral', body }
}

export function statusCheck(child: JsonObject, more: JsonObject = {}): Content {
  const body = {
    child,
    questions: ['known-to-home-office', 'entered-uk', 'current-location', 'allocated-social-worker'],
    searchPeriod: { from: '2016-10-01' },
    likelyPorts: ['Dover'],
    likelyModes: ['lorry'],
    flagIfNotLocated: true,
    flagUntil: '2019-10-17',
    flagContact: contacts[ctac],
    ...more,
  }
  return { type: 'status-check-request', body }
}

const searchesTried = ['name-exact', 'name-variant', 'name-sound', 'travel-dates']

export function located(location: JsonObject, recordedIdentity: JsonObject, more: JsonObject = {}): Content {
  const body = {
    result: 'located',
    checkedAt: `${dateOf(1)}T10:11:12Z`,
    knownToHomeOffice: 'yes',
    enteredUk: 'yes',
    location,
    recordedIdentity,
    match: goodMatch,
    searchesTried,
    flagged: false,
    ...more,
  }
  return { type: 'status-check-result', body }
}

export function notLocated(reasons: readonly string[], expiresOn: string, more: JsonObject = {}): Content {
  const body = {
    result: 'not-located',
    checkedAt: `${dateOf(1)}T10:11:12Z`,
    knownToHomeOffice: 'no',
    enteredUk: 'no-record',
    notLocatedReasons: reasons,
    searchesTried,
    flagged: true,
    flag: { placed: true, reference: 'FLAG-SYN-9', on: dateOf(1), expiresOn },
    ...more,
  }
  return { type: 'status-check-result', body }
}

export function possibleMatch(candidates: readonly JsonObject[]): Content {
  const body = {
    result: 'possible-match',
    checkedAt: `${dateOf(1)}T10:11:12Z`,
    knownToHomeOffice: 'unknown',
    enteredUk: 'unknown',
    candidates,
    searchesTried,
    flagged: false,
  }
  return { type: 'status-check-result', body }
}

export function childFound(child: JsonObject, howFound: string, location: JsonObject, more: JsonObject = {}): Content {
  return {
    type: 'child-found',
    body: { child, foundAt: '2017-10-03T08:20:00Z', howFound, match: goodMatch, location, ...more },
  }
}

export function assessment(
  child: JsonObject,
  basis: string,
  location: JsonObject,
  concerns: readonly JsonObject[],
  history: JsonObject,
  more: JsonObject = {},
): Content {
  const body = {
    child,
    basis,
    statutoryBasis: ['gb-ca1989-s17'],
    location,
    concerns,
    alerts: [],
    accompanying: [],
    history,
    requestedActions: ['home-visit', 'child-seen-alone'],
    childViews: notPresent,
    ...more,
  }
  return { type: 'assessment-referral', body }
}

export function information(child: JsonObject, purpose: string, summary: JsonObject, more: JsonObject = {}): Content {
  return { type: 'safeguarding-information', body: { child, purpose, summary, confirmationWanted: false, ...more } }
}

/** An authority says how things stand; `more` where the child is not simply in its care and well. */
export function confirmation(child: JsonObject, by: AgencyId, day: number, more: JsonObject = {}): Content {
  const body = {
    child,
    status: 'in-local-authority-care',
    since: dateOf(day),
    childSeen: { seen: true, on: dateOf(day), alone: 'yes', interpreterUsed: 'yes' },
    accommodation: { kind: 'uk-foster-care', safe: 'yes', legalStatus: 'gb-section-20' },
    needsMet: 'met',
    actions: ['child-seen-alone'],
    allocatedSocialWorker: contacts[by],
    ...more,
  }
  return { type: 'safeguarding-confirmation', body }
}

export function missing(child: JsonObject, episode: string, more: JsonObject = {}): Content {
  const body = {
    child,
    episode,
    episodeStatus: 'open',
    kind: 'missing-from-uk-care',
    missingSince: '2017-06-10T21:30:00Z',
    risk: 'high',
    concerns: [],
    reportsMade: [
      {
        to: 'uk-police',
        on: '2017-06-10',
        reference: 'MISPER-SYN-1',
        response: 'registered',
        classification: 'uk-missing',
      },
    ],
    ...more,
  }
  return { type: 'missing-notification', body }
}

export function familyLink(child: JsonObject, authority: AgencyId, views: JsonObject): Content {
  const body = {
    child,
    relatedAuthority: authority,
    relatedSocialWorker: contacts[authority],
    basis: ['child-said', 'authority-record'],
    verification: 'supported',
    proposedActions: ['social-workers-speak', 'supervised-first-contact', 'consider-joint-placement'],
    childViews: views,
    alerts: [],
  }
  return { type: 'family-link', body }
}

/** A question, with why the answer is needed: French law wants the necessity, and so does a reader in a hurry. */
export function request(
  child: JsonObject,
  topic: string,
  question: JsonObject,
  why: string,
  more: JsonObject = {},
): Content {
  return {
    type: 'information-request',
    body: { child, questions: [{ key: 'q1', topic, text: question, why }], ...more },
  }
}

export function response(child: JsonObject, text: JsonObject, more: JsonObject = {}): Content {
  return { type: 'information-response', body: { child, answers: [{ key: 'q1', status: 'answered', text }], ...more } }
}

/** What the charity learns: which, and never where. */
export function outcome(code: string, day: number, more: JsonObject = {}): Content {
  const body = { outcome: code, asOf: dateOf(day), final: true, flagged: false, safe: 'yes', ...more }
  return { type: 'outcome', body }
}

export function closure(reason: string, day: number, more: JsonObject = {}): Content {
  const body = {
    reason,
    closedOn: dateOf(day),
    needsMet: 'met',
    flagInstruction: 'none',
    retention: { rule: 'recipient-statutory' },
    reopenContact: contacts[ctac],
    ...more,
  }
  return { type: 'case-closure', body }
}
