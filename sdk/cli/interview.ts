/** Asks a person for a message: what its schema requires, code lists with their meanings, until it is valid. */
import type { Fault, Text } from '../problem.ts'
import { isObject } from '../shape.ts'
import { type Placed, type Release, resolve, type Schema } from '../validate/schema.ts'
import { judge } from '../validate/judge.ts'
import { titleOf } from '../validate/words.ts'
import { CommandFault, exits } from './exit.ts'
import type { Terminal } from './terminal.ts'

type Ask = (question: string) => Promise<string>
type Interview = { readonly release: Release; readonly terminal: Terminal; readonly ask: Ask }
type Answers = Record<string, unknown>

/** A list that is longer is not shown as numbers: its codes are typed. */
const MOST_CHOICES = 80
/** Somebody who answers wrongly so often has gone, or a script answers. */
const MOST_TRIES = 50

const YES = /^(?:y|yes|o|oui)$/i

const words = {
  number: { en: 'number', fr: 'numéro' },
  code: { en: 'code', fr: 'code' },
  yes: { en: 'yes/no', fr: 'oui/non' },
  more: { en: 'another one? (yes/no)', fr: 'un autre\u202f? (oui/non)' },
  enough: { en: 'These answers lead to no valid message.', fr: 'Ces réponses ne donnent pas de message valide.' },
} as const satisfies Record<string, Text>

/** Takes a type's schema; gives a body that it accepts. */
export async function interview(release: Release, file: string, terminal: Terminal, ask: Ask): Promise<object> {
  const placed = { schema: release[file] ?? {}, file }
  const session = { release, terminal, ask }
  const body = (await askFor(session, placed, '')) as Answers
  for (let tries = 0; ; tries += 1) {
    const [fault] = judge(release, placed, body, '')
    if (fault === undefined) return body
    if (tries === MOST_TRIES) throw new CommandFault(exits.invalid, words.enough)
    await mend(session, placed, body, fault)
  }
}

/** Asks again for what is wrong: the member that a rule misses, or the value that it does not take. */
async function mend(session: Interview, root: Placed, body: Answers, fault: Fault): Promise<void> {
  const { terminal } = session
  const said = terminal.language === 'fr' ? fault.messageFr : fault.message
  terminal.note(terminal.paint.warn(`${fault.pointer}  ${said}`))
  const path = fault.pointer.split('/').slice(1)
  const missing = fault.keyword === 'required' ? /"(.+?)"/.exec(fault.message)?.[1] : undefined
  const holder = lookUp(session.release, root, body, path)
  if (missing !== undefined) return fill(session, holder.placed, holder.value as Answers, missing)
  const choices = (holder.placed.schema.allOf ?? []).flatMap(
    ({ anyOf }) => anyOf?.map(({ required = [] }) => required[0]) ?? [],
  )
  const names = [...new Set(choices.filter((name) => name !== undefined))]
  if (fault.keyword === 'anyOf' && names.length > 0) {
    const titles = names.map((name) => ({ code: name, text: titleAt(session.release, holder.placed, name) }))
    return fill(session, holder.placed, holder.value as Answers, await choose(session, titles))
  }
  const name = path.at(-1)
  const above = lookUp(session.release, root, body, path.slice(0, -1))
  if (name !== undefined && isAnswers(above.value)) await fill(session, above.placed, above.value, name)
  else if (name !== undefined && Array.isArray(above.value))
    above.value[Number(name)] = await askFor(
      session,
      follow(session.release, { schema: above.placed.schema.items ?? {}, file: above.placed.file }),
      name,
    )
}

async function fill(session: Interview, placed: Placed, holder: Answers, name: string): Promise<void> {
  const member = { schema: placed.schema.properties?.[name] ?? {}, file: placed.file }
  holder[name] = await askFor(session, member, name)
}

