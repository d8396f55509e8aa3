import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isJsonObject, type Json } from '../../gateway/protocol/json.ts'
import type { Judge } from './subjects.ts'

/**
 * One change to a subject's base instance: a member set or removed, a text of a length, or an array of copies of its first item.
 * Lengths and copies keep a limit of thousands of characters readable.
 */
export type Edit =
  | readonly ['set', pointer: string, value: Json]
  | readonly ['remove', pointer: string]
  | readonly ['text', pointer: string, length: number]
  | readonly ['copies', pointer: string, count: number]

/** What was judged once, by a person too, and must be judged so for ever: a release never changes. */
export type Case = { readonly why?: string; readonly edits: readonly Edit[]; readonly faults: readonly string[] }
export type Chapter = { readonly base: Json; readonly cases: readonly Case[] }
export type Corpus = ReadonlyMap<string, Chapter>

const RULES = 'rules.json'

/**
 * Reads the frozen corpus of a release: `<type>.json`, `definitions.json` and `codes.json` hold chapters by subject, and `rules.json` the
 * cases that were written by hand, one or more for each rule in words.
 */
export async function readCorpus(folder: string): Promise<Corpus> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json') && file !== RULES)
  const chapters = new Map<string, Chapter>()
  for (const file of files)
    for (const [subject, chapter] of Object.entries(await readJson<Record<string, Chapter>>(join(folder, file))))
      chapters.set(subject, chapter)
  for (const { subject, ...rule } of await readRules(folder)) {
    const { base, cases } = chapters.get(subject) ?? { base: {}, cases: [] }
    chapters.set(subject, { base, cases: [...cases, ...rule.cases] })
  }
  return chapters
}

/** A rule of the domain in words, on one subject's base instance. */
export type Rule = { readonly rule: string; readonly subject: string; readonly cases: readonly Case[] }

/** Reads the rules that were written by hand. */
export async function readRules(folder: string): Promise<readonly Rule[]> {
  return readJson(join(folder, RULES))
}

async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(file, 'utf8')) as T
}

/** Gives the first case that is judged otherwise than the corpus says, or undefined where all agree. */
export function firstDisagreement(judge: Judge, chapter: Chapter): Case | undefined {
  return chapter.cases.find((each) => judge(applyEdits(chapter.base, each.edits)).join() !== each.faults.join())
}

/** Gives a copy of an instance with the edits made, in order. */
export function applyEdits(base: Json, edits: readonly Edit[]): Json {
  let instance = structuredClone(base)
  for (const edit of edits) instance = applyEdit(instance, edit[1].split('/').slice(1), edit)
  return instance
}

function applyEdit(value: Json, [name, ...rest]: readonly string[], edit: Edit): Json {
  if (name === undefined) return edited(value, edit)
  if (Array.isArray(value)) return value.with(Number(name), applyEdit(value[Number(name)] ?? null, rest, edit))
  if (!isJsonObject(value)) throw new Error(`cannot ${edit[0]} ${edit[1]}`)
  const { [name]: old, ...others } = value
  return rest.length === 0 && edit[0] === 'remove' ? others : { ...others, [name]: applyEdit(old ?? {}, rest, edit) }
}

function edited(value: Json, edit: Edit): Json {
  if (edit[0] === 'set') return edit[2]
  if (edit[0] === 'text') return 'x'.repeat(edit[2])
  if (edit[0] === 'copies' && Array.isArray(value)) return Array.from<Json>({ length: edit[2] }).fill(value[0] ?? null)
  throw new Error(`cannot ${edit[0]} ${edit[1]}`)
}
