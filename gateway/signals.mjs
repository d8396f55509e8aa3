// Listens for signals before anything else is loaded: until somebody does, each of them kills. In JavaScript, and loaded by
// `--import` before `main.ts`, since Node first loads a compiler for that; `main.ts` asks for it too, for where it is run alone.

/** @type {import('./signals.d.mts').signals} */
export const signals = { stop: false, reload: false, act: () => undefined }

const meanings = { SIGTERM: 'stop', SIGINT: 'stop', SIGHUP: 'reload' }
for (const [name, what] of Object.entries(meanings))
  process.on(name, () => {
    signals[what] = true
    signals.act()
  })
// Node would open its debugger, which reads every message, to whoever is on this machine.
process.on('SIGUSR1', () => undefined)