function lookUp(
  release: Release,
  root: Placed,
  body: unknown,
  path: readonly string[],
): { placed: Placed; value: unknown } {
  let placed = follow(release, root)
  let value = body
  for (const name of path) {
    const schema = Array.isArray(value) ? placed.schema.items : placed.schema.properties?.[name]
    placed = follow(release, { schema: schema ?? {}, file: placed.file })
    value = Array.isArray(value) ? value[Number(name)] : isObject(value) ? value[name] : undefined
  }
  return { placed, value }
}

async function askFor(session: Interview, member: Placed, name: string): Promise<unknown> {
  const { terminal, release } = session
  const placed = follow(release, member)
  const { schema } = placed
  const title = titleOf(member.schema) ?? titleOf(schema) ?? { en: name, fr: name }
  if (schema.type === 'object') {
    if (name !== '') terminal.note(terminal.paint.strong(terminal.of(title)))
    const made: Answers = {}
    for (const each of schema.required ?? []) await fill(session, placed, made, each)
    return made
  }
  if (schema.type === 'array') return askForItems(session, placed, title)
  if (schema.const !== undefined) return schema.const
  explain(session, member.schema, schema, title)
  if (schema.enum !== undefined) return askForCode(session, schema)
  if (schema.type === 'boolean')
    return YES.test(await session.ask(`${terminal.of(title)}, ${terminal.of(words.yes)}> `))
  const typed = (await session.ask(`${terminal.of(title)}> `)).trim()
  return schema.type === 'integer' ? Number(typed) : typed
}

async function askForItems(session: Interview, placed: Placed, title: Text): Promise<readonly unknown[]> {
  const { terminal } = session
  const item = { schema: placed.schema.items ?? {}, file: placed.file }
  const items: unknown[] = []
  terminal.note(terminal.paint.strong(terminal.of(title)))
  do items.push(await askFor(session, item, terminal.of(title)))
  while (
    items.length < (placed.schema.maxItems ?? Infinity) &&
    YES.test(await session.ask(`${terminal.of(words.more)} `))
  )
  return items
}

async function askForCode(
  session: Interview,
  { enum: codes = [], 'x-enumTitles': titles = {} }: Schema,
): Promise<unknown> {
  const choices = codes.map((value) => {
    const code = typeof value === 'string' ? value : JSON.stringify(value)
    return { value, code, text: titles[code] ?? { en: code, fr: code } }
  })
  const chosen =
    choices.length > MOST_CHOICES
      ? await session.ask(`${session.terminal.of(words.code)}> `)
      : await choose(session, choices)
  return choices.find(({ code }) => code === chosen)?.value ?? chosen
}

/** By its number, or typed. */
async function choose({ terminal, ask }: Interview, choices: readonly { code: string; text: Text }[]): Promise<string> {
  for (const [at, { code, text }] of choices.entries())
    terminal.note(`  ${String(at + 1).padStart(2)}  ${terminal.of(text)} ${terminal.paint.faint(code)}`)
  const typed = (await ask(`${terminal.of(words.number)}> `)).trim()
  return choices[Number(typed) - 1]?.code ?? typed
}

function explain({ terminal }: Interview, member: Schema, schema: Schema, title: Text): void {
  const { description, 'x-descriptionFr': descriptionFr } = member.description === undefined ? schema : member
  const more =
    description === undefined
      ? ''
      : terminal.paint.faint(` (${terminal.of({ en: description, fr: descriptionFr ?? description })})`)
  terminal.note(`${terminal.paint.strong(terminal.of(title))}${more}`)
}

const isAnswers = (value: unknown): value is Answers => isObject(value)

function titleAt(release: Release, placed: Placed, name: string): Text {
  const member = placed.schema.properties?.[name] ?? {}
  return (
    titleOf(member) ?? titleOf(follow(release, { schema: member, file: placed.file }).schema) ?? { en: name, fr: name }
  )
}

function follow(release: Release, placed: Placed): Placed {
  const { $ref } = placed.schema
  return $ref === undefined ? placed : follow(release, resolve(release, $ref, placed.file))
}
