/** What somebody may write, and to whom: by the pathway, in the order of the profile. */
import type { Directory } from '../../sdk/answers.ts'
import type { Profile } from '../../sdk/forms/profile.ts'
import type { Text } from '../../sdk/problem.ts'

type Agency = Directory['agencies'][number]
type Parties = readonly string[] | string
export type PathwayRow = {
  readonly type: string
  readonly from: Parties
  readonly to: Parties
  readonly also?: readonly { readonly from: readonly string[]; readonly to: readonly string[] }[]
  readonly answerRequired: boolean
  readonly title: Text
  readonly says: Text
}
/** A type that may begin a letter, and who may get it. */
export type Writable = {
  readonly type: string
  readonly title: Text
  readonly says: Text
  readonly to: readonly Agency[]
}

/** Types that go on with a case and never open one. */
const GOES_ON: ReadonlySet<string> = new Set(['case-closure'])

const holds = (parties: Parties, roles: readonly string[]): boolean =>
  typeof parties === 'string' || parties.some((role) => roles.includes(role))

/**
 * Takes the pathway, the directory, who writes and by which profile; gives what may be written without answering anything, each with its recipients.
 * @param goesOn whether it is a message of a case that there is
 */
export function writableBy(
  rows: readonly PathwayRow[],
  agencies: readonly Agency[],
  agency: string,
  profile: Profile | undefined,
  goesOn = false,
): readonly Writable[] {
  const own = agencies.find(({ id }) => id === agency)
  const order = Object.keys(profile?.types ?? {})
  const rank = (type: string): number => (order.includes(type) ? order.indexOf(type) : order.length)
  return rows
    .filter(({ type, answerRequired }) => !answerRequired && (goesOn || !GOES_ON.has(type)))
    .map((row) => ({ type: row.type, title: row.title, says: row.says, to: recipients(row, agencies, own) }))
    .filter(({ to }) => to.length > 0)
    .toSorted((one, other) => rank(one.type) - rank(other.type))
}

function recipients(row: PathwayRow, agencies: readonly Agency[], own: Agency | undefined): readonly Agency[] {
  if (own === undefined) return []
  const pairs = [row, ...(row.also ?? [])].filter(({ from }) => holds(from, own.roles))
  return agencies.filter(
    ({ id, roles, status }) => id !== own.id && status === 'active' && pairs.some(({ to }) => holds(to, roles)),
  )
}
