import { useEffect, useMemo, useState } from 'preact/hooks'

const WORKER = '/desk/worker.js'
const TAKE_OVER = 'take-over'

/** What the frame knows of the service worker, which keeps the desk's own files for when there is no line. */
export type Worker = {
  /** Whether a newer desk waits. */
  readonly isNewer: boolean
  /** Lets a newer desk take over: only where nothing stands on the screen that is not kept. */
  takeOver(): void
  /** Deletes its files. */
  giveUp(): Promise<void>
}

/** Trusted Types (W3C), as far as the desk needs them; not every browser has them. */
declare const trustedTypes:
  | {
      createPolicy(
        name: string,
        rules: { createScriptURL(url: string): string },
      ): { createScriptURL(url: string): string }
    }
  | undefined

/** The one address of a script that the page's Trusted Types let through. */
const policy = (typeof trustedTypes === 'undefined' ? undefined : trustedTypes)?.createPolicy('desk', {
  createScriptURL(url) {
    if (url !== WORKER) throw new TypeError('not the desk’s own worker')
    return url
  },
})

/** Registers the service worker, and hears when a newer one is there. */
export function useWorker(): Worker {
  const [waiting, setWaiting] = useState<ServiceWorker>()
  useEffect(() => {
    if (!('serviceWorker' in navigator)) return
    void register(setWaiting)
  }, [])
  return useMemo(
    () => ({
      isNewer: waiting !== undefined,
      takeOver() {
        if (waiting === undefined) return
        navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no other
        waiting.postMessage(TAKE_OVER)
      },
      async giveUp() {
        for (const name of await caches.keys()) await caches.delete(name)
        const registration = await navigator.serviceWorker?.getRegistration()
        await registration?.unregister()
      },
    }),
    [waiting],
  )
}

/**
 * The digest of the build that this page came from: of the list of its files, as the worker that has checked and kept them has it.
 * @returns hex; nothing before they are kept
 */
export async function digestOfBuild(): Promise<string | undefined> {
  if (!('serviceWorker' in navigator) || navigator.serviceWorker.controller === null) return undefined
  const answer = await fetch('/desk/SHA256SUMS').catch(() => undefined)
  if (answer?.ok !== true) return undefined
  const digest = await crypto.subtle.digest('SHA-256', await answer.arrayBuffer())
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

async function register(onWaiting: (worker: ServiceWorker) => void): Promise<void> {
  try {
    const url = policy?.createScriptURL(WORKER) ?? WORKER
    const registration = await navigator.serviceWorker.register(url, { scope: '/desk/', updateViaCache: 'none' })
    const tell = (worker: ServiceWorker | null): void => {
      // The first one replaces nothing.
      if (worker?.state === 'installed' && navigator.serviceWorker.controller !== null) onWaiting(worker)
    }
    tell(registration.waiting)
    registration.addEventListener('updatefound', () => {
      const { installing } = registration
      installing?.addEventListener('statechange', () => tell(installing))
    })
  } catch {
    // Without a worker the desk needs the line to open; all else is the same.
  }
}
