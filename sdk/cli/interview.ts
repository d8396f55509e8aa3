/** Asks a person for a message: in the order and the words of a profile where there is one, code lists with their meanings, until it is valid. */
import { faultsOf, type FormFault } from '../forms/faults.ts'
import { begun, type Body, type Form, set, startBody, withItem, type Writing } from '../forms/form.ts'
import { choicesAt, type Kind, shapeOf } from '../forms/kind.ts'
import { type Path, pathOf, valueAt } from '../forms/pointer.ts'
import type { Asked, Grade, Ticks } from '../forms/profile.ts'
import { prune } from '../forms/prune.ts'
import { type Screen, screensOf } from '../forms/screens.ts'
import { memberSpot, partOf, requiredOf, type Spot, spotAt, wordsAt } from '../forms/spot.ts'
import type { Text } from '../problem.ts'
import { scriptOf } from '../forms/typed/script.ts'
import { valueOf } from '../forms/typed/values.ts'
import { CommandFault, exits } from './exit.ts'
import type { Terminal } from './terminal.ts'

type Ask = (question: string) => Promise<string>
type Interview = {
  readonly form: Form
  readonly writing: Writing
  readonly terminal: Terminal
  readonly ask: Ask
  body: Body
}

/** A list that is longer is not shown as numbers: its codes are typed. */
const MOST_CHOICES = 80
/** Somebody who answers wrongly so often has gone, or a script answers. */
const MOST_TRIES = 50

const YES = /^(?:y|yes|o|oui)$/i

const words = {
  number: { en: 'number', fr: 'numéro' },
  code: { en: 'code', fr: 'code' },
  one: { en: 'one? (yes/no)', fr: 'un\u202f? (oui/non)' },
  more: { en: 'another one? (yes/no)', fr: 'un autre\u202f? (oui/non)' },
  skip: { en: 'Enter: not now', fr: 'Entrée\u00a0: pas maintenant' },
  how: { en: 'How do you know?', fr: 'Comment le savez-vous\u202f?' },
  enough: { en: 'These answers lead to no valid message.', fr: 'Ces réponses ne donnent pas de message valide.' },
} as const satisfies Record<string, Text>

/** Takes a type's form, who writes to whom and who answers; gives a body that its schema accepts. Throws a CommandFault where no answers lead to one. */
export async function interview(form: Form, writing: Writing, terminal: Terminal, ask: Ask): Promise<Body> {
  const session: Interview = { form, writing, terminal, ask, body: startBody(form, writing) }
  // What is asked next depends on what was answered.
  for (let at = 0; ; at += 1) {
    const screen = screensOf(form, session.body)[at]
    if (screen === undefined || screen.line !== 'main') break
    if (screen.members.length > 0) await askScreen(session, screen)
  }
  for (let tries = 0; ; tries += 1) {
    const body = prune(form, session.body)
    const [fault] = faultsOf(form, body)
    if (fault === undefined) return body
    if (tries === MOST_TRIES) throw new CommandFault(exits.invalid, words.enough)
    session.body = body
    await mend(session, fault)
  }
}

async function askScreen(session: Interview, { ask: title, banner, members }: Screen): Promise<void> {
  const { terminal } = session
  for (const text of banner === undefined ? [] : [banner.title, ...banner.lines])
    terminal.note(terminal.paint.warn(terminal.of(text)))
  terminal.note(terminal.paint.strong(terminal.of(title)))
  for (const asked of members) await askMember(session, asked)
}

async function mend(session: Interview, { at, text, keyword }: FormFault): Promise<void> {
  const { terminal, form } = session
  terminal.note(terminal.paint.warn(`/${at.join('/')}  ${terminal.of(text)}`))
  const isRequired =
    isWanted(session, at) || valueAt(session.body, at) === undefined || Number.isInteger(Number(at.at(-1)))
  const { shape } = shapeOf(form.release, spotAt(form.release, form.root, session.body, at))
  if (shape === 'list' && keyword === 'required')
    return void (session.body = begun(form, session.body, at, session.writing))
  if (shape === 'list') return askList(session, at, undefined, true)
  // Of what need not be said, nothing may be said instead.
  if (shape === 'one' || shape === 'many') session.body = set(form, session.body, at, undefined, session.writing)
  await askPlace(session, at, undefined, isRequired)
}

