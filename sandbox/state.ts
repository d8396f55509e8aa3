/** What the sandbox remembers over a restart: who sits where, what was asked of the players, and what they still have to say. Ids only. */

import { readFile, rename, writeFile } from 'node:fs/promises'
import { type Behaviour, FIRST_SEAT, isBehaviour, isParty, parties } from './parties.ts'

/** Something that an automatic player has still to do with a message. */
export type Job = {
  readonly agency: string
  /** The message: whose, and its id. */
  readonly from: string
  readonly id: string
  /** When, in ms since 1970. */
  readonly due: number
  /** Answer it; acknowledge it first; say the one thing that was left for later; or go on after its refusal. */
  readonly what: 'answer' | 'acknowledge' | 'refused' | { readonly later: string }
  readonly tries: number
}

/** Where a partner's own endpoint is, to which the gateway pushes. */
export type Endpoint = { readonly url: string; readonly trustAnchors: string; readonly twice: boolean }

export type Content = {
  readonly seats: readonly string[]
  readonly behaviours: Readonly<Record<string, Behaviour>>
  readonly endpoints: Readonly<Record<string, Endpoint>>
  readonly jobs: readonly Job[]
  /** How far in its feed of receipts a player has come. */
  readonly cursors: Readonly<Record<string, string>>
}

export type State = {
  readonly content: Content
  /** Changes it, and resolves when that is on the disk. */
  change(how: (content: Content) => Partial<Content>): Promise<void>
  behaviourOf(id: string): Behaviour
  /** Whether a partner has that seat, and its player stands aside. */
  isTaken(id: string): boolean
}

const EMPTY: Content = { seats: [FIRST_SEAT], behaviours: {}, endpoints: {}, jobs: [], cursors: {} }

/** Opens the file, or begins anew where there is none. @throws Error where it is not as it was written: then only a reset helps */
export async function openState(path: string): Promise<State> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  let content = text === undefined ? EMPTY : read(text, path)
  let writing: Promise<void> = Promise.resolve()
  const write = async (): Promise<void> => {
    await writeFile(`${path}.draft`, JSON.stringify(content), { mode: 0o600 })
    await rename(`${path}.draft`, path)
  }
  return {
    get content() {
      return content
    },
    change(how) {
      content = { ...content, ...how(content) }
      const written = writing.then(write)
      writing = written.catch(() => undefined)
      return written
    },
    behaviourOf: (id) => content.behaviours[id] ?? parties.find((party) => party.id === id)?.usually ?? 'normal',
    isTaken: (id) => content.seats.includes(id),
  }
}

function read(text: string, path: string): Content {
  try {
    return parse(text)
  } catch (cause) {
    throw new Error(`${path} cannot be read: npm run sandbox -- --reset`, { cause })
  }
}

/** What is about a party or a behaviour that there no longer is, is left out. */
function parse(text: string): Content {
  const { seats, behaviours, endpoints, jobs, cursors } = JSON.parse(text) as Content
  const known = <Value>(values: Readonly<Record<string, Value>>, holds: (value: Value) => boolean = () => true) =>
    Object.fromEntries(Object.entries(values).filter(([id, value]) => isParty(id) && holds(value)))
  return {
    seats: seats.filter(isParty),
    behaviours: known(behaviours, isBehaviour),
    endpoints: known(endpoints),
    jobs: jobs.filter(({ agency }) => isParty(agency)),
    cursors: known(cursors),
  }
}
