// `npm run docs`: builds the documentation site; with `-- --serve [PORT]` shows it on this machine, with `-- --out DIR` builds it elsewhere.
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { markOf } from './docs/blocks.ts'
import { BUILT, buildSite } from './docs/build.ts'
import { openSiteServer } from './docs/serve.ts'

const UNTRANSLATED = 'These passages have no French yet; docs/site/_includes/*.fr.md take it behind these marks:'
const asked = (text: string): string => `<!-- ${markOf(text)} -->\n${text}\n`

const { values } = parseArgs({
  options: { serve: { type: 'boolean' }, port: { type: 'string', default: '8080' }, out: { type: 'string' } },
})
const folder = values.out === undefined ? BUILT : resolve(values.out)
const started = performance.now()
const untranslated = await buildSite(folder)
process.stdout.write(`documentation built in ${folder}, ${((performance.now() - started) / 1000).toFixed(1)} s\n`)
if (untranslated.length > 0) process.stdout.write(`${UNTRANSLATED}\n\n${untranslated.map(asked).join('\n')}`)
if (values.serve === true)
  process.stdout.write(`documentation at ${(await openSiteServer(folder, Number(values.port))).url}\n`)
