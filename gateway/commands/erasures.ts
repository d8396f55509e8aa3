import { listErasures } from '../backup/backup.ts'
import { runCommand } from './command.ts'
import { readWords } from './words.ts'

await runCommand(async (config, words) => {
  const { path } = readWords(words, {}, 'npm run erasures -- <file>')
  const entries = await listErasures(config, path)
  return `listed: ${path} (${entries} erasures)`
})
