import type { Envelope } from '../sdk/index.ts'
import { type AgencyId, birmingham, croydon, ctac, homeOffice, kent, portsmouth, rys } from './agencies.ts'
import { located, missing, notLocated, outcome, referral, statusCheck } from './bodies.ts'
import { concern, en, identity, inCareOf, placeIn, recorded, separated } from './parts.ts'
import type { MessageStep } from './scenario.ts'

/** A child of the synthetic cohort: the report's totals, and otherwise invented (domain, section 1.9). */
export type Row = {
  readonly n: number
  readonly referredOn: string
  readonly countries: readonly string[]
  readonly age: number | undefined
  readonly sex: 'male' | 'female'
  readonly commune: string
  readonly outcome: string
  readonly missingAgain: boolean
}

/** Takes the text of cohort.csv; gives its rows. */
export function parseCohort(csv: string): readonly Row[] {
  return csv
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [n = '', referredOn = '', nationality = '', age = '', sex, commune = '', , outcome = '', again] = line
        .trim()
        .split(',')
      return {
        n: Number(n),
        referredOn,
        countries: nationality === '' ? [] : nationality.split('+'),
        age: age === '' ? undefined : Number(age),
        sex: sex === 'female' ? 'female' : 'male',
        commune,
        outcome,
        missingAgain: again === 'yes',
      }
    })
}

const authorities = [kent, croydon, birmingham, portsmouth] as const
const quiet = { en: 'one of 196', fr: 'l’un des 196' }

/** The messages about one child: the charity refers, the advice centre asks, the Home Office answers, the charity is told. */
export function cohortSteps(row: Row): readonly MessageStep[] {
  const child = { name: `Synthetic child ${row.n}`, age: row.age, sex: row.sex, countries: row.countries }
  const who = identity(child, {
    references: [{ system: 'case-file', value: `RYS-SYN-${String(row.n).padStart(4, '0')}` }],
  })
  const seen = {
    kind: 'informal-camp',
    country: 'FRA',
    precision: 'locality',
    area: { scheme: 'insee-commune', code: row.commune },
  }
  const lastSeen = { place: seen, when: { to: row.referredOn }, source: 'practitioner-observed', certainty: 'certain' }
  const authority: AgencyId = authorities[row.n % authorities.length] ?? kent
  const found = row.outcome !== 'not-located'
  const family = { accommodation: { kind: 'with-relatives', safe: 'yes' }, place: placeIn(authority, 'family-home') }
  const result = found
    ? located(
        inCareOf(authority, row.outcome === 'with-family' ? family : {}),
        recorded(child, `Synthetic child ${row.n}`, homeOffice),
      )
    : notLocated(['in-uk-unknown-to-services'], '2019-12-31')
  const notFound = { final: false, flagged: true, safe: 'unknown', notLocatedReasons: ['in-uk-unknown-to-services'] }
  const step = { day: 0, priority: 'routine', say: quiet } as const
  return [
    {
      ...step,
      as: 'referral',
      from: rys,
      to: ctac,
      ...referral(who, en('No longer seen.'), [separated], { lastSeen }),
    },
    { ...step, as: 'check', from: ctac, to: homeOffice, ...statusCheck(who) },
    { ...step, as: 'result', from: homeOffice, to: ctac, inReplyTo: 'check', ...result },
    {
      ...step,
      as: 'outcome',
      from: ctac,
      to: rys,
      inReplyTo: 'referral',
      ...outcome(row.outcome, 0, found ? {} : notFound),
    },
    ...(row.missingAgain ? [missingAgain(authority, who)] : []),
  ]
}

function missingAgain(authority: AgencyId, child: ReturnType<typeof identity>): MessageStep {
  const lastSeen = {
    place: placeIn(authority),
    when: { to: '2017-06-10' },
    source: 'practitioner-observed',
    certainty: 'certain',
  }
  const more = { lastSeen, circumstances: en('Did not return.'), concerns: [concern('repeatedly-missing')] }
  const content = missing(child, '0190a000-0000-7000-8000-000000000071', more)
  return { as: 'missing again', day: 300, priority: 'immediate', say: quiet, from: authority, to: ctac, ...content }
}

/** What the coordinator knows of the cohort, counted from the messages that it has received. */
export type Count = {
  readonly referred: Map<string, number>
  readonly found: Map<string, number>
  readonly ages: Map<number | undefined, number>
  readonly girls: number
  readonly girlsFound: number
  readonly located: number
  readonly notLocated: number
  readonly missingAgain: number
}

/** Takes what the coordinator received and verified, of the cohort's cases; gives the figures of the report, counted. */
export function countReceived(received: readonly Envelope[]): Count {
  const results = new Map<string, unknown>()
  for (const { type, caseId, body } of received) if (type === 'status-check-result') results.set(caseId, body.result)
  const referred = new Map<string, number>()
  const found = new Map<string, number>()
  const ages = new Map<number | undefined, number>()
  let girls = 0
  let girlsFound = 0
  const add = <K>(counts: Map<K, number>, key: K) => counts.set(key, (counts.get(key) ?? 0) + 1)
  for (const { type, caseId, body } of received) {
    if (type !== 'referral') continue
    const child = readChild(body.child)
    const isFound = results.get(caseId) === 'located'
    add(referred, child.nationality)
    if (isFound) add(found, child.nationality)
    add(ages, child.age)
    if (child.female) girls += 1
    if (child.female && isFound) girlsFound += 1
  }
  const all = [...results.values()]
  const missing = received.filter(({ type }) => type === 'missing-notification').length
  const located = all.filter((each) => each === 'located').length
  return { referred, found, ages, girls, girlsFound, located, notLocated: all.length - located, missingAgain: missing }
}

function readChild(child: unknown): { nationality: string; age: number | undefined; female: boolean } {
  const { nationalities, age, sex } = child as {
    nationalities: readonly { country: string }[]
    age?: { years: number }
    sex: string
  }
  return {
    nationality: nationalities.map(({ country }) => country).join('+'),
    age: age?.years,
    female: sex === 'female',
  }
}
