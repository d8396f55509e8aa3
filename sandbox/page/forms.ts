import { X509Certificate } from 'node:crypto'
import { behavioursOf, hasRole, isBehaviour, isParty } from '../parties.ts'
import type { Sandbox } from '../sandbox.ts'
import type { FaultWord } from './words.ts'

const LONGEST_NAME = 60
const LONGEST_URL = 200
const LONGEST_ANCHORS = 20_000

/** What a form asks for could not be done, and why. */
export class Refused extends Error {
  readonly word: FaultWord
  constructor(word: FaultWord) {
    super(word)
    this.word = word
  }
}

export type Fields = Readonly<Partial<Record<string, string>>>
type Form = (sandbox: Sandbox, fields: Fields) => Promise<unknown>

/** What may be asked of the sandbox, by the last part of the form's address. Each throws Refused where it cannot be. */
export const forms: Readonly<Record<string, Form>> = {
  seat: async (sandbox, { agency = '', take }) => {
    requireParty(agency)
    await (take === 'no' ? sandbox.giveBack(agency) : sandbox.take(agency))
  },
  behaviour: async (sandbox, { agency = '', behaviour = '' }) => {
    requireParty(agency)
    if (sandbox.state.isTaken(agency)) throw new Refused('taken')
    if (!isBehaviour(behaviour) || !behavioursOf(agency).includes(behaviour)) throw new Refused('behaviour')
    await sandbox.behave(agency, behaviour)
  },
  refer: async (sandbox, { agency = '', name = '' }) => {
    requireParty(agency)
    if (sandbox.state.isTaken(agency)) throw new Refused('taken')
    if (!hasRole(agency, 'referrer')) throw new Refused('referrer')
    const given = name.trim()
    if (given === '' || given.length > LONGEST_NAME || /\p{Cc}/u.test(given)) throw new Refused('name')
    await sandbox.refer(agency, given)
  },
  endpoint: async (sandbox, { agency = '', url = '', anchors = '', twice }) => {
    requireParty(agency)
    if (!sandbox.state.isTaken(agency)) throw new Refused('free')
    if (url.trim() === '') return sandbox.deliverTo(agency, undefined)
    if (!isUsable(url.trim(), anchors)) throw new Refused('endpoint')
    return sandbox.deliverTo(agency, { url: url.trim(), trustAnchors: anchors, twice: twice === 'yes' })
  },
  reset: (sandbox) => sandbox.reset(),
}

function requireParty(agency: string): void {
  if (!isParty(agency)) throw new Refused('party')
}

function isUsable(url: string, anchors: string): boolean {
  if (url.length > LONGEST_URL || URL.parse(url)?.protocol !== 'https:' || anchors.length > LONGEST_ANCHORS)
    return false
  try {
    return new X509Certificate(anchors).raw.length > 0
  } catch {
    return false
  }
}
