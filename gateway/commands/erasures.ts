import { listErasures, repeatListed } from '../backup/backup.ts'
import { createLog } from '../base/base.ts'
import { runCommand } from './command.ts'
import { reachRecord } from './reach-record.ts'
import { readWords } from './words.ts'

const USAGE = 'npm run erasures -- <file>, or npm run erasures -- --repeat <list>'

await runCommand(async (config, words) => {
  const { values, path } = readWords(words, { repeat: { type: 'boolean' } }, USAGE)
  await using record = await reachRecord(config, createLog('warn'))
  if (values.repeat !== true) return `listed: ${path} (${await listErasures(record.url, path)} erasures)`
  return `${await repeatListed(config, record.url, path)} cases erased again`
})
