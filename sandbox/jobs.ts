import { type Client, type Envelope, type Identity, PasserelleProblem, signEnvelope } from '../sdk/index.ts'
import { answersTo, isAsking } from './answering.ts'
import { envelopeOf, type Followed } from './compose.ts'
import { afterRefusal, whileWaiting } from './coordinator.ts'
import { hasRole } from './parties.ts'
import { verify, type Surroundings } from './player.ts'
import type { Known, Reply } from './reply.ts'
import type { Job, State } from './state.ts'

/** How many things the players do at once, how often each is tried, and for how many there is room. */
const AT_ONCE = 4
const MOST_TRIES = 8
const MOST_JOBS = 2_000
/** How much longer the wait is after each try in vain. */
const AGAIN_MS = 1_500
/** Of a case no more messages are read again before an answer. */
const MOST_READ = 60

/** An agency as the sandbox plays it. */
export type Played = { readonly client: Client; readonly identity: Identity }

export type JobNeeds = {
  readonly state: State
  /** How long a player takes before it answers, in ms. */
  readonly pace: number
  readonly played: (agency: string) => Played
  readonly directory: Surroundings['directory']
  readonly onFault: Surroundings['onFault']
  /** Told of each message that a player has sent. */
  readonly onSent: (envelope: Envelope, message: string) => void
}

/** What the players have still to do: kept in the state before a message is acknowledged, so that nothing is left unanswered by a restart. */
export type Jobs = {
  /** @throws RangeError where there is no more room: then the message is not acknowledged, and comes again */
  add(job: Pick<Job, 'agency' | 'from' | 'id' | 'what'> & { readonly turns?: number }): Promise<void>
  /** Forgets what an agency had to do: a partner does it now. */
  drop(agency: string): Promise<void>
  close(): Promise<void>
}

export function openJobs(needs: JobNeeds): Jobs {
  const { state, pace, onFault } = needs
  const working = new Map<Job, Promise<void>>()
  const ending = new AbortController()
  let timer: NodeJS.Timeout | undefined

  const look = (): void => {
    clearTimeout(timer)
    if (ending.signal.aborted) return
    const now = Date.now()
    const idle = state.content.jobs.filter((job) => !working.has(job))
    const due = idle.filter((job) => job.due <= now).slice(0, AT_ONCE - working.size)
    for (const job of due) working.set(job, work(job))
    const next = idle.filter((job) => !due.includes(job)).map((job) => job.due)
    if (next.length > 0 && working.size < AT_ONCE) timer = setTimeout(look, Math.max(Math.min(...next) - now, 10))
  }
  const work = async (job: Job): Promise<void> => {
    try {
      await perform(job, needs, add)
      await replace(job)
    } catch (fault) {
      if (ending.signal.aborted) return
      onFault(job.agency, fault)
      const tries = job.tries + 1
      await replace(
        job,
        isFinal(fault) || tries >= MOST_TRIES ? [] : [{ ...job, tries, due: Date.now() + AGAIN_MS * tries }],
      )
    } finally {
      working.delete(job)
      look()
    }
  }
  const replace = (job: Job, by: readonly Job[] = []) =>
    state.change(({ jobs }) => ({ jobs: [...jobs.filter((each) => each !== job), ...(jobs.includes(job) ? by : [])] }))
  const add: Jobs['add'] = async ({ turns = 1, ...job }) => {
    const jobs = state.content.jobs
    if (jobs.some((each) => isSame(each, job))) return
    if (jobs.length >= MOST_JOBS) throw new RangeError('the players have too much to do')
    await state.change(() => ({ jobs: [...state.content.jobs, { ...job, due: Date.now() + turns * pace, tries: 0 }] }))
    look()
  }
  look()
  return {
    add,
    drop: (agency) => state.change(({ jobs }) => ({ jobs: jobs.filter((job) => job.agency !== agency) })),
    close: async () => {
      ending.abort()
      clearTimeout(timer)
      await Promise.all(working.values())
    },
  }
}

const isSame = (one: Pick<Job, 'agency' | 'from' | 'id' | 'what'>, other: typeof one): boolean =>
  one.agency === other.agency &&
  one.from === other.from &&
  one.id === other.id &&
  JSON.stringify(one.what) === JSON.stringify(other.what)

/** What the gateway has judged, it judges so again. */
const isFinal = (fault: unknown): boolean =>
  fault instanceof PasserelleProblem && fault.status < 500 && fault.status !== 429

async function perform({ agency, from, id, what }: Job, needs: JobNeeds, add: Jobs['add']): Promise<void> {
  const { client } = needs.played(agency)
  if (what === 'refused') return afterRefused(agency, id, needs)
  const message = await client.read({ from, messageId: id })
  const envelope = await verify(agency, message, needs)
  if (what === 'acknowledge') await client.acknowledge(message, 'accepted')
  const known = await gather(agency, envelope.caseId, needs, envelope)
  const replies = answersTo(envelope, known)
  if (typeof what === 'object') {
    for (const reply of replies) if (reply.as === what.later) await say(reply, agency, envelope, known, needs)
    return
  }
  for (const reply of replies) {
    if (reply.turns === undefined) await say(reply, agency, envelope, known, needs)
    else await add({ agency, from, id, what: { later: reply.as }, turns: reply.turns })
  }
}

async function afterRefused(agency: string, id: string, needs: JobNeeds): Promise<void> {
  if (!hasRole(agency, 'coordinator')) return
  const { to, type, caseId, priority } = await needs.played(agency).client.status(id)
  const known = await gather(agency, caseId, needs)
  for (const reply of afterRefusal({ to, type }, known))
    await say(reply, agency, { id, from: agency, caseId, priority }, known, needs)
}

/** Signs and submits; the gateway takes the same id once, so that what was said already is not said twice. */
async function say(reply: Reply, agency: string, followed: Followed, known: Known, needs: JobNeeds): Promise<void> {
  const { client, identity } = needs.played(agency)
  const now = new Date()
  const envelope = envelopeOf(reply, agency, followed, now)
  const message = await signEnvelope(envelope, identity.signer, now)
  let notBefore: string | undefined
  try {
    notBefore = (await client.submit(message)).notBefore
  } catch (fault) {
    if (fault instanceof PasserelleProblem && fault.code === 'id-conflict') return
    throw fault
  }
  needs.onSent(envelope, message)
  if (notBefore === undefined || !hasRole(agency, 'coordinator') || !isAsking(envelope.type)) return
  for (const interim of whileWaiting(known)) await say(interim, agency, followed, known, needs)
}

/** The case as the agency took part in it, and what it has received of it. */
async function gather(me: string, caseId: string, needs: JobNeeds, message?: Envelope): Promise<Known> {
  const { client } = needs.played(me)
  const { messages } = await client.case(caseId)
  const received: Envelope[] = []
  for (const { from, to, messageId } of messages.filter(({ to }) => to === me).slice(-MOST_READ)) {
    if (message !== undefined && from === message.from && messageId === message.id) received.push(message)
    else if (to === me) received.push(await verify(me, await client.read({ from, messageId }), needs))
  }
  return { me, now: new Date(), messages, received }
}
