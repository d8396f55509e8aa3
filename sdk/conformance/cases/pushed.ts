import type { PushAnswer, Pushed } from '../endpoint.ts'
import { readParts } from '../checks.ts'
import type { Delivered, Stage } from '../stage.ts'
import { must } from '../unmet.ts'

export const base = { section: 7, rank: 'required', on: 'endpoint' } as const

export async function make(stage: Stage, wanted?: Delivered): Promise<Pushed> {
  const { envelope, bytes } = await stage.compose(wanted)
  return { bytes, from: String(envelope['from']), id: String(envelope['id']) }
}

export const shown = (answer: PushAnswer): string =>
  answer === 'closed' ? 'a closed connection' : String(answer.status)
export const montre = (answer: PushAnswer): string =>
  answer === 'closed' ? 'une connexion fermée' : String(answer.status)
export const isTaken = (answer: PushAnswer): boolean =>
  answer !== 'closed' && answer.status >= 200 && answer.status < 300

/** 2xx; and what it carries, if anything, is an acknowledgement. */
export function mustBeTaken(answer: PushAnswer): void {
  must(
    isTaken(answer),
    `The endpoint answered with ${shown(answer)}.`,
    `Le point d’accès a répondu par ${montre(answer)}.`,
  )
}

/** Where the client tells what it has taken: how often this one. Of an endpoint alone nobody can know. */
export async function timesTaken(stage: Stage, { id }: Pushed): Promise<number | undefined> {
  if (!stage.isDriven) return undefined
  const { messages = [] } = await stage.client.done({ do: 'taken' })
  return messages.filter(({ envelope }) => envelope['id'] === id).length
}

export async function mustBeTakenTimes(stage: Stage, pushed: Pushed, wanted: number): Promise<void> {
  const times = await timesTaken(stage, pushed)
  must(
    times === undefined || times === wanted,
    `The endpoint handed it over ${times} times, instead of ${wanted}.`,
    `Le point d’accès l’a remis ${times} fois, au lieu de ${wanted}.`,
  )
}

export const outcomeOf = (answer: PushAnswer): unknown => {
  if (answer === 'closed' || answer.body === '') return undefined
  return readParts(answer.body.trim()).envelope['outcome']
}
