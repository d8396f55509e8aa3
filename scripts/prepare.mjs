// `npm ci` ends with this: it builds the desk. Where what builds it is not installed (`--omit=dev`), there is nothing to do.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const vite = `${root}node_modules/vite/bin/vite.js`
if (existsSync(vite)) {
  const { status } = spawnSync(process.execPath, [vite, 'build', 'desk', '--config', 'desk/vite.config.ts'], {
    cwd: root,
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
}
