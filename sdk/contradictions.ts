import { isObject } from './shape.ts'

/** Places that are no care, and no family's home (list `accommodationKind`). */
const NO_CARE: ReadonlySet<unknown> = new Set([
  'tent',
  'tent-with-unrelated-adults',
  'caravan',
  'converted-container',
  'moves-nightly',
  'sleeping-rough-street',
  'sleeping-rough-woods',
  'community-kitchen-floor',
  'squat-or-disused-building',
  'at-workplace',
  'vehicle',
  'none',
])
const HOME: ReadonlySet<unknown> = new Set(['with-family', 'with-family-under-assessment', 'special-guardian'])
/** Rules of retention that say «a period after». */
const PERIOD_AFTER: ReadonlySet<unknown> = new Set(['case-closure-plus', 'until-18-plus'])
const WITHIN_UK: ReadonlySet<unknown> = new Set(['in-local-authority-care', 'with-family'])

type Body = Readonly<Record<string, unknown>>
type Contradiction<Code extends string = string> = {
  readonly code: Code
  /** Of this type alone; absent: of every type. */
  readonly type?: string
  /** The member at which it shows. */
  readonly pointer: string
  readonly holds: (body: Body) => boolean
}

const at = (value: unknown, ...names: readonly string[]): unknown =>
  names.reduce((held: unknown, name) => (isObject(held) ? held[name] : undefined), value)
const isFull = (value: unknown): boolean => Array.isArray(value) && value.length > 0

const contradictions = [
  {
    code: 'not-located-with-location',
    type: 'status-check-result',
    pointer: '/body/location',
    holds: ({ result, location }) => result === 'not-located' && location !== undefined,
  },
  {
    code: 'located-but-unknown',
    type: 'status-check-result',
    pointer: '/body/knownToHomeOffice',
    holds: ({ result, knownToHomeOffice, enteredUk }) =>
      result === 'located' && knownToHomeOffice === 'no' && enteredUk === 'no-record',
  },
  {
    code: 'flag-not-placed',
    type: 'status-check-result',
    pointer: '/body/flag/placed',
    holds: ({ flagged, flag }) => flagged === true && at(flag, 'placed') === false,
  },
  {
    code: 'closed-before-needs-met',
    type: 'case-closure',
    pointer: '/body/needsMet',
    holds: ({ reason, needsMet }) => reason === 'safeguarded-needs-met' && needsMet !== 'met',
  },
  {
    code: 'safe-but-not-seen',
    type: 'safeguarding-confirmation',
    pointer: '/body/childSeen/seen',
    holds: ({ status, accommodation, childSeen }) =>
      // «With family, assessed as safe» says so by itself.
      (status === 'with-family' || (HOME.has(status) && at(accommodation, 'safe') === 'yes')) &&
      at(childSeen, 'seen') !== true,
  },
  {
    code: 'met-with-unmet-needs',
    type: 'safeguarding-confirmation',
    pointer: '/body/unmetNeeds',
    holds: ({ needsMet, unmetNeeds }) => needsMet === 'met' && isFull(unmetNeeds),
  },
  {
    code: 'care-without-shelter',
    type: 'safeguarding-confirmation',
    pointer: '/body/accommodation/kind',
    holds: ({ status, accommodation }) =>
      status === 'in-local-authority-care' && NO_CARE.has(at(accommodation, 'kind')),
  },
  {
    code: 'refused-without-reason',
    pointer: '/body/dataProtection/consent',
    holds: ({ dataProtection }) => {
      const consent = at(dataProtection, 'consent')
      const isReasoned =
        at(consent, 'whyRefused') !== undefined || at(dataProtection, 'reasonWithoutConsent') !== undefined
      return at(consent, 'given') === 'refused' && !isReasoned
    },
  },
  ...['/body/dataProtection/retention', '/body/retention'].map((pointer) => ({
    code: 'retention-without-period' as const,
    pointer,
    holds: (body: Body) => {
      const retention = at({ body }, ...pointer.split('/').slice(1))
      return PERIOD_AFTER.has(at(retention, 'rule')) && at(retention, 'period') === undefined
    },
  })),
  {
    code: 'care-with-country',
    type: 'outcome',
    pointer: '/body/country',
    holds: ({ outcome, country }) => WITHIN_UK.has(outcome) && country !== undefined && country !== 'GBR',
  },
] as const satisfies readonly Contradiction[]

/** Gives what a body says twice and not alike, and where: no schema refuses it, and a person has to decide which is right. */
export function contradictionsIn(
  type: string,
  body: Body,
): readonly { readonly code: (typeof contradictions)[number]['code']; readonly pointer: string }[] {
  const all: readonly Contradiction<(typeof contradictions)[number]['code']>[] = contradictions
  return all
    .filter((one) => (one.type === undefined || one.type === type) && one.holds(body))
    .map(({ code, pointer }) => ({ code, pointer }))
}