async function askMember(session: Interview, asked: Asked): Promise<void> {
  const at = pathOf(asked.at)
  const spot = spotAt(session.form.release, session.form.root, session.body, at)
  const once = at.indexOf('*')
  if (once >= 0) {
    const items = valueAt(session.body, at.slice(0, once))
    if (!Array.isArray(items) || items.length === 0) return
    explain(session, spot, asked)
    put(session, at, await askCode(session, spot, false))
    return
  }
  if (asked.ticks !== undefined) return askTicks(session, at, asked.ticks)
  if (shapeOf(session.form.release, spot).shape === 'list') return askList(session, at, asked)
  if (valueAt(session.body, at) === undefined || shapeOf(session.form.release, spot).shape !== 'one')
    await askPlace(session, at, asked, isWanted(session, at))
}

function isWanted({ form, body }: Interview, at: Path): boolean {
  return requiredOf(spotAt(form.release, form.root, body, at.slice(0, -1))).has(at.at(-1) ?? '')
}

function put(session: Interview, at: Path, value: unknown): void {
  if (value !== undefined) session.body = set(session.form, session.body, at, value, session.writing)
}

/** Whatever stands at one place but a list of groups. */
async function askPlace(session: Interview, at: Path, asked: Asked | undefined, isRequired: boolean): Promise<void> {
  const { form, terminal } = session
  const spot = spotAt(form.release, form.root, session.body, at)
  const found = shapeOf(form.release, spot)
  if (found.shape === 'list') return askList(session, at, asked, isRequired && (partOf(spot, 'minItems') ?? 0) > 0)
  if (found.shape === 'words') {
    explain(session, spot, asked)
    const typed = await say(session, spot, asked, isRequired)
    if (typed !== '') put(session, [...at, 'text'], typed)
    return
  }
  if (found.shape === 'group') {
    const wanted = requiredOf(spot)
    const names = [...wanted, ...(asked?.show ?? []).filter((name) => !wanted.has(name))]
    if (!isRequired) {
      explain(session, spot, asked)
      if (!(await saysYes(session, words.one))) return
    }
    session.body = begun(form, session.body, at, session.writing)
    for (const name of names)
      if (
        valueAt(session.body, [...at, name]) === undefined ||
        shapeOf(form.release, memberSpot(form.release, spot, name, undefined)).shape !== 'one'
      )
        await askPlace(
          session,
          [...at, name],
          undefined,
          wanted.has(name) && valueAt(session.body, [...at, name]) === undefined,
        )
    return
  }
  if (partOf(spot, 'const') !== undefined) return put(session, at, partOf(spot, 'const'))
  explain(session, spot, asked)
  if (found.shape === 'one') return put(session, at, await askOne(session, spot, asked, found.kind, isRequired, at))
  const items: unknown[] = []
  do
    items.push(await askOne(session, spot.length === 0 ? spot : itemOf(session, at), asked, found.kind, isRequired, at))
  while (
    items.at(-1) !== undefined &&
    items.length < (partOf(spot, 'maxItems') ?? Infinity) &&
    YES.test(await session.ask(`${terminal.of(words.more)} `))
  )
  const given = items.filter((item) => item !== undefined)
  if (given.length > 0) put(session, at, given)
}

const itemOf = ({ form, body }: Interview, at: Path): Spot => spotAt(form.release, form.root, body, [...at, '*'])

async function askOne(
  session: Interview,
  spot: Spot,
  asked: Asked | undefined,
  kind: Kind,
  isRequired: boolean,
  at: Path,
): Promise<unknown> {
  if (kind === 'code') return askCode(session, spot, isRequired)
  // The writing of a name is seen in it.
  if (kind === 'script') return scriptOf(String(valueAt(session.body, [...at.slice(0, -1), 'full'])))
  if (kind === 'flag')
    return YES.test(
      await session.ask(`${title(session, spot, asked)}, ${session.terminal.of({ en: 'yes/no', fr: 'oui/non' })}> `),
    )
  const typed = await say(session, spot, asked, isRequired)
  if (typed === '') return undefined
  // What is not understood is told as a fault, in the validator's words.
  return valueOf(kind, typed, { now: session.writing.now, countries: [] }) ?? typed
}

