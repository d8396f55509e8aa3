/** The service worker: keeps the desk's own files, so that it opens without a line. Nothing else passes through its cache. */
declare const self: ServiceWorkerGlobalScope

type File = { readonly path: string; readonly sha256: string }

/** Written in by the build: each file of the desk but this one, with its SHA-256 in hex, and the digest of that list. */
declare const FILES_OF_BUILD: readonly File[]
declare const DIGEST_OF_BUILD: string

const CACHE = `desk-${DIGEST_OF_BUILD}`
const SHELL = '/desk/'
const FILES = FILES_OF_BUILD

/** All of a build is there, and is what the build has made, or this worker is not installed and the one before stays. */
async function install(): Promise<void> {
  const cache = await caches.open(CACHE)
  await Promise.all(
    FILES.map(async ({ path, sha256 }) => {
      const answer = await fetch(path, { cache: 'no-cache', credentials: 'same-origin' })
      if (!answer.ok) throw new Error(`${path} is ${answer.status}`)
      const digest = await crypto.subtle.digest('SHA-256', await answer.clone().arrayBuffer())
      const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
      if (hex !== sha256) throw new Error(`${path} is another file`)
      await cache.put(path, answer)
    }),
  )
}

async function activate(): Promise<void> {
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name)
  await self.clients.claim()
}

async function answer(request: Request, path: string): Promise<Response> {
  const cache = await caches.open(CACHE)
  return (await cache.match(path)) ?? (await fetch(request))
}

self.addEventListener('install', (event) => event.waitUntil(install()))
self.addEventListener('activate', (event) => event.waitUntil(activate()))
self.addEventListener('message', (event) => {
  if (event.data === 'take-over') event.waitUntil(self.skipWaiting())
})
self.addEventListener('fetch', (event) => {
  const { origin, pathname } = new URL(event.request.url)
  if (event.request.method !== 'GET' || origin !== self.location.origin || !pathname.startsWith(SHELL)) return
  if (event.request.mode === 'navigate') event.respondWith(answer(event.request, SHELL))
  else if (FILES.some(({ path }) => path === pathname)) event.respondWith(answer(event.request, pathname))
})
