/** Preloaded into a process: writes on standard error which packages it loads, each once. */
import { registerHooks } from 'node:module'

const told = new Set()
registerHooks({
  load(url, context, next) {
    const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1]
    if (name !== undefined && !told.has(name)) {
      told.add(name)
      process.stderr.write(`${JSON.stringify({ loads: name })}\n`)
    }
    return next(url, context)
  },
})
