import type { Body, Form } from '../../sdk/forms/form.ts'
import { pathOf, valueAt, withValue } from '../../sdk/forms/pointer.ts'
import { prune } from '../../sdk/forms/prune.ts'

/** Gives the body that is sent: without what is blank, and with the texts of their own under their headings, in the language of the text that they are added to. */
export function finished(
  form: Form,
  { body, asides }: { readonly body: Body; readonly asides: Readonly<Record<string, string>> },
): Body {
  const screens = form.profile?.types[form.type]?.screens ?? []
  let made = prune(form, body)
  for (const { aside } of screens) {
    const said = aside === undefined ? '' : (asides[aside.id] ?? '').trim()
    if (aside === undefined || said === '') continue
    const at = pathOf(aside.to)
    const before = valueAt(made, at)
    const language = valueAt(made, [...at.slice(0, -1), 'language']) === 'fr' ? 'fr' : 'en'
    const colon = language === 'fr' ? '\u00a0: ' : ': '
    const text = `${aside.heading[language]}${colon}${said}`
    if (typeof before === 'string') made = withValue(made, at, `${before}\n\n${text}`) as Body
  }
  return made
}
