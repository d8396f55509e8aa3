import { type Constraint, type Model, solve } from 'yalps'
import type { Cell, Publication, Shown } from '../../gateway/protocol/publication.ts'
import { resultOf } from '../../gateway/protocol/counters.ts'

/**
 * Somebody who wants to know a hidden number and has all that is published, of quarters and of their year: every number, every mark,
 * and that parts add up to wholes. Shares no code with what hides, but the names of results.
 */

export type Column = { readonly name: string; readonly isYear: boolean; readonly publication: Publication }
export type Range = { readonly number: string; readonly least: number; readonly greatest: number }

type Bounds = { readonly min: number; readonly max: number }
const ANY: Bounds = { min: 0, max: Number.POSITIVE_INFINITY }

function boundsOf(shown: Shown, least: number, isWithheld: boolean, isYear: boolean): Bounds {
  if (typeof shown === 'number') return { min: shown, max: shown }
  if (shown === '<5') return { min: least, max: 4 }
  // In a year that mark says nothing; in a quarter it stands for five or more.
  return isWithheld ? ANY : { min: isYear ? least : 5, max: Number.POSITIVE_INFINITY }
}

const isWithheld = (cells: readonly Cell[]): boolean => cells.every(({ count }) => count === 'suppressed')

/** Gives between which numbers each hidden one must be. */
export function rangesOf(columns: readonly Column[]): readonly Range[] {
  const numbers = new Map<string, Bounds>()
  const sums: { readonly parts: readonly string[]; readonly whole: string; readonly atLeast?: true }[] = []
  const hidden: string[] = []
  const year = columns.find(({ isYear }) => isYear)

  for (const { name, isYear, publication } of columns) {
    const { referrals, tables } = publication
    const isSilent = referrals === 'suppressed' && Object.values(tables).every(isWithheld)
    numbers.set(`${name} all`, boundsOf(referrals, 0, isSilent, false))
    if (typeof referrals !== 'number' && !isSilent) hidden.push(`${name} all`)
    for (const table of Object.keys(tables) as (keyof typeof tables)[]) {
      const cells = tables[table]
      const isNone = isWithheld(cells)
      const least = table === 'nationality' ? 1 : 0
      const known = new Map(cells.map(({ code, count }) => [code, count]))
      const codes = [...new Set(columns.flatMap((column) => column.publication.tables[table].map(({ code }) => code)))]
      const parts = codes.map((code) => `${name} ${table} ${code}`)
      for (const code of codes) {
        const shown = known.get(code)
        const number = `${name} ${table} ${code}`
        // What a table does not list there is none of.
        numbers.set(
          number,
          shown === undefined ? (isNone ? ANY : { min: 0, max: 0 }) : boundsOf(shown, least, isNone, isYear),
        )
        if (shown !== undefined && typeof shown !== 'number' && !(isYear && isNone)) hidden.push(number)
      }
      if (table === 'nationality' && isNone) {
        // Any country that is not named; in a year that names all there is none.
        const isNamed = year !== undefined && !isWithheld(year.publication.tables.nationality)
        numbers.set(`${name} nationality any`, isNamed ? { min: 0, max: 0 } : ANY)
        parts.push(`${name} nationality any`)
      }
      if (table === 'concern') {
        sums.push({ parts, whole: `${name} all`, atLeast: true })
        for (const part of parts) sums.push({ parts: [`${name} all`], whole: part, atLeast: true })
      } else if (table === 'outcome') {
        for (const result of new Set(codes.map(resultOf)))
          sums.push({
            parts: codes.filter((code) => resultOf(code) === result).map((code) => `${name} outcome ${code}`),
            whole: `${name} result ${result}`,
          })
        sums.push({ parts, whole: `${name} all` })
      } else sums.push({ parts, whole: `${name} all` })
    }
  }
  if (year !== undefined)
    for (const number of numbers.keys()) {
      if (!number.startsWith(`${year.name} `)) continue
      const rest = number.slice(year.name.length)
      const parts = columns.filter(({ isYear }) => !isYear).map(({ name }) => `${name}${rest}`)
      sums.push({ parts: parts.filter((part) => numbers.has(part)), whole: number })
    }

  return hidden.map((number) => {
    const reach = (direction: 'minimize' | 'maximize'): number => extreme(numbers, sums, number, direction)
    return { number, least: reach('minimize'), greatest: reach('maximize') }
  })
}

/** The simplex wants variables from zero on: the bounds are rows of their own. */
function extreme(
  numbers: ReadonlyMap<string, Bounds>,
  sums: readonly { readonly parts: readonly string[]; readonly whole: string; readonly atLeast?: true }[],
  number: string,
  direction: 'minimize' | 'maximize',
): number {
  const constraints = new Map<string, Constraint>()
  const variables = new Map<string, Map<string, number>>()
  for (const [name, { min, max }] of numbers) {
    variables.set(name, new Map([[`is ${name}`, 1]]))
    constraints.set(
      `is ${name}`,
      min === max ? { equal: min } : max === Number.POSITIVE_INFINITY ? { min } : { min, max },
    )
  }
  for (const [at, { parts, whole, atLeast }] of sums.entries()) {
    constraints.set(`sum ${at}`, atLeast === true ? { min: 0 } : { equal: 0 })
    for (const part of parts) variables.get(part)?.set(`sum ${at}`, 1)
    variables.get(whole)?.set(`sum ${at}`, -1)
  }
  const model: Model = { direction, objective: `is ${number}`, constraints, variables }
  const { status, result } = solve(model)
  if (status === 'unbounded') return Number.POSITIVE_INFINITY
  if (status !== 'optimal') throw new Error(`what is published cannot be: ${status}`)
  return result
}
