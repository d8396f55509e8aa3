/** The order in which a message is asked for: by the profile, then whatever of the schema it has not asked. */
import type { Text } from '../problem.ts'
import { isObject } from '../shape.ts'
import type { FormFault } from './faults.ts'
import type { Body, Form } from './form.ts'
import { shapeOf } from './kind.ts'
import { type Path, pathOf, pointerOf, templateOf, valueAt } from './pointer.ts'
import type { Asked, ScreenProfile } from './profile.ts'
import { choicesOf, memberSpot, membersOf, requiredOf, type Spot, spotAt, spotOf, wordsAt } from './spot.ts'

/** One screen. `main` are asked in order, `more` may be said, `folded` are filled in already. */
export type Screen = Omit<ScreenProfile, 'ask' | 'members'> & {
  readonly line: 'main' | 'more' | 'folded'
  readonly ask: Text
  readonly members: readonly Asked[]
}

const MORE: Text = { en: 'more', fr: 'compléments' }

/** Gives the screens of a form, each member of its schema on one of them, by what stands in the body now. */
export function screensOf(form: Form, body: Body): readonly Screen[] {
  const root = spotOf(form.release, [form.root], body)
  const given = form.profile?.types[form.type]?.screens ?? []
  const folded = form.profile?.folded ?? []
  const asked = given
    .map((screen) => fromProfile(form, body, screen))
    .filter(({ members, banner, pictures, aside }) => members.length > 0 || banner || pictures || aside)
  const pointers = asked.flatMap(({ members }) => members.map(({ at }) => at))
  const required = requiredOf(root)
  const choices = new Set(choicesOf(root).flatMap(({ names }) => names))
  const rest = membersOf(root).flatMap((name): readonly Screen[] => {
    const spot = memberSpot(form.release, root, name, body[name])
    const left = leftOf(form, body[name], spot, [name], pointers)
    if (left.length === 0) return []
    const { title, help } = wordsAt(spot)
    const ask = title ?? { en: name, fr: name }
    const isWhole = left.length === 1 && left[0] === `/${name}`
    const isFirst = isWhole && (required.has(name) || choices.has(name))
    const line = folded.includes(`/${name}`) ? 'folded' : isFirst ? 'main' : 'more'
    return [
      {
        id: isWhole ? name : `${name}-more`,
        line,
        ask: isWhole ? ask : { en: `${ask.en}: ${MORE.en}`, fr: `${ask.fr}\u00a0: ${MORE.fr}` },
        ...(isWhole && help !== undefined && { help }),
        members: left.map((at) => ({ at })),
      },
    ]
  })
  return [...asked, ...(['main', 'more', 'folded'] as const).flatMap((line) => rest.filter((one) => one.line === line))]
}

function fromProfile(form: Form, body: Body, screen: ScreenProfile): Screen {
  const members = screen.members.filter((member) => isThere(form, body, pathOf(member.at)))
  const [first] = members
  const spot = first === undefined ? [] : spotAt(form.release, form.root, body, pathOf(first.at))
  const { title = { en: form.type, fr: form.type }, help } = wordsAt(spot)
  const { ask = first?.ask ?? title } = screen
  return {
    ...screen,
    ...(screen.ask === undefined && help !== undefined && { help }),
    line: 'main',
    ask,
    members,
  }
}

/** Whether the schema has it, no rule has taken it away and, of what is asked once for all items, there is one. */
function isThere(form: Form, body: Body, path: Path): boolean {
  if (path.includes('*') && valueAt(body, path.slice(0, path.indexOf('*') + 1)) === undefined) return false
  const above = spotAt(form.release, form.root, body, path.slice(0, -1))
  const name = path.at(-1) ?? ''
  return name === '*' || membersOf(above).includes(name)
}

/** The members under a place that no pointer asks for: the place itself where none leads into it. */
function leftOf(form: Form, value: unknown, spot: Spot, path: Path, asked: readonly string[]): readonly string[] {
  const pointer = templateOf(path)
  if (asked.includes(pointer)) return []
  if (!asked.some((one) => one.startsWith(`${pointer}/`))) return [pointerOf(path)]
  const { shape } = shapeOf(form.release, spot)
  // Of a list of which something is asked once, the list itself is asked elsewhere.
  if (shape !== 'group') return [pointerOf(path)]
  return membersOf(spot).flatMap((name) => {
    const held = isObject(value) ? value[name] : undefined
    return leftOf(form, held, memberSpot(form.release, spot, name, held), [...path, name], asked)
  })
}

/** Gives the screen that asks for a place, or for what holds it. */
export function screenFor(screens: readonly Screen[], path: Path): Screen | undefined {
  const template = templateOf(path)
  const length = ({ members }: Screen): number =>
    Math.max(-1, ...members.map(({ at }) => (`${template}/`.startsWith(`${at}/`) ? at.length : -1)))
  const best = screens.reduce<Screen | undefined>(
    (found, one) => (length(one) > (found === undefined ? -1 : length(found)) ? one : found),
    undefined,
  )
  return best ?? screens.find(({ members }) => members.some(({ at }) => at.startsWith(`${template}/`)))
}

/** Gives where a fault is mended: on the way where it can be, else on a screen that may be said. */
export function mendedAt(
  screens: readonly Screen[],
  { at, also = [] }: FormFault,
): { readonly screen: Screen; readonly at: Path } | undefined {
  const found = [at, ...also].flatMap((path) => {
    const screen = screenFor(screens, path)
    // Of a group of which the members alone are asked, the first of them is the place.
    const under =
      screen?.members.find(({ at: asked }) => asked.startsWith(`${templateOf(path)}/`)) ??
      // What is asked once is mended once.
      screen?.members.find(({ at: asked }) => asked.includes('*') && asked === templateOf(path))
    return screen === undefined ? [] : [{ screen, at: under === undefined ? path : pathOf(under.at) }]
  })
  return found.find(({ screen }) => screen.line === 'main') ?? found[0]
}
