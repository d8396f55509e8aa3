import type { Path } from '../../../sdk/forms/pointer.ts'
import { choicesOf, membersOf, requiredOf, type Spot } from '../../../sdk/forms/spot.ts'
import { useLanguage } from '../../shell/language.ts'
import { writing } from '../../words/writing.ts'
import { useForm } from './context.ts'
import { Folded } from './group.tsx'

export type MembersProps = {
  readonly at: Path
  readonly spot: Spot
  /** What the profile shows. */
  readonly show?: readonly string[] | undefined
}

/** The members of a group: those that the profile shows, else those that are required, or of which one is; the others folded. */
export function Members({ at, spot, show }: MembersProps) {
  const { Place } = useForm()
  const say = useLanguage().words(writing)
  const all = membersOf(spot)
  const wanted = new Set([...requiredOf(spot), ...choicesOf(spot).flatMap(({ names }) => names)])
  const shown = show === undefined ? all.filter((name) => wanted.has(name)) : show.filter((name) => all.includes(name))
  // Of a group in which nothing is required, all may be said.
  const first = shown.length === 0 ? all : shown
  const rest = all.filter((name) => !first.includes(name))
  return (
    <>
      {first.map((name) => (
        <Place key={name} at={[...at, name]} />
      ))}
      {rest.length > 0 && (
        <Folded label={say.more}>
          {rest.map((name) => (
            <Place key={name} at={[...at, name]} />
          ))}
        </Folded>
      )}
    </>
  )
}
