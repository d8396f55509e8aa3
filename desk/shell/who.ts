import type { Vault } from '../vault/vault.ts'
import type { Fault } from './faults.ts'

type Who = { readonly id: string } | { readonly fault: Fault }

const CALLER = 'caller'
const PATIENCE_MS = 10_000

/**
 * Whose desk this is: the agency whose certificate the browser shows. Where there is no line it is the one that it was before; another one
 * never gets to what the first has kept.
 */
export async function whoCalls(vault: Vault): Promise<Who> {
  const kept = await vault.get<string>('settings', CALLER)
  const told = await ask()
  if ('fault' in told) return told.fault === 'no-answer' && kept !== undefined ? { id: kept } : told
  if (kept !== undefined && kept !== told.id) return { fault: 'other-agency' }
  if (kept === undefined) await vault.put('settings', CALLER, told.id)
  return told
}

async function ask(): Promise<Who> {
  try {
    const answer = await fetch('/v1/caller', {
      headers: { accept: 'application/json' },
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    if (answer.status === 403 || answer.status === 401) return { fault: 'unknown-agency' }
    const told: unknown = answer.ok ? await answer.json() : undefined
    if (typeof told !== 'object' || told === null || !('id' in told) || typeof told.id !== 'string')
      return { fault: 'no-answer' }
    return { id: told.id }
  } catch {
    return { fault: 'no-answer' }
  }
}
