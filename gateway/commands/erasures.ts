import { listErasures } from '../backup/backup.ts'
import { createLog } from '../base/base.ts'
import { runCommand } from './command.ts'
import { reachRecord } from './reach-record.ts'
import { readWords } from './words.ts'

await runCommand(async (config, words) => {
  const { path } = readWords(words, {}, 'npm run erasures -- <file>')
  await using record = await reachRecord(config, createLog('warn'))
  return `listed: ${path} (${await listErasures(record.url, path)} erasures)`
})
