import type { Receipt } from '../message.ts'
import type { Act, Bundle, Leaf } from './bundle.ts'
import { isBehind } from './events.ts'
import { demand } from './faults.ts'
import type { Proven } from './proven.ts'

const DAY_MS = 24 * 3_600_000

/** Where the message is absent, the log says that its case was erased after it was accepted, and who did it (section 12). */
export function checkErasure(acceptance: Leaf<Receipt>, { message, erasure }: Bundle): Proven['erased'] {
  demand(message === undefined || erasure.length === 0, 'erasure-contradicted', '/message')
  if (message !== undefined) return undefined
  const last = erasure.at(-1)
  demand(last !== undefined, 'erasure-not-shown', '/erasure')
  for (const leaf of erasure) {
    const { where, jws } = leaf
    demand(isErasure(jws.payload), 'act-no-erasure', `${where}/act`)
    demand(jws.payload.caseId === acceptance.jws.payload.caseId, 'erasure-of-another-case', `${where}/act`)
    demand(isBehind(leaf, acceptance), 'erasure-before-acceptance', `${where}/act`)
  }
  const operators = erasure.flatMap(({ jws }) => jws.payload.operator ?? [])
  const [first = last] = erasure
  const isAgreed =
    erasure.length === 1 ||
    (erasure.length === 2 &&
      new Set(operators).size === 2 &&
      isBehind(last, first) &&
      last.at.getTime() - first.at.getTime() <= DAY_MS)
  demand(isAgreed, 'erasure-by-one', '/erasure')
  return { at: last.at, operators }
}

const isErasure = ({ act, operator }: Act): boolean =>
  (act === 'erase' && operator !== undefined) || (act === 'retention' && operator === undefined)
