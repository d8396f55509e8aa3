import type { Registry } from '../identity/identity.ts'
import { isUncosigned, UNCOSIGNED_MS } from '../protocol/protocol.ts'
import { checkpointBy, type Database, lastCosigned } from '../record/record.ts'

/** How the log stands with its witnesses, as the record has it. */
export type CosignedState = {
  /** No quorum has cosigned for a minute. */
  readonly isUncosigned: boolean
  /** Of each witness the size and the age of what it cosigned last; neither where it never has. */
  readonly witnesses: readonly {
    readonly name: string
    readonly key: string
    readonly country?: 'FR' | 'GB'
    readonly size?: number
    readonly ageSeconds?: number
  }[]
}

/** @returns nothing where the registry names no witness */
export async function cosignedState(
  database: Database,
  { witnesses: named }: Pick<Registry, 'witnesses'>,
  now: Date,
): Promise<CosignedState | undefined> {
  if (named === undefined) return undefined
  const [due, last] = await Promise.all([
    checkpointBy(database, new Date(now.getTime() - UNCOSIGNED_MS)),
    lastCosigned(
      database,
      named.witnesses.map(({ key }) => key.name),
    ),
  ])
  return {
    isUncosigned: isUncosigned(named, ({ key }) => last.get(key.name), due, now),
    witnesses: named.witnesses.map(({ name, key, country }) => {
      const found = last.get(key.name)
      return {
        name,
        key: key.name,
        ...(country && { country }),
        ...(found && { size: found.size, ageSeconds: Math.max(0, (now.getTime() - found.at.getTime()) / 1000) }),
      }
    }),
  }
}
