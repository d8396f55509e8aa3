import { known, notedLogKeys } from '../sending/known.ts'
import type { Session } from '../shell/session.ts'
import { type Brought, withTrust } from './verify.ts'

const KEPT = 'trust'

/** Whom this device believes: what was brought to it, and what it noted of the channel at earlier visits. */
export async function believed(session: Session): Promise<Brought> {
  const brought = await readBrought(session)
  const published = await known(session)
  const noted = await notedLogKeys(session)
  const all = withTrust({ anchors: [], logKeys: noted }, brought)
  return published === undefined || brought.published !== undefined ? all : { ...all, published }
}

const NOBODY: Brought = { anchors: [], logKeys: [] }

const readBrought = async ({ vault }: Pick<Session, 'vault'>): Promise<Brought> =>
  (await vault.get<Brought>('settings', KEPT)) ?? NOBODY

/** Keeps what a file adds. */
export async function believe(session: Pick<Session, 'vault'>, more: Partial<Brought>): Promise<void> {
  await session.vault.put('settings', KEPT, withTrust(await readBrought(session), more))
}

/** Forgets what was brought: what was noted of the channel stays. */
export const forgetBrought = ({ vault }: Pick<Session, 'vault'>): Promise<void> => vault.delete('settings', KEPT)
