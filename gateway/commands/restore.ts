import { restore, type Restored } from '../backup/backup.ts'
import { runCommand } from './command.ts'
import { readWords } from './words.ts'

const USAGE = 'npm run restore -- <backup> --erasures <list> [--erasures <another>] | --without-erasures'
const OPTIONS = {
  erasures: { type: 'string', multiple: true },
  'without-erasures': { type: 'boolean' },
} as const

await runCommand(async (config, words) => {
  const { values, path } = readWords(words, OPTIONS, USAGE)
  const restored = await restore(config, path, values.erasures ?? [], values['without-erasures'] === true)
  return describe(restored, config.dataFolder)
})

function describe({ backup, log, erased, through }: Restored, folder: string): string {
  const unknown =
    through === undefined
      ? 'what was erased since the backup is NOT known: it has come back'
      : `what was erased after ${through.toISOString()} is not known`
  return [
    `restored into ${folder}: ${log.size} leaves of the log ${log.origin}, as of ${backup.toISOString()}`,
    `${erased} cases erased again; ${unknown}`,
    ...(erased > 0 ? ['npm run maintenance takes what was erased again out of every file'] : []),
    'what was accepted after the backup is not in it: ask every agency to submit again what it has sent since',
  ].join('\n')
}
