import { referral } from '../demo/bodies.ts'
import { concern, en, identity, separated } from '../demo/parts.ts'
import { type Client, type Identity, newId, signEnvelope } from '../sdk/index.ts'
import { envelopeOf } from './compose.ts'
import { ctac } from './parties.ts'
import { dayFrom, type Reply } from './reply.ts'

/** What a referrer says of a child that it cannot find: enough for a case, and of nobody. */
export function referralOf(name: string, now: Date): Reply {
  const child = identity({ name, age: 15, sex: 'male', countries: ['AFG'] })
  const age = { years: 15, asOf: dayFrom(now, -7), basis: 'self-reported', status: 'not-assessed' }
  const why = en('Nobody has seen this child for a week. (Synthetic: the sandbox made it up.)')
  const content = referral({ ...child, age }, why, [separated, concern('exhaustion-from-trying')], {
    reportsMade: [{ to: 'fr-police', on: dayFrom(now, -3), response: 'registered' }],
  })
  return { as: 'referral', to: ctac, priority: 'urgent', ...content }
}

/** Refers a child and gives the case. @throws PasserelleProblem */
export async function firstReferral(
  from: string,
  name: string,
  { client, identity }: { readonly client: Client; readonly identity: Identity },
  now: Date,
): Promise<string> {
  const caseId = newId()
  const followed = { id: newId(), from, caseId, priority: 'urgent' as const }
  const envelope = envelopeOf(referralOf(name, now), from, followed, now)
  await client.submit(await signEnvelope(envelope, identity.signer, now))
  return caseId
}
