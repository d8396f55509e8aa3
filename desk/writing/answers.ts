/** A body as answers: what is typed or chosen in each field of the form, in order. */
import { isObject } from '../../sdk/shape.ts'
import { type Form, type Body } from '../../sdk/forms/form.ts'
import { choicesAt, type Kind, shapeOf } from '../../sdk/forms/kind.ts'
import type { Path } from '../../sdk/forms/pointer.ts'
import { itemSpot, memberSpot, membersOf, type Spot, spotOf } from '../../sdk/forms/spot.ts'
import { typedOf, type Typing, valueOf } from '../../sdk/forms/typed/values.ts'

/** What stands in one field. */
export type Answer = { readonly at: Path; readonly kind: Kind; readonly typed: string; readonly spot: Spot }

/** Gives the answers of which a body is made. What has no field in the form is left out. */
export function answersOf(form: Form, body: Body, typing: Typing): readonly Answer[] {
  return within(form, body, [], spotOf(form.release, [form.root], body), typing)
}

function within(form: Form, value: unknown, at: Path, spot: Spot, typing: Typing): readonly Answer[] {
  if (value === undefined) return []
  const found = shapeOf(form.release, spot)
  if (found.shape === 'one') return [{ at, kind: found.kind, typed: typedOf(found.kind, value, typing), spot }]
  if (Array.isArray(value))
    return value.flatMap((item: unknown, place) =>
      within(form, item, [...at, String(place)], itemSpot(form.release, spot, item), typing),
    )
  if (!isObject(value)) return []
  return membersOf(spot).flatMap((name) =>
    within(form, value[name], [...at, name], memberSpot(form.release, spot, name, value[name]), typing),
  )
}

/** Gives what an answer stands for: what is chosen by its code, what is typed as it is understood. */
export function answered({ kind, typed, spot }: Omit<Answer, 'at'>, typing: Typing): unknown {
  if (kind !== 'code' && kind !== 'flag') return valueOf(kind, typed, typing)
  return choicesAt(spot).find(({ code }) => code === typed)?.value
}
