import type { Path } from '../../../sdk/forms/pointer.ts'
import { shapeOf } from '../../../sdk/forms/kind.ts'
import type { Asked } from '../../../sdk/forms/profile.ts'
import { choicesOf, membersOf, requiredOf, type Spot, spotAt, wordsAt } from '../../../sdk/forms/spot.ts'
import { pointerOf } from '../../../sdk/forms/pointer.ts'
import { useLanguage } from '../../shell/language.ts'
import { writing } from '../../words/writing.ts'
import { AgencyField, DigestField } from './chosen-field.tsx'
import { CodeField, CodesField } from './choice-field.tsx'
import { idOf, useForm } from './context.ts'
import { Fieldset, Folded } from './group.tsx'
import { LanguageField } from './language-field.tsx'
import { ListField } from './list-field.tsx'
import { TextsField } from './texts-field.tsx'
import { TypedField } from './typed-field.tsx'
import { WordsField } from './words-field.tsx'

export type PlaceProps = {
  readonly at: Path
  /** What the profile says of it: words, and which members are shown. */
  readonly asked?: Omit<Asked, 'at'> | undefined
  readonly isSaid?: boolean
}

/** Whatever a place in the body wants: a field, several, a group or a list, by its schema. */
export function Place({ at, asked, isSaid = false }: PlaceProps) {
  const { open } = useForm()
  const { language } = useLanguage()
  const { form } = open
  const spot = spotAt(form.release, form.root, open.draft().progress.body, at)
  const found = shapeOf(form.release, spot)
  const words = wordsAt(spot)
  const label = (asked?.ask ?? words.title)?.[language] ?? at.at(-1) ?? ''
  const hint = (asked?.help ?? (asked?.ask === undefined ? words.help : undefined))?.[language]
  const props = { at, spot, label, hint, isSaid }

  if (found.shape === 'words') return <WordsField {...props} />
  if (found.shape === 'list') return <ListField {...props} asked={asked} />
  if (found.shape === 'group') return <GroupField {...props} show={asked?.show} />
  const { kind } = found
  const isMany = found.shape === 'many'
  if (kind === 'language') return <LanguageField {...props} isMany={isMany} />
  if (kind === 'digest') return <DigestField {...props} isMany={isMany} />
  if (kind === 'code' || kind === 'flag') return isMany ? <CodesField {...props} /> : <CodeField {...props} />
  if (isMany) return <TextsField {...props} kind={kind} />
  if (kind === 'agency') return <AgencyField {...props} />
  return <TypedField {...props} kind={kind} />
}

type GroupProps = {
  readonly at: Path
  readonly spot: Spot
  readonly label: string
  readonly hint?: string | undefined
  readonly isSaid?: boolean
  readonly show?: readonly string[] | undefined
}

/** The members of a group: those that the profile shows, else those that are required, or of which one is; the others folded. */
export function Members({ at, spot, show }: Pick<GroupProps, 'at' | 'spot' | 'show'>) {
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

function GroupField({ at, spot, label, hint, isSaid, show }: GroupProps) {
  const { faults } = useForm()
  return (
    <Fieldset id={idOf(at)} label={label} hint={hint} isSaid={isSaid ?? false} fault={faults.get(pointerOf(at))}>
      <div class="desk-within">
        <Members at={at} spot={spot} show={show} />
      </div>
    </Fieldset>
  )
}
