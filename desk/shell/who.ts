import type { Vault } from '../vault/vault.ts'
import type { Fault } from './faults.ts'

/** The agency, and until when the certificate that the browser shows is good, where the gateway has said so. */
type Who = { readonly id: string; readonly until?: Date } | { readonly fault: Fault }

const CALLER = 'caller'
const PATIENCE_MS = 15_000
/** Where it is known who it was before: on a bad line nobody stands before a locked desk for long. */
const SHORT_PATIENCE_MS = 4_000

/**
 * Whose desk this is: the agency whose certificate the browser shows. Where there is no line it is the one that it was before; another one
 * never gets to what the first has kept.
 */
export async function whoCalls(vault: Vault): Promise<Who> {
  const kept = await vault.get<string>('settings', CALLER)
  const told = await ask(kept === undefined ? PATIENCE_MS : SHORT_PATIENCE_MS)
  if ('fault' in told) return told.fault === 'no-answer' && kept !== undefined ? { id: kept } : told
  if (kept !== undefined && kept !== told.id) return { fault: 'other-agency' }
  if (kept === undefined) await vault.put('settings', CALLER, told.id)
  return told
}

async function ask(withinMs: number): Promise<Who> {
  try {
    const answer = await fetch('/v1/caller', {
      headers: { accept: 'application/json' },
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(withinMs),
    })
    if (answer.status === 403 || answer.status === 401) return { fault: 'unknown-agency' }
    if (!answer.ok) return { fault: 'no-answer' }
    return readCaller(await answer.json())
  } catch {
    return { fault: 'no-answer' }
  }
}

function readCaller(told: unknown): Who {
  const { id, certificate } = told as { readonly id?: unknown; readonly certificate?: { readonly notAfter?: unknown } }
  const until = new Date(String(certificate?.notAfter))
  if (typeof id !== 'string' || Number.isNaN(until.getTime())) return { fault: 'no-answer' }
  return { id, until }
}
