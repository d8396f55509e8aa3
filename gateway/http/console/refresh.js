// The front page, shown anew when something happens. Whoever has no script looks again by its link, and misses nothing.
const SETTLE_MS = 1000
const events = new EventSource('/api/events')
for (const kind of ['act', 'message', 'alarm']) events.addEventListener(kind, soon)

let timer
function soon() {
  timer ??= setTimeout(refresh, SETTLE_MS)
}

// Nothing changes under the hands of who is in the middle of it: their place, or what they have marked, would be lost.
function isBusy(main) {
  return main.contains(document.activeElement) || getSelection()?.isCollapsed === false
}

async function refresh() {
  timer = undefined
  const main = document.querySelector('main')
  if (document.hidden || isBusy(main)) return soon()
  try {
    const answer = await fetch('/', { headers: { accept: 'text/html' } })
    if (!answer.ok) return soon()
    const next = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('main')
    if (next !== null && !isBusy(main)) main.replaceChildren(...next.childNodes)
  } catch {
    soon() // The gateway is away just now.
  }
}
