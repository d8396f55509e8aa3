import { type Kind, shapeOf } from '../../../sdk/forms/kind.ts'
import { partOf, type Spot, spotAt, wordsAt } from '../../../sdk/forms/spot.ts'
import { pointerOf } from '../../../sdk/forms/pointer.ts'
import { useLanguage } from '../../shell/language.ts'
import { AgencyField, DigestField } from './chosen-field.tsx'
import { CodeField, CodesField } from './choice-field.tsx'
import { idOf, type PlaceProps, useForm } from './context.ts'
import { Fieldset } from './group.tsx'
import { LanguageField } from './language-field.tsx'
import { ListField } from './list-field.tsx'
import { Members, type MembersProps } from './members.tsx'
import { TextsField } from './texts-field.tsx'
import { type FieldProps, TypedField } from './typed-field.tsx'
import { WordsField } from './words-field.tsx'

/** Kinds of which the schema says what is to be written, and not in which form. */
const PLAIN: ReadonlySet<Kind> = new Set(['text', 'long', 'code', 'flag', 'number'])
/** A list so long is named by its standard. */
const LONG = 30
const isLong = (spot: Spot): boolean => (partOf(spot, 'enum')?.length ?? 0) > LONG

/** Whatever a place in the body wants: a field, several, a group or a list, by its schema. */
export function Place({ at, asked, isSaid = false }: PlaceProps) {
  const { open } = useForm()
  const { language } = useLanguage()
  const { form } = open
  const spot = spotAt(form.release, form.root, open.draft().progress.body, at)
  const found = shapeOf(form.release, spot)
  const words = wordsAt(spot)
  const label = (asked?.ask ?? words.title)?.[language] ?? at.at(-1) ?? ''
  // The schema's words for what people do not type are for programmers: the field has its own.
  const isPlain = 'kind' in found && !PLAIN.has(found.kind) ? false : !isLong(spot)
  const hint = (asked?.help ?? (asked?.ask === undefined && isPlain ? words.help : undefined))?.[language]
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

function GroupField({ at, spot, label, hint, isSaid, show }: FieldProps & Pick<MembersProps, 'show'>) {
  const { faults } = useForm()
  return (
    <Fieldset id={idOf(at)} label={label} hint={hint} isSaid={isSaid ?? false} fault={faults.get(pointerOf(at))}>
      <div class="desk-within">
        <Members at={at} spot={spot} show={show} />
      </div>
    </Fieldset>
  )
}
