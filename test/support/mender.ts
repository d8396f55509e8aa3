import type { Json, JsonObject } from '../../gateway/protocol/json.ts'
import type { Fault, Language } from '../../gateway/protocol/problems.ts'

/** What somebody has at hand who mends a message: the published examples of its type, and the lists by their addresses. */
export type AtHand = {
  readonly examples: readonly Json[]
  readonly read: (address: string) => Json
}

/** A fault's words, in each language, and what they tell to do with the value at its pointer; undefined takes it away. */
type Rule = {
  readonly en: RegExp
  readonly fr: RegExp
  readonly apply: (
    value: Json,
    said: readonly string[],
    at: { readonly pointer: string; readonly hand: AtHand },
  ) => Json
}

const rules: readonly Rule[] = [
  { en: /nearest: ([^,]+)/, fr: /au plus près\u00a0: ([^,]+)/, apply: (_, [code = '']) => code },
  {
    en: /codes of the list: [^(,]+ \((\/schemas\/.+\.schema\.json)\)/,
    fr: /codes de la liste\u00a0: [^(,]+ \((\/schemas\/.+\.schema\.json)\)/,
    apply: (_, [address = ''], { hand }) => ((hand.read(address) as JsonObject)['enum'] as readonly Json[])[0] ?? null,
  },
  {
    en: /^must be one of the (?:codes|types|media types)[^:]*: ([^,;]+)/,
    fr: /^doit être l’un des (?:codes|types)[^:]*\u00a0: ([^,;]+)/,
    apply: (_, [code = '']) => readCode(code),
  },
  { en: /^must be immediate, (urgent)/, fr: /^doit être immediate, (urgent)/, apply: (_, [code = '']) => code },
  {
    en: /(?:for example|for instance|such as) ([^\s,;)]+)/,
    fr: /(?:par exemple|telle que) ([^\s,;)]+)/,
    apply: (_, [example = '']) => example,
  },
  { en: /e\.g\. ([^\s,;)]+)/, fr: /p\. ex\. ([^\s,;)]+)/, apply: (_, [example = '']) => example },
  { en: /^must have the member "?([\w#]+)"?/, fr: /^doit comporter le membre "?([\w#]+)"?/, apply: give },
  { en: /\(give "(\w+)"/, fr: /\(donnez "(\w+)"/, apply: give },
  {
    en: /\(leave out (.+)\)$/,
    fr: /\(omettez (.+)\)$/,
    apply: (value, [names = '']) => without(value, namesIn(names)),
  },
  {
    en: /\(include "(.+)"\)$/,
    fr: /\(incluez "(.+)"\)$/,
    apply: (value, [code = '']) => [...(value as readonly Json[]), code],
  },
  {
    en: /(?:members? but those of the schema|it may have): (.+?)(?: \(|$)/,
    fr: /(?:membres du schéma|sont admis)\u00a0: (.+?)(?: \(|$)/,
    apply: (value, [names = '']) => only(value, names.split(', ')),
  },
  { en: /^must be "(.+)"/, fr: /^doit être "(.+)"/, apply: (_, [code = '']) => code },
  { en: /^must not be empty or blank/, fr: /^ne doit être ni vide/, apply: () => 'Synthetic' },
  { en: /^must be a text/, fr: /^doit être un texte/, apply: fromExamples },
  { en: /^must be a whole number/, fr: /^doit être un nombre entier/, apply: fromExamples },
  { en: /^must be true or false/, fr: /^doit être true \(vrai\) ou false/, apply: () => true },
  { en: /^must be a list/, fr: /^doit être une liste/, apply: (value) => [value] },
  { en: /^must be an object/, fr: /^doit être un objet/, apply: fromExamples },
  {
    en: /^must have at most (\d+) characters?/,
    fr: /^doit compter au plus (\d+) caractères?/,
    apply: (value, [most = '']) => textOf(value).slice(0, Number(most)),
  },
  {
    en: /^must have at least (\d+) characters?/,
    fr: /^doit compter au moins (\d+) caractères?/,
    apply: (value, [least = '']) => textOf(value).padEnd(Number(least), 'x'),
  },
  {
    en: /(?:^must have|of) at most (\d+) (?:items?|attachments)/,
    fr: /(?:^doit compter|d’)\s?au plus (\d+) (?:éléments?|pièces jointes)/,
    apply: (value, [most = '']) => (Array.isArray(value) ? value.slice(0, Number(most)) : []),
  },
  { en: /^must have at least (\d+) items?/, fr: /^doit compter au moins (\d+) éléments?/, apply: fromExamples },
  { en: /^must not give the same item twice/, fr: /^ne doit pas donner deux fois/, apply: (value) => distinct(value) },
  { en: /^must be (-?\d+) or more/, fr: /^doit être (-?\d+) ou plus/, apply: (_, [least = '']) => Number(least) },
  { en: /^must be (-?\d+) or less/, fr: /^doit être (-?\d+) ou moins/, apply: (_, [most = '']) => Number(most) },
  {
    en: /^must be a whole number of bytes from (\d+)/,
    fr: /^doit être un nombre entier d’octets de (\d+)/,
    apply: (_, [least = '']) => Number(least),
  },
  {
    en: /^must be a file name of 1 to 255 characters without/,
    fr: /^doit être un nom de fichier de 1 à 255 caractères, sans/,
    apply: (value) => textOf(value).replaceAll(/[^\w.-]/g, ''),
  },
  { en: /^must be a text of 1 to 500/, fr: /^doit être un texte de 1 à 500/, apply: () => 'Synthetic' },
]

/**
 * Mends a message by following what a fault says, in one language, and nothing else: no rule of any schema is known here. Where a
 * fault wants a member it is written as the published examples have it. Throws where the words tell nothing to do.
 */
export function mend(
  message: Json,
  { pointer, message: en, messageFr }: Fault,
  language: Language,
  hand: AtHand,
): Json {
  const words = language === 'fr' ? messageFr : en
  for (const rule of rules) {
    const said = rule[language].exec(words)
    if (said !== null) return changeAt(message, pointer, (value) => rule.apply(value, said.slice(1), { pointer, hand }))
  }
  throw new Error(`nobody could know what to do: ${pointer} ${words}`)
}

function changeAt(value: Json, pointer: string, change: (value: Json) => Json): Json {
  const [, name, ...rest] = pointer.split('/')
  if (name === undefined) return change(value)
  const further = rest.length === 0 ? '' : `/${rest.join('/')}`
  if (Array.isArray(value))
    return (value as readonly Json[]).with(
      Number(name),
      changeAt((value as readonly Json[])[Number(name)] ?? null, further, change),
    )
  return { ...(value as JsonObject), [name]: changeAt((value as JsonObject)[name] ?? null, further, change) }
}

function give(value: Json, [name = '']: readonly string[], { pointer, hand }: { pointer: string; hand: AtHand }): Json {
  return { ...(value as JsonObject), [name]: exampleOf(`${pointer}/${name}`, hand) }
}

function fromExamples(_: Json, __: readonly string[], { pointer, hand }: { pointer: string; hand: AtHand }): Json {
  return exampleOf(pointer, hand)
}

/** What stands at a place in an example of the type, or under the same name anywhere in one. */
function exampleOf(pointer: string, { examples }: AtHand): Json {
  const names = pointer.split('/').slice(1)
  for (const example of examples) {
    const found = names.reduce<Json | undefined>(
      (held, name) => (held as JsonObject | undefined)?.[/^\d+$/.test(name) ? '0' : name],
      example,
    )
    if (found !== undefined && !(Array.isArray(found) && found.length === 0)) return found
  }
  for (const example of examples) {
    const found = named(example, names.at(-1) ?? '')
    if (found !== undefined) return found
  }
  throw new Error(`no example has ${pointer}`)
}

function named(value: Json, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, held] of Object.entries<Json>(value)) {
    const found = key === name ? held : named(held, name)
    if (found !== undefined) return found
  }
  return undefined
}

const textOf = (value: Json): string => (typeof value === 'string' ? value : '')
const namesIn = (text: string): readonly string[] => [...text.matchAll(/"(\w+)"/g)].map(([, name = '']) => name)
const without = (value: Json, names: readonly string[]): Json =>
  Object.fromEntries(Object.entries(value as JsonObject).filter(([name]) => !names.includes(name)))
const only = (value: Json, names: readonly string[]): Json =>
  Object.fromEntries(Object.entries(value as JsonObject).filter(([name]) => names.includes(name)))
const distinct = (value: Json): Json => [
  ...new Map((value as readonly Json[]).map((item) => [JSON.stringify(item), item])).values(),
]
const readCode = (code: string): Json => (code === 'true' || code === 'false' ? code === 'true' : code)