/** A list of groups, one after the other. */
async function askList(session: Interview, at: Path, asked: Asked | undefined, isLeast = false): Promise<void> {
  const { form } = session
  explain(session, spotAt(form.release, form.root, session.body, at), asked)
  let isOneMore = isLeast || (await saysYes(session, words.one))
  while (isOneMore) {
    session.body = withItem(form, session.body, at, session.writing)
    const items = valueAt(session.body, at)
    const place = [...at, String(Array.isArray(items) ? items.length - 1 : 0)]
    await askPlace(session, place, { at: '', ...(asked?.show !== undefined && { show: asked.show }) }, true)
    isOneMore = await saysYes(session, words.more)
  }
}

async function saysYes({ ask, terminal }: Interview, question: Text): Promise<boolean> {
  return YES.test(await ask(`${terminal.of(question)} `))
}

/** What happened, in plain words, and how somebody knows. */
async function askTicks(session: Interview, at: Path, { code, grades, groups }: Ticks): Promise<void> {
  const { terminal, form } = session
  const ticks = groups.flatMap((group) => group.ticks)
  let question: Text = words.one
  while (await saysYes(session, question)) {
    const chosen = await choose(
      session,
      ticks.map(({ code, says }) => ({ code, text: says })),
    )
    terminal.note(terminal.of(words.how))
    const how = await choose(
      session,
      grades.map(({ id, says }) => ({ code: id, text: says })),
    )
    const grade: Grade | undefined = grades.find(({ id }) => id === how)
    session.body = withItem(form, session.body, at, session.writing)
    const items = valueAt(session.body, at)
    const place = [...at, String(Array.isArray(items) ? items.length - 1 : 0)]
    for (const [name, value] of Object.entries({ ...grade?.sets, [code]: chosen }))
      put(session, [...place, name], value)
    question = words.more
  }
}

async function askCode(session: Interview, spot: Spot, isRequired: boolean): Promise<unknown> {
  const choices = choicesAt(spot)
  const chosen =
    choices.length > MOST_CHOICES
      ? await session.ask(`${session.terminal.of(words.code)}> `)
      : await choose(session, choices)
  if (chosen.trim() === '' && !isRequired) return undefined
  return choices.find(({ code }) => code === chosen.trim())?.value ?? chosen
}

/** By its number, or typed. */
async function choose({ terminal, ask }: Interview, choices: readonly { code: string; text: Text }[]): Promise<string> {
  for (const [at, { code, text }] of choices.entries())
    terminal.note(`  ${String(at + 1).padStart(2)}  ${terminal.of(text)} ${terminal.paint.faint(code)}`)
  const typed = (await ask(`${terminal.of(words.number)}> `)).trim()
  return choices[Number(typed) - 1]?.code ?? typed
}

async function say(session: Interview, spot: Spot, asked: Asked | undefined, isRequired: boolean): Promise<string> {
  const { terminal } = session
  const more = isRequired ? '' : terminal.paint.faint(` (${terminal.of(words.skip)})`)
  return (await session.ask(`${title(session, spot, asked)}${more}> `)).trim()
}

function title({ terminal }: Interview, spot: Spot, asked: Asked | undefined): string {
  return terminal.of(asked?.ask ?? wordsAt(spot).title ?? { en: '', fr: '' })
}

function explain(session: Interview, spot: Spot, asked: Asked | undefined): void {
  const { terminal } = session
  const help = asked?.help ?? wordsAt(spot).help
  const more = help === undefined ? '' : terminal.paint.faint(` (${terminal.of(help)})`)
  terminal.note(`${terminal.paint.strong(title(session, spot, asked))}${more}`)
}
