import type { Text } from '../problem.ts'

/** What is filled in before anybody is asked, at a pointer in which `*` is each new item of a list. */
export type Prefill = { readonly at: string } & (
  | { readonly value: unknown }
  | { readonly fill: Fill }
  /** By the countries of sender and recipient, such as `FR>GB`. */
  | { readonly route: Readonly<Record<string, unknown>> }
)
/** What is known without asking: today, this month, now, a new id, who writes, in which language. */
export type Fill = 'today' | 'month' | 'now' | 'new-id' | 'agency' | 'language'

/** What a tick says of how somebody knows: it sets members of the item. */
export type Grade = { readonly id: string; readonly says: Text; readonly sets: Readonly<Record<string, string>> }
/** A list of codes as ticks in plain words. */
export type Ticks = {
  readonly code: string
  readonly grades: readonly Grade[]
  readonly groups: readonly {
    readonly title: Text
    readonly ticks: readonly { readonly code: string; readonly says: Text }[]
  }[]
}

/** One thing that a screen asks. With `*` in its pointer it is asked once and copied to each item. */
export type Asked = {
  readonly at: string
  readonly ask?: Text
  readonly help?: Text
  /** The members of a group, or of a list's items, that are shown; the others are folded. */
  readonly show?: readonly string[]
  readonly ticks?: Ticks
  /** A telephone number or something else, in one text. */
  readonly phone?: true
}

export type ScreenProfile = {
  readonly id: string
  readonly ask?: Text
  readonly help?: Text
  /** Where to ring before anything is written. */
  readonly banner?: { readonly title: Text; readonly lines: readonly Text[] }
  readonly members: readonly Asked[]
  readonly pictures?: true
  /** A text of its own that is added to another, under its heading. */
  readonly aside?: { readonly id: string; readonly to: string; readonly heading: Text }
}

export type TypeProfile = {
  readonly screens: readonly ScreenProfile[]
  readonly prefill?: readonly Prefill[]
  /** The envelope's priority, by what was answered at a pointer. */
  readonly priority?: { readonly from: string; readonly by: Readonly<Record<string, string>> }
}

/** What makes forms kinder for one kind of user: data in `schemas/profiles/`. */
export type Profile = {
  readonly id: string
  readonly title: Text
  readonly for: {
    readonly kinds: readonly string[]
    readonly country?: string
    readonly roles?: readonly string[]
    /** How ids of such agencies begin (protocol, section 1), where the directory is not at hand. */
    readonly id?: string
  }
  readonly prefill: readonly Prefill[]
  /** Filled in already, and shown folded at the end. */
  readonly folded: readonly string[]
  /** Asked once, kept on the device, and copied into each message. */
  readonly kept: readonly string[]
  readonly types: Readonly<Record<string, TypeProfile>>
}

/** As a profile stands in `schemas/profiles/`: screens, ticks and what is known are named, and shared (`questions.json`). */
export type ProfileFile = Omit<Profile, 'types'> & {
  readonly types: Readonly<
    Record<
      string,
      {
        readonly screens: readonly string[]
        readonly known?: readonly string[]
        readonly prefill?: readonly Prefill[]
        readonly priority?: string
      }
    >
  >
}
type NamedTicks = Omit<Asked, 'ticks'> & { readonly ticks?: string }
export type QuestionsFile = {
  readonly screens: Readonly<
    Record<string, Omit<ScreenProfile, 'id' | 'members'> & { readonly members: readonly NamedTicks[] }>
  >
  readonly ticks: Readonly<Record<string, Ticks>>
  readonly known: Readonly<Record<string, readonly Prefill[]>>
  readonly priorities: Readonly<Record<string, NonNullable<TypeProfile['priority']>>>
}

/** Takes a profile and the questions that it shares with others; gives it whole. Throws a RangeError for a name that leads nowhere. */
export function readProfile(file: ProfileFile, questions: QuestionsFile): Profile {
  const types = Object.entries(file.types).map(([type, { screens, known = [], prefill = [], priority }]) => {
    const made: TypeProfile = {
      screens: screens.map((name) => screenOf(name, questions)),
      prefill: [...prefill, ...known.flatMap((name) => named(questions.known, name))],
      ...(priority !== undefined && { priority: named(questions.priorities, priority) }),
    }
    return [type, made] as const
  })
  return { ...file, types: Object.fromEntries(types) }
}

function screenOf(id: string, questions: QuestionsFile): ScreenProfile {
  const screen = named(questions.screens, id)
  const members = screen.members.map(({ ticks, ...asked }) => ({
    ...asked,
    ...(ticks !== undefined && { ticks: named(questions.ticks, ticks) }),
  }))
  return { ...screen, id, members }
}

function named<Value>(table: Readonly<Record<string, Value>>, name: string): Value {
  const found = table[name]
  if (found === undefined) throw new RangeError(`no question ${name}`)
  return found
}

type Agency = { readonly kind: string; readonly country: string; readonly roles: readonly string[] }

/** Gives the first profile that is for an agency, undefined where none is: then forms are made of the schemas alone. */
export function profileFor(profiles: readonly Profile[], agency: Agency): Profile | undefined {
  return profiles.find(
    ({ for: { kinds, country, roles } }) =>
      kinds.includes(agency.kind) &&
      (country === undefined || country === agency.country) &&
      (roles === undefined || roles.some((role) => agency.roles.includes(role))),
  )
}

/** Gives the profile by which somebody writes a type who is known by an id alone: the one for such ids, else the first of that country that writes it. */
export function profileById(profiles: readonly Profile[], agency: string, type: string): Profile | undefined {
  const writes = profiles.filter(({ types }) => Object.hasOwn(types, type))
  const country = agency.slice(0, 2).toUpperCase()
  return (
    writes.find(({ for: { id } }) => id !== undefined && agency.startsWith(id)) ??
    writes.find((one) => one.for.id === undefined && (one.for.country ?? country) === country)
  )
}
